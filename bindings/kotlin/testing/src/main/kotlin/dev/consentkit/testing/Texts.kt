package dev.consentkit.testing

/** What is wrong with a text from outside, as the end of a sentence that names the field; null where it is fit to be kept and shown. */
internal fun textFault(text: String, maxCharacters: Int): String? {
    var count = 0
    var blank = true
    var at = 0
    while (at < text.length) {
        val letter = text.codePointAt(at)
        when {
            count == maxCharacters -> return "is too long"
            isControl(letter) -> return "holds a control character"
            isBidi(letter) -> return "holds a character that turns the reading direction"
        }
        blank = blank && isBlank(letter)
        count += 1
        at += Character.charCount(letter)
    }
    return if (blank) "is empty" else null
}

// The two separators are not of Unicode's control class, yet they break a line like one.
private fun isControl(letter: Int) = Character.isISOControl(letter) || letter == 0x2028 || letter == 0x2029

private fun isBidi(letter: Int) =
    letter == 0x061C || letter == 0x200E || letter == 0x200F || letter in 0x202A..0x202E || letter in 0x2066..0x2069

internal fun isBlank(letter: Int) = Character.isWhitespace(letter) || Character.isSpaceChar(letter)
