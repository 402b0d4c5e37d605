package dev.consentkit.testing

import kotlinx.serialization.json.JsonElement

private const val MINUTE_MS = 60_000L
private const val DAY_MINUTES = 24 * 60L
private const val KOREA_OFFSET_MINUTES = 9 * 60L
internal const val DAY_MS = DAY_MINUTES * MINUTE_MS

/** The hours in which messages need a separate consent. */
internal class Night(
    from: String,
    until: String,
    private val utcOffsetMinutes: Long,
    guardMinutes: Long,
    private val exempt: Set<Channel>,
) {
    private val begin = minutes(from)
    private val length = ((minutes(until) - begin).mod(DAY_MINUTES) + guardMinutes) * MINUTE_MS

    /** True where the instant (Unix milliseconds) lies in the night. */
    fun covers(at: Long): Boolean = sinceStart(at) < length

    /** The first instant after `at` at which [covers] answers otherwise; null where there is none. */
    fun nextChange(at: Long): Long? {
        if (length <= 0 || length >= DAY_MS) return null
        val since = sinceStart(at)
        return at + if (since < length) length - since else DAY_MS - since
    }

    fun restricts(channel: Channel): Boolean = channel !in exempt

    private fun sinceStart(at: Long): Long = (at.mod(DAY_MS) + (utcOffsetMinutes - begin) * MINUTE_MS).mod(DAY_MS)

    companion object {
        fun read(night: JsonElement) = Night(
            from = night.needWord("from"),
            until = night.needWord("until"),
            utcOffsetMinutes = night.needWord("utc_offset_minutes").toLong(),
            guardMinutes = night["guard_minutes"].number ?: 0,
            exempt = night["exempt"].words.map { entry<Channel>(it) }.toSet(),
        )
    }
}

/** The night of Korean law: 21:00 to 08:00 Korean time, for all channels but e-mail (KR-4). */
internal val KOREAN_NIGHT = Night("21:00", "08:00", KOREA_OFFSET_MINUTES, guardMinutes = 0, exempt = setOf(Channel.EMAIL))

private fun minutes(time: String): Long = time.split(':').map(String::toLong).let { (hours, minutes) -> hours * 60 + minutes }
