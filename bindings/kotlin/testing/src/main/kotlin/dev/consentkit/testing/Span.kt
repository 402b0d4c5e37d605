package dev.consentkit.testing

/** From when and until when something holds, Unix milliseconds. */
internal data class Span(
    /** From this time on. */
    val from: Long,
    /** Before this time; [Long.MAX_VALUE] never comes. */
    val end: Long,
) {
    fun holds(now: Long): Boolean = from <= now && (now < end || end == Long.MAX_VALUE)

    /** The next time at which it begins or ceases to hold; null where there is none. */
    fun nextChange(now: Long): Long? = when {
        from >= end -> null
        now < from -> from
        else -> end.takeIf { now < it && it != Long.MAX_VALUE }
    }

    /** While both hold. */
    fun and(other: Span): Span = Span(maxOf(from, other.from), minOf(end, other.end)).takeIf { it.from < it.end } ?: NEVER

    /** The one that ends later: of two that end together, the one that began before. */
    fun longer(other: Span): Span = if (other.end > end || (other.end == end && from > other.from)) other else this

    companion object {
        val NEVER = Span(Long.MAX_VALUE, Long.MIN_VALUE)
        val ALWAYS = Span(Long.MIN_VALUE, Long.MAX_VALUE)
    }
}

/** 2008-01-01: no consent of an app is older. */
internal const val EARLIEST_DATE = 1_199_145_600_000

/** How far after the present clock a date may lie and still be taken for true: an hour. */
private const val CLOCK_SLACK_MS = 3_600_000L

/** True where an answer of `at` can have been given, by a clock that says `now`. */
internal fun isPossible(at: Long, now: Long): Boolean =
    at <= maxOf(now, now + CLOCK_SLACK_MS) && (at >= EARLIEST_DATE || now < EARLIEST_DATE)

/** While a grant of `at` counts that holds for so many days: only while its date is one that can be. */
internal fun daysFrom(at: Long, days: Long): Span {
    val end = at + days * DAY_MS
    return Span(minOf(at, at - CLOCK_SLACK_MS), if (at < EARLIEST_DATE) minOf(end, EARLIEST_DATE) else end)
}
