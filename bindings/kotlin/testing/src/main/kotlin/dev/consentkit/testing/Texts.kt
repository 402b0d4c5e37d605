package dev.consentkit.testing

/** What is wrong with a text from outside, as the end of a sentence that names the field; null where it is fit to be kept and shown. */
internal fun textFault(text: String, maxCharacters: Int): String? {
    var count = 0
    var seen = false
    var at = 0
    while (at < text.length) {
        val letter = text.codePointAt(at)
        when {
            count == maxCharacters -> return "is too long; give at most $maxCharacters characters"
            isControl(letter) -> return "holds a control character; take it out"
            isBidi(letter) -> return "holds a character that turns the reading direction; take it out"
        }
        seen = seen || isVisible(letter)
        count += 1
        at += Character.charCount(letter)
    }
    return if (seen) null else "is empty: it has no character that can be seen; give a text"
}

// The two separators are not of Unicode's control class, yet they break a line like one.
private fun isControl(letter: Int) = Character.isISOControl(letter) || letter == 0x2028 || letter == 0x2029

private fun isBidi(letter: Int) =
    letter == 0x061C || letter == 0x200E || letter == 0x200F || letter in 0x202A..0x202E || letter in 0x2066..0x2069

internal fun isBlank(letter: Int) = Character.isWhitespace(letter) || Character.isSpaceChar(letter)

/** False for a character that leaves nothing on the screen. A text of these alone looks like an empty one. */
private fun isVisible(letter: Int): Boolean =
    Character.isDefined(letter) && !isBlank(letter) && !isControl(letter) && INVISIBLE.none { letter in it } && letter and 0xFFFE != 0xFFFE

private val INVISIBLE = listOf(
    // What Unicode lets a screen ignore: joiners, fillers, variation selectors, tags and what is reserved for more.
    0x00AD..0x00AD, 0x034F..0x034F, 0x061C..0x061C, 0x115F..0x1160, 0x17B4..0x17B5, 0x180B..0x180F, 0x200B..0x200F, 0x202A..0x202E,
    0x2060..0x206F, 0x3164..0x3164, 0xFE00..0xFE0F, 0xFEFF..0xFEFF, 0xFFA0..0xFFA0, 0xFFF0..0xFFF8, 0x1BCA0..0x1BCA3, 0x1D173..0x1D17A,
    0xE0000..0xE0FFF,
    // What has no ink: the Braille pattern without dots, the empty note head, the anchors of annotations and the place of an object, the joiners of
    // hieroglyphs.
    0x2800..0x2800, 0x1D159..0x1D159, 0xFFF9..0xFFFC, 0x13430..0x13440, 0x16FE4..0x16FE4,
    // What Unicode will never assign, and what it leaves to private agreement.
    0xFDD0..0xFDEF, 0xE000..0xF8FF, 0xF0000..0x10FFFF,
)
