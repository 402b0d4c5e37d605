package dev.consentkit.testing

import dev.consentkit.AdIdSignal
import dev.consentkit.AdIdUnavailable
import dev.consentkit.AgeBand
import dev.consentkit.AskAgain
import dev.consentkit.Decision
import dev.consentkit.Guardian
import dev.consentkit.Platform
import dev.consentkit.Prompt
import dev.consentkit.PushPermission
import dev.consentkit.Reason
import dev.consentkit.Signals
import dev.consentkit.Status
import dev.consentkit.Tracking

/** Before which Unix millisecond something holds. */
private typealias Until = Long

private const val NEVER: Until = Long.MIN_VALUE
private const val FOREVER: Until = Long.MAX_VALUE

private fun Until.holds(now: Long) = now < this

/** When it ends, where that is still to come. */
private fun Until.end(now: Long): Long? = takeIf { it != FOREVER && now < it }

/** Where a purpose stands with the person. */
internal data class Standing(val status: Status, val askAgain: AskAgain?, val at: Long, val material: Long)

/** Everything a decision is made of but the purpose and the time: the rules of the library's own decision, worked out once more. */
internal class Decisions(
    private val policy: PolicyDocument,
    private val standings: Map<String, Standing>,
    private val signals: Signals,
    private val platform: Platform,
    private val available: Boolean,
) {
    private val childrenExpected = policy.audience != Audience.ADULT
    private val mayBeChild = when (signals.age) {
        AgeBand.UNDER14 -> true
        AgeBand.OVER14 -> false
        null -> childrenExpected
    }

    /** All that blocks a purpose at `now` (Unix milliseconds), in the documented order. */
    fun decide(id: String, now: Long): Decision {
        val purpose = policy.purpose(id) ?: return Decision(id, false, listOf(Reason.UnknownPurpose), false)
        val reasons = mutableListOf<Reason>()
        if (purpose.needsConsent) {
            if (!available) reasons += Reason.StoreUnavailable
            reasons += caps(purpose)
            if (available) {
                reasons += missing(purpose, now)
                val answer = answer(purpose)
                reasons += answer.blocks
                if (!answer.expires.holds(now)) reasons += Reason.AskAgain(AskAgain.EXPIRED)
            }
        }
        val answersKnown = available || !purpose.needsConsent
        if (answersKnown && needsNightConsent(purpose) && policy.night.covers(now) && !nightConsent(purpose).holds(now)) {
            reasons += Reason.Night
        }
        val osBlocked = purpose.channel == Channel.PUSH && signals.push == PushPermission.DENIED
        return Decision(id, reasons.isEmpty(), reasons, osBlocked)
    }

    /** As [decide], but without what the advertising-id provider said last: one time-out must not close it for ever. */
    fun decideBeforeAsking(id: String, now: Long): Decision =
        Decisions(policy, standings, signals.copy(adId = null), platform, available).decide(id, now)

    /** The system's question to put next, one at a time, tracking first, each only where it alone holds up what was granted. */
    fun nextPrompt(now: Long): Prompt? {
        val tracking = policy.purposes.any {
            it.usesAdvertisingId && decideBeforeAsking(it.id, now).reasons == listOf<Reason>(Reason.OsNotDetermined)
        }
        if (tracking) return Prompt.TRACKING
        val push = signals.push == PushPermission.NOT_DETERMINED &&
            policy.purposes.any { it.channel == Channel.PUSH && stands(it).holds(now) }
        return if (push) Prompt.PUSH else null
    }

    /** The next time after `now` at which the answer or one of its reasons is another one; null where only a change can alter them. */
    fun validUntil(id: String, now: Long): Long? {
        val purpose = policy.purpose(id) ?: return null
        val ends = mutableListOf<Long?>()
        if (purpose.needsConsent && available) {
            val seen = mutableMapOf(purpose.id to NEVER)
            purpose.requires.mapTo(ends) { required(it, seen).end(now) }
            ends += answer(purpose).expires.end(now)
        }
        if ((available || !purpose.needsConsent) && needsNightConsent(purpose)) ends += nextNightChange(purpose, now)
        return ends.filterNotNull().minOrNull()
    }

    /** True where a person's own yes is not enough: under 14, or perhaps (PIPA-8). */
    val guarded: Boolean get() = mayBeChild

    private fun caps(purpose: Purpose): List<Reason> = buildList {
        if (mayBeChild && signals.guardian != Guardian.VERIFIED) add(Reason.GuardianRequired)
        if (purpose.sharesForAdvertising && mayBeChild) add(Reason.Child)
        if (purpose.usesAdvertisingId) {
            trackingCap()?.let(::add)
            adIdCap()?.let(::add)
        }
        if (purpose.sharesForAdvertising && signals.gpc == true) add(Reason.Gpc)
    }

    private fun trackingCap(): Reason? {
        if (platform != Platform.IOS) return null
        return when (signals.tracking ?: Tracking.NOT_DETERMINED) {
            Tracking.AUTHORIZED -> null
            Tracking.DENIED -> Reason.OsDenied
            Tracking.RESTRICTED -> Reason.OsRestricted
            Tracking.NOT_DETERMINED -> Reason.OsNotDetermined
        }
    }

    private fun adIdCap(): Reason? = when (val said = signals.adId) {
        is AdIdSignal.Available -> null
        is AdIdSignal.Limited -> Reason.AdIdLimited
        is AdIdSignal.Unavailable -> Reason.AdIdUnavailable(said.kind)
        null -> if (platform == Platform.DESKTOP) Reason.AdIdUnavailable(AdIdUnavailable.NO_PROVIDER) else null
    }

    private class Answer(val blocks: List<Reason>, val expires: Until)

    private fun answer(purpose: Purpose): Answer {
        fun said(reason: Reason) = Answer(listOf(reason), FOREVER)
        val standing = standings[purpose.id] ?: return said(Reason.NotAnswered)
        return when (standing.status) {
            Status.NOT_ANSWERED -> said(Reason.NotAnswered)
            Status.REFUSED -> said(Reason.Refused)
            Status.WITHDRAWN -> said(Reason.Withdrawn)
            Status.GRANTED -> standing.askAgain?.let { said(Reason.AskAgain(it)) } ?: granted(purpose, standing)
        }
    }

    private fun granted(purpose: Purpose, standing: Standing): Answer {
        val changed = standing.material < purpose.material
        val blocks = if (changed) listOf(Reason.AskAgain(AskAgain.POLICY_CHANGED)) else emptyList()
        return Answer(blocks, purpose.expiresAfterDays?.let { standing.at + it * DAY_MS } ?: FOREVER)
    }

    private fun missing(purpose: Purpose, now: Long): List<Reason> {
        val seen = mutableMapOf(purpose.id to NEVER)
        return purpose.requires.filter { !required(it, seen).holds(now) }.map { Reason.Requires(it) }
    }

    /** Until when a required purpose stands with all it requires; a circle denies. */
    private fun required(id: String, seen: MutableMap<String, Until>): Until {
        seen[id]?.let { return it }
        val purpose = policy.purpose(id) ?: return NEVER
        if (!purpose.needsConsent) return FOREVER
        seen[id] = NEVER
        val until = purpose.requires.fold(own(purpose)) { until, required -> minOf(until, required(required, seen)) }
        seen[id] = until
        return until
    }

    private fun own(purpose: Purpose): Until {
        val answer = answer(purpose)
        return if (!available || caps(purpose).isNotEmpty() || answer.blocks.isNotEmpty()) NEVER else answer.expires
    }

    /** Until when a purpose's consent stands with all it requires, but for the ones in `granted`, which the caller has checked. */
    private fun stands(purpose: Purpose, granted: Set<String> = emptySet()): Until {
        if (!purpose.needsConsent) return FOREVER
        val seen = mutableMapOf(purpose.id to NEVER)
        return purpose.requires.filter { it !in granted }.fold(own(purpose)) { until, id -> minOf(until, required(id, seen)) }
    }

    private fun needsNightConsent(purpose: Purpose): Boolean {
        val channel = purpose.channel ?: return false
        // E-mail alone can be exempt, whatever the policy lists.
        return !purpose.night && !(channel == Channel.EMAIL && !policy.night.restricts(channel))
    }

    private fun nightConsent(day: Purpose): Until {
        val checked = day.requires.toSet() + day.id
        val nights = policy.purposes.filter { it.night && it.needsConsent && it.channel == day.channel && day.id in it.requires }
        return nights.maxOfOrNull { stands(it, checked) } ?: NEVER
    }

    /** The next time at which the night consent of a purpose that needs it begins or ends to be missed. */
    private fun nextNightChange(day: Purpose, now: Long): Long? {
        val consent = nightConsent(day)
        val end = consent.end(now)
        return when {
            // It is missed from the first moment of the night that it does not cover.
            end != null -> if (policy.night.covers(end)) end else policy.night.nextChange(end)
            // While it stands the window's edges change nothing.
            consent.holds(now) -> null
            else -> policy.night.nextChange(now)
        }
    }
}
