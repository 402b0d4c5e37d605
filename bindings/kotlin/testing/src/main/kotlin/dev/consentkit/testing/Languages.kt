package dev.consentkit.testing

/**
 * The declared language nearest to the one that a person reads: the same tag, or else the same language in the same script, of the same region
 * where there is one, or else the same language in another script, or else the first. `null` where none is declared.
 */
internal fun nearest(declared: List<String>, asked: String): String? {
    val wanted = Tag.read(asked)
    return declared.filter { Tag.read(it).language == wanted.language }.minByOrNull { tag ->
        val found = Tag.read(tag)
        val steps = listOf(!tag.equals(asked, ignoreCase = true), found.script != wanted.script, found.region != wanted.region, found.region.isNotEmpty())
        steps.fold(0) { distance, isFurther -> distance * 2 + if (isFurther) 1 else 0 }
    } ?: declared.firstOrNull()
}

/** The parts of a tag that decide: `zh`, `hant`, `tw`. */
private class Tag(val language: String, val script: String, val region: String) {
    companion object {
        /** Reads `zh-Hant-TW`, also as systems write it: `zh_TW`, `zh_TW.UTF-8`. */
        fun read(tag: String): Tag {
            val written = tag.split('.', '@').first().split('-', '_').map(::lower)
            val named = ALIASES[written.first()]?.split('-').orEmpty().ifEmpty { written.take(1) } + written.drop(1)
            // What stands alone in a letter opens an extension, and nothing behind it says what the language is.
            val parts = named.take(1) + named.drop(1).takeWhile { it.length > 1 }
            fun isLetters(part: String, count: Int) = part.length == count && part.all { it in 'a'..'z' }
            val region = parts.drop(1).find { part -> isLetters(part, 2) || (part.length == 3 && part.all { it in '0'..'9' }) }.orEmpty()
            val script = parts.drop(1).find { isLetters(it, 4) } ?: likelyScript(parts.first(), region)
            return Tag(parts.first(), script, region)
        }

        /** No language of a phone makes another letter of these. */
        private fun lower(text: String) = text.map { if (it in 'A'..'Z') it + ('a' - 'A') else it }.joinToString("")

        private fun likelyScript(language: String, region: String): String {
            val scripts = SCRIPTS[language] ?: return ""
            return scripts.others.entries.find { (_, regions) -> region.isNotEmpty() && region in regions.split(' ') }?.key ?: scripts.usual
        }
    }
}

/** The script of a language where its tag names none, and in which regions it is another. From Unicode's likely subtags. */
private class Scripts(val usual: String, vararg others: Pair<String, String>) {
    val others = mapOf(*others)
}

private val SCRIPTS = mapOf(
    "zh" to Scripts("hans", "hant" to "tw hk mo au bn gb gf id pa pf ph sr th us vn"),
    "yue" to Scripts("hant", "hans" to "cn"),
    "sr" to Scripts("cyrl", "latn" to "me ro ru tr"),
    "az" to Scripts("latn", "arab" to "ir iq", "cyrl" to "ru"),
    "bs" to Scripts("latn"),
    "ha" to Scripts("latn", "arab" to "cm sd"),
    "kk" to Scripts("cyrl", "arab" to "af cn ir mn"),
    "ku" to Scripts("latn", "arab" to "iq ir lb"),
    "ky" to Scripts("cyrl", "arab" to "cn", "latn" to "tr"),
    "mn" to Scripts("cyrl", "mong" to "cn"),
    "ms" to Scripts("latn", "arab" to "cc"),
    "pa" to Scripts("guru", "arab" to "pk"),
    "sd" to Scripts("arab", "deva" to "in"),
    "tg" to Scripts("cyrl", "arab" to "pk"),
    "tt" to Scripts("cyrl"),
    "ug" to Scripts("arab", "cyrl" to "kz mn"),
    "uz" to Scripts("latn", "arab" to "af", "cyrl" to "cn"),
)

/** Languages that go by another name as well. */
private val ALIASES = mapOf(
    "iw" to "he", "in" to "id", "ji" to "yi", "jw" to "jv", "mo" to "ro", "tl" to "fil", "no" to "nb", "cmn" to "zh", "sh" to "sr-latn",
)
