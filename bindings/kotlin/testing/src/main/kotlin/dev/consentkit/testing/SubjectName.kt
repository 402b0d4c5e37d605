package dev.consentkit.testing

import java.text.Normalizer

private const val MAX_SUBJECT_CHARACTERS = 128
private const val MAX_PHONE_DIGITS = 15
private const val UUID_DIGITS = 32

/** Words that programs write where there is no value. */
private val NOTHING = words("null undefined nil none nan nul undef void empty blank infinity inf dbnull optional")

/** Of these, the words that name nobody in whatever they stand. */
private val NEVER_PART = words("null undefined")

/** Whole names that stand for nobody in particular, or for a field that was not filled. */
private val NOBODY = words(
    "unknown anonymous anon guest nobody noname user users test tester testuser dummy default placeholder sample example notset notfound " +
        "unset missing invalid error false true unit string id uid userid accountid memberid subject todo tbd 없음 익명 비회원 게스트 손님 미정 알수없음",
) + setOf(
    "no name", "test user", "n a", "not set", "not available", "not found", "object object", "kotlin unit", "user id", "account id",
    "member id", "알 수 없음",
)

/** The numbers that programs use for "no id", and the hashes of an empty text. */
private val NO_IDS = words(
    "2147483647 4294967295 9223372036854775807 18446744073709551615 0x0 d41d8cd98f00b204e9800998ecf8427e " +
        "da39a3ee5e6b4b0d3255bfef95601890afd80709 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
)

private val UNFILLED = words("%s %d %@ {} {0} %1\$s")

/** What stands before the eight digits of a subscriber in a mobile network of Korea. */
private val MOBILE = words("010 011 016 017 018 019 8210 008210")

private fun words(text: String) = text.split(' ').toSet()

/** Accepts a pseudonym of one account, by the library's rule: no address, no number, no placeholder that people would share (PIPA-11). */
internal fun checkSubject(subject: String) {
    val pseudonym = "give the account's pseudonym, a random id that says nothing outside your systems"
    textFault(subject, MAX_SUBJECT_CHARACTERS)?.let { refuse("subject", it) }
    if (subject.trim { isBlank(it.code) } != subject) refuse("subject", "has spaces around it: take them away")
    val plain = plain(subject)
    when {
        plain.startsWith("device:") || plain.startsWith("anonymous:") ->
            refuse("subject", "begins with a reserved word: device: and anonymous: are the library's own")
        isPlaceholder(plain) ->
            refuse("subject", "stands for no account (null, 0, guest, …): people would share it; give each account's own random id, or sign out")
        '@' in plain || "%40" in plain -> refuse("subject", "looks like an e-mail address: $pseudonym")
        isTelephone(plain) -> refuse("subject", "looks like a telephone number: $pseudonym")
    }
}

/** The text as its reader takes it: look-alikes replaced by plain characters, what cannot be seen left out, in lower case. */
private fun plain(text: String): String {
    val out = StringBuilder()
    Normalizer.normalize(text, Normalizer.Form.NFKC).codePoints().forEach { letter ->
        val digit = Character.digit(letter, 10)
        when {
            Character.getType(letter) == Character.FORMAT.toInt() || letter in 0xFE00..0xFE0F || letter == 0x20E3 -> Unit
            digit >= 0 -> out.append(digit)
            Character.getType(letter) == Character.DASH_PUNCTUATION.toInt() || letter == 0x2212 -> out.append('-')
            isBlank(letter) -> out.append(' ')
            else -> out.appendCodePoint(letter)
        }
    }
    return out.trim().toString().lowercase()
}

private fun isPlaceholder(plain: String): Boolean {
    val words = plain.split(Regex("[^\\p{L}\\p{N}]+")).filter { it.isNotEmpty() }
    return words.all { word -> word.all { it == '0' } || word in NOTHING } ||
        words.any { it in NEVER_PART } ||
        words.joinToString(" ") in NOBODY ||
        (plain.startsWith('-') && plain.drop(1).all { it in '0'..'9' || it == '.' }) ||
        plain in NO_IDS ||
        "<nil>" in plain || plain.startsWith("[object ") || "\${" in plain || "{{" in plain || plain in UNFILLED ||
        isUuidOfOneDigit(plain)
}

private fun isUuidOfOneDigit(plain: String): Boolean {
    val digits = plain.removePrefix("urn:uuid:").filterNot { it in "{}-" }
    return digits.length == UUID_DIGITS && digits.all { it == digits[0] } && digits[0] in "0123456789abcdef"
}

private fun isTelephone(plain: String): Boolean {
    val bare = listOf("tel:", "sms:", "phone:").firstNotNullOfOrNull { plain.takeIf { _ -> plain.startsWith(it) }?.removePrefix(it) } ?: plain
    val plus = bare.trim().startsWith('+')
    val number = bare.trim().removePrefix("+")
    if (!number.all { it in '0'..'9' || it in " -.()/_~" }) return false
    val groups = number.split(Regex("[^0-9]+")).filter { it.isNotEmpty() }
    val digits = groups.joinToString("")
    val brackets = number.startsWith('(') && digits.length in 9..MAX_PHONE_DIGITS
    return (plus && digits.length in 7..MAX_PHONE_DIGITS) || (digits.length > 8 && digits.dropLast(8) in MOBILE) ||
        (groups.size > 1 && (brackets || isNational(groups) || isInternational(groups) || isAmerican(groups)))
}

/** `02-123-4567`, `010-1234-5678`, `01 23 45 67 89`: an area code with its zero, and what follows it. */
private fun isNational(groups: List<String>): Boolean {
    val area = groups[0]
    val lengths = groups.drop(1).map { it.length }
    val grouped = (lengths.size == 1 && lengths[0] in 6..8) || (lengths.size == 2 && lengths.all { it in 3..4 }) ||
        (lengths == listOf(2, 2, 2, 2) && area.length == 2)
    return area.length in 2..4 && area.startsWith('0') && !area.startsWith("00") && groups.sumOf { it.length } in 9..12 && grouped
}

/** `82-10-1234-5678`, `1 202 555 0100`, `001-82-2-6206-0000`: a country code without its plus sign, an area code, the number. */
private fun isInternational(groups: List<String>): Boolean {
    val country = groups[0].trimStart('0')
    val prefixed = groups[0].startsWith("00")
    val first = (country.length in 1..3 && (prefixed || country.length == groups[0].length)) || (prefixed && country.isEmpty())
    val few = groups.size in 4..6 && groups.sumOf { it.length } <= MAX_PHONE_DIGITS + 3
    return first && few && groups[groups.size - 2].length in 3..4 && groups.last().length == 4 && groups.drop(1).dropLast(2).all { it.length <= 4 }
}

/** `202-555-0100`: area codes of North America begin with 2 to 9. */
private fun isAmerican(groups: List<String>): Boolean = groups.map { it.length } == listOf(3, 3, 4) && groups[0][0] !in "01"
