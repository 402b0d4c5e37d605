package dev.consentkit.testing

import java.util.TimeZone
import kotlinx.serialization.json.JsonElement

private const val SECOND_MS = 1_000L
private const val MINUTE_MS = 60_000L
private const val DAY_MINUTES = 24 * 60L
internal const val KOREA_OFFSET_MINUTES = 9 * 60L
internal const val DAY_MS = DAY_MINUTES * MINUTE_MS

/** What an hour is. */
internal enum class Hour {
    /** Messages need no separate consent. */
    DAY,

    /** They do. */
    NIGHT,

    /** Nobody knows what time it is in the policy's zone, so they do. */
    ZONE_UNKNOWN,
}

/** The hours in which messages need a separate consent. */
internal class Night private constructor(
    /** Its first minute, since midnight. */
    private val begin: Long,
    /** How long it lasts, milliseconds. */
    private val length: Long,
    private val zone: Zone,
    private val exempt: Set<String>,
) {
    constructor(from: String, until: String, zone: Zone, guardMinutes: Long, exempt: Set<String>) :
        this(minutes(from), ((minutes(until) - minutes(from)).mod(DAY_MINUTES) + guardMinutes) * MINUTE_MS, zone, exempt)

    /** What the instant (Unix milliseconds) is. */
    fun hour(at: Long): Hour {
        val offset = zone.offset(at) ?: return Hour.ZONE_UNKNOWN
        return if (sinceStart(at, offset) < length) Hour.NIGHT else Hour.DAY
    }

    /** The first instant after `at` at which [hour] answers otherwise; null where there is none. */
    fun nextChange(at: Long): Long? {
        if (length <= 0 || length >= DAY_MS) return null
        var from = at
        while (true) {
            val offset = zone.offset(from) ?: return null
            val since = sinceStart(from, offset)
            val edge = from + if (since < length) length - since else DAY_MS - since
            // Where the zone's clocks are changed before that, the edge is another one.
            from = zone.change(from, edge) ?: edge
            if (hour(from) != hour(at)) return from
        }
    }

    /** True where a message that needs the separate consent under other hours would not need it under these. */
    fun sparesMoreThan(other: Night): Boolean {
        if (exempt.any(other::restricts)) return true
        // Two nights of one zone are compared by what its clocks show, and those of two zones that change their clocks cannot be.
        val (mine, theirs) = when {
            zone.isFixedAs(other.zone) -> this to other
            zone.isNamedAs(other.zone) -> atOneOffset() to other.atOneOffset()
            else -> return true
        }
        // Everything here is whole minutes, and so each minute of a day speaks for itself.
        return (0 until DAY_MINUTES).any { theirs.hour(it * MINUTE_MS) == Hour.NIGHT && mine.hour(it * MINUTE_MS) != Hour.NIGHT }
    }

    private fun atOneOffset() = Night(begin, length, Zone.fixed(0), exempt)

    /** A letter is no electronic medium, so it has no night. */
    fun restricts(channel: String): Boolean = channel != POST && channel !in exempt

    private fun sinceStart(at: Long, offsetMinutes: Long): Long = (at.mod(DAY_MS) + (offsetMinutes - begin) * MINUTE_MS).mod(DAY_MS)

    companion object {
        fun read(night: JsonElement) = Night(
            from = night.needWord("from"),
            until = night.needWord("until"),
            zone = Zone.read(night["zone"].word, night["utc_offset_minutes"].number),
            guardMinutes = night["guard_minutes"].number ?: 0,
            exempt = night["exempt"].words.toSet(),
        )
    }
}

/** The clocks that a policy's hours are told by. */
internal class Zone private constructor(private val fixed: Long?, private val system: TimeZone?, private val name: String? = null) {
    /** True where the clocks of neither are ever changed. */
    fun isFixedAs(other: Zone): Boolean = fixed != null && other.fixed != null

    /** True where both are the same zone by its name, whose clocks may be changed. */
    fun isNamedAs(other: Zone): Boolean = fixed == null && name == other.name

    /** By how many minutes they are ahead of UTC; `null` where nobody knows. */
    fun offset(at: Long): Long? = fixed ?: system?.let { it.getOffset(at) / MINUTE_MS }

    /** When they are changed, where that is after one time and not after another one at most a day later. */
    fun change(after: Long, until: Long): Long? {
        if (system == null || system.getOffset(after) == system.getOffset(until)) return null
        var (low, high) = after to until
        while (high - low > SECOND_MS) {
            val middle = low + (high - low) / 2
            if (system.getOffset(middle) == system.getOffset(after)) low = middle else high = middle
        }
        // Clocks are changed on a whole second.
        return high - high.mod(SECOND_MS)
    }

    companion object {
        /** Zones that have kept one offset since before any app could ask. */
        private val FIXED = mapOf("Asia/Seoul" to KOREA_OFFSET_MINUTES, "Etc/UTC" to 0L, "UTC" to 0L)

        fun fixed(minutes: Long) = Zone(minutes, null)

        /** A name that the system does not know would be read as Greenwich, so it is looked at. */
        fun read(name: String?, offsetMinutes: Long?): Zone {
            if (name == null) return fixed(requireNotNull(offsetMinutes) { "the night has no zone" })
            return Zone(FIXED[name], TimeZone.getTimeZone(name).takeIf { it.id == name && name !in FIXED }, name)
        }
    }
}

/** The night of Korean law: 21:00 to 08:00 Korean time, for all channels but e-mail (KR-4). */
internal val KOREAN_NIGHT = Night("21:00", "08:00", Zone.fixed(KOREA_OFFSET_MINUTES), guardMinutes = 0, exempt = setOf(EMAIL))

private fun minutes(time: String): Long = time.split(':').map(String::toLong).let { (hours, minutes) -> hours * 60 + minutes }
