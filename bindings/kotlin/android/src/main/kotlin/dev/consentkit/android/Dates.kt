// Dates as older versions of apps wrote them. Without java.time, which Android has from API 26 on only.
package dev.consentkit.android

import java.math.BigDecimal
import java.math.RoundingMode
import java.util.GregorianCalendar
import java.util.Locale
import java.util.TimeZone

/** 2008-01-01, before any app store: what the core takes for a date at all. Unix milliseconds. */
private const val EARLIEST = 1_199_145_600_000L

/** A clock that was set back since must not cost a good date. */
private const val SLACK_MILLIS = 86_400_000L

/** Longest text that can be a date: with nine digits of a second and an offset it has 35 letters. */
private const val LONGEST_DATE = 40

/** A second since 1970 in milliseconds, and the units that are smaller: between 2008 and now no two of them have a number in common. */
private val MILLIS_A_UNIT = listOf("1000", "1", "0.001", "0.000001").map(::BigDecimal)

/** Year, month, day; hour, minute, second, fraction; offset. Letter by letter: a class of digits would let other scripts' pass. */
private val ISO = Regex(
    "([0-9]{4})-([0-9]{2})-([0-9]{2})" +
        "(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?(?: ?([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?))?)?",
)

/** The time that a value of an older store means, Unix milliseconds; `null` where it can be none. */
internal fun dateOf(value: Any?): Long? {
    val latest = System.currentTimeMillis() + SLACK_MILLIS
    val found = when (value) {
        is Number -> sinceEpoch(value.toString(), latest)
        is String -> value.trim().takeIf { it.length <= LONGEST_DATE }?.let { sinceEpoch(it, latest) ?: iso(it) }
        else -> null
    }
    return found?.takeIf { it in EARLIEST..latest }
}

private fun sinceEpoch(text: String, latest: Long): Long? {
    val count = text.toBigDecimalOrNull() ?: return null
    // A number with an exponent may have more digits than anybody can wait for.
    if (count.precision() - count.scale() !in 1..MOST_DIGITS) return null
    return MILLIS_A_UNIT.map { (count * it).setScale(0, RoundingMode.FLOOR).toLong() }.firstOrNull { it in EARLIEST..latest }
}

/** Nanoseconds since 1970 have 19 digits. */
private const val MOST_DIGITS = 19

private fun iso(text: String): Long? {
    val parts = ISO.matchEntire(text)?.groupValues ?: return null
    fun number(at: Int) = parts[at].toIntOrNull() ?: 0
    val zone = zone(parts[8]) ?: return null
    val calendar = GregorianCalendar(zone, Locale.ROOT)
    calendar.isLenient = false
    calendar.clear()
    calendar.set(number(1), number(2) - 1, number(3), number(4), number(5), number(6))
    return try {
        calendar.timeInMillis + parts[7].padEnd(3, '0').take(3).toLong()
    } catch (_: IllegalArgumentException) {
        // No such day, or no such hour on it.
        null
    }
}

/** The zone of an offset such as `+09:00`; the phone's own where there is none. */
private fun zone(offset: String): TimeZone? = when {
    offset.isEmpty() -> TimeZone.getDefault()
    offset.equals("z", ignoreCase = true) -> TimeZone.getTimeZone("GMT")
    else -> {
        val digits = offset.drop(1).replace(":", "").padEnd(4, '0')
        val id = "GMT${offset[0]}${digits.take(2)}:${digits.drop(2)}"
        // What it does not know it takes for GMT in silence.
        TimeZone.getTimeZone(id).takeIf { it.rawOffset != 0 || digits == "0000" }
    }
}
