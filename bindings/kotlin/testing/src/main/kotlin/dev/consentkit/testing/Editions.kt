package dev.consentkit.testing

import dev.consentkit.AnnouncedEdition
import dev.consentkit.ConsentException
import dev.consentkit.FaultCode
import dev.consentkit.PolicyFault
import dev.consentkit.PolicyView
import java.util.GregorianCalendar
import java.util.TimeZone

private const val MINUTE_MS = 60_000L

/** The first moment of a day, Unix milliseconds, where clocks are so many minutes ahead of UTC; the day as a policy writes it, `2026-12-01`. */
internal fun dayBegins(day: String, offsetMinutes: Long): Long {
    val (year, month, date) = requireNotNull(DAY.matchEntire(day)) { "no day" }.destructured.toList().map(String::toInt)
    val inUtc = GregorianCalendar(TimeZone.getTimeZone("UTC")).apply { clear(); set(year, month - 1, date) }
    return inUtc.timeInMillis - offsetMinutes * MINUTE_MS
}

private val DAY = Regex("([0-9]{4})-([0-9]{2})-([0-9]{2})")

/** The state as it is at a time: an announced edition counts from its day, also before any record says so. */
internal fun State.at(now: Long): State = announced.filter { it.effectiveFrom <= now }.fold(this) { state, edition -> state.under(edition) }

/** When the next announced edition comes into force. */
internal val State.nextEdition: Long? get() = announced.minOfOrNull { it.effectiveFrom }

/** An edition takes its place among those that are announced: one of a lower number that would come into force later has none any more. */
internal fun State.announcing(edition: PolicyDocument): State {
    val kept = announced.filter { it.edition > edition.edition || it.effectiveFrom < edition.effectiveFrom }
    return copy(announced = (kept + edition).sortedBy { it.effectiveFrom })
}

/** Refuses an edition that cannot stand beside those that are announced. */
internal fun State.checkPlace(offered: PolicyDocument) {
    for (other in announced) {
        val fault = when {
            other.edition == offered.edition && other.whole != offered.whole ->
                PolicyFault("/edition", FaultCode.SAME_EDITION_CHANGED, "an edition that is announced, with other content", "raise edition")
            other.edition != offered.edition && other.effectiveFrom == offered.effectiveFrom ->
                PolicyFault("/effective_on", FaultCode.DAY_TAKEN, "another edition is announced for the same day", "let one of the two take effect on another day")
            else -> continue
        }
        throw ConsentException.PolicyRefused(listOf(fault))
    }
}

/** The editions that are announced at a time, the next one first. */
internal fun State.announcements(now: Long, page: (PolicyDocument) -> PolicyView): List<AnnouncedEdition> {
    val present = at(now)
    var before = present.policy
    return present.announced.map { edition ->
        val known = before
        val asked = edition.purposes.filter { it.mayBeAnswered }
        before = edition
        AnnouncedEdition(
            edition = edition.edition,
            version = edition.version,
            from = edition.effectiveFrom,
            daysLeft = (edition.effectiveFrom - now + DAY_MS - 1) / DAY_MS,
            changes = emptyList(),
            asksAgain = asked.filter { purpose -> known.purpose(purpose.id)?.let { it.mayBeAnswered && it.material < purpose.material } ?: false }.map { it.id },
            asksFirst = asked.filter { known.purpose(it.id)?.mayBeAnswered != true }.map { it.id },
            policy = page(edition),
        )
    }
}
