package dev.consentkit.testing

import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.Transient

private const val MINUTE_MS = 60_000L
private const val DAY_MINUTES = 24 * 60L
internal const val DAY_MS = DAY_MINUTES * MINUTE_MS

/** The hours in which messages need a separate consent (KR-4). Where a document says nothing: 21:00 to 08:00 Korean time. */
@Serializable
internal data class Night(
    val from: String = "21:00",
    val until: String = "08:00",
    @SerialName("utc_offset_minutes") val utcOffsetMinutes: Long = 9 * 60,
    @SerialName("guard_minutes") val guardMinutes: Long = 0,
    val exempt: List<Channel> = listOf(Channel.EMAIL),
) {
    @Transient
    private val begin = minutes(from)

    @Transient
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

    private fun sinceStart(at: Long): Long = (at.mod(DAY_MS) + utcOffsetMinutes * MINUTE_MS - begin * MINUTE_MS).mod(DAY_MS)
}

private fun minutes(time: String): Long {
    val (hours, minutes) = time.split(':').map(String::toLong)
    return hours * 60 + minutes
}
