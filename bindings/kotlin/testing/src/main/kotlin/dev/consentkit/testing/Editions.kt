package dev.consentkit.testing

import dev.consentkit.AnnouncedEdition
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

/** What stands against a delivered edition because of those that are announced. */
internal fun State.faultsBesideAnnounced(offered: PolicyDocument, now: Long): List<PolicyFault> {
    val from = offered.effectiveFrom.takeIf { it > now }
    val faults = announced.sortedBy { it.edition }.flatMap { other ->
        when {
            other.edition == offered.edition ->
                listOf(PolicyFault("/edition", FaultCode.SAME_EDITION_CHANGED, "an edition that is announced, with other content", "raise edition"))
            from == other.effectiveFrom ->
                listOf(PolicyFault("/effective_on", FaultCode.DAY_TAKEN, "another edition is announced for the same day", "let one of the two take effect on another day"))
            other.edition < offered.edition -> faultsAfter(listOf(other), offered)
            from != null && from > other.effectiveFrom ->
                listOf(PolicyFault("/effective_on", FaultCode.DATES_BACKWARDS, "it takes effect after an announced edition with a higher number", "give it a higher number, or let it take effect earlier"))
            else -> faultsAfter(listOf(offered), other)
        }
    }
    val kept = announced.count { it.edition > offered.edition || (from != null && it.effectiveFrom <= from) }
    val tooMany = PolicyFault("/effective_on", FaultCode.OUT_OF_RANGE, "$MAX_ANNOUNCED editions are announced already", "announce it once one of them is in force")
    return faults + listOfNotNull(tooMany.takeIf { from != null && kept >= MAX_ANNOUNCED })
}

/** Most editions that are announced at a time. A company announces one, and a second one at the most before the first is in force. */
private const val MAX_ANNOUNCED = 4

/** The editions that are announced at a time, the next one first. */
internal fun State.announcements(now: Long, page: (PolicyDocument) -> PolicyView): List<AnnouncedEdition> {
    val present = at(now)
    var before = present.policy
    return present.announced.map { edition ->
        val known = before
        val asked = edition.purposes.filter { it.basis == Basis.CONSENT }
        before = edition
        AnnouncedEdition(
            edition = edition.edition,
            version = edition.version,
            from = edition.effectiveFrom,
            daysLeft = (edition.effectiveFrom - now + DAY_MS - 1) / DAY_MS,
            changes = emptyList(),
            asksAgain = asked.filter { purpose -> known.purpose(purpose.id)?.let { it.basis == Basis.CONSENT && it.material < purpose.material } ?: false }.map { it.id },
            asksFirst = asked.filter { known.purpose(it.id)?.basis != Basis.CONSENT }.map { it.id },
            policy = page(edition),
        )
    }
}
