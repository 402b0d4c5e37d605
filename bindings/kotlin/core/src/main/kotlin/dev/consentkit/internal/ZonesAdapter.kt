package dev.consentkit.internal

import java.util.TimeZone

/** A day, and a second. Two changes of one zone are never as near to each other as a day. */
private const val DAY_MILLIS = 86_400_000L
private const val SECOND_MILLIS = 1_000L

/**
 * What the system knows of time zones: it is asked for the offset of each day, and between two days that differ for the second of the change.
 * `java.util.TimeZone` is on every version of Android, which `java.time` is not.
 */
internal object ZonesAdapter : SystemZones {
    override fun offsets(zone: String, from: Long, until: Long): ZoneOffsets? {
        // A name that it does not know would be read as Greenwich.
        val known = TimeZone.getTimeZone(zone).takeIf { it.id == zone } ?: return null
        val changes = mutableListOf(change(from, known.getOffset(from)))
        var day = from
        while (day < until) {
            val next = minOf(day + DAY_MILLIS, until)
            if (known.getOffset(next) != known.getOffset(day)) changes += found(known, day, next)
            day = next
        }
        return ZoneOffsets(changes = changes, until = until)
    }

    /** The change between two times at which the offsets differ, by halves. */
    private fun found(zone: TimeZone, before: Long, after: Long): OffsetChange {
        var (low, high) = before to after
        while (high - low > SECOND_MILLIS) {
            val middle = low + (high - low) / 2
            if (zone.getOffset(middle) == zone.getOffset(before)) low = middle else high = middle
        }
        // Clocks change on a whole second.
        return change(high - high.mod(SECOND_MILLIS), zone.getOffset(after))
    }

    private fun change(from: Long, offsetMillis: Int) = OffsetChange(from = from, utcOffsetMinutes = offsetMillis / 60_000)
}
