package dev.consentkit.testing

import dev.consentkit.Actor
import dev.consentkit.AdvertisingIdSignal
import dev.consentkit.AdvertisingIdUnavailable
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

/** Where a purpose stands with the person. */
internal data class Standing(
    val status: Status,
    val askAgain: AskAgain?,
    val at: Long,
    val material: Long,
    val actor: Actor,
    /** True where a no to it was said here, however old. */
    val wasRefused: Boolean,
)

/** What is decided in a state, by the signals that it knows unless others are given. */
internal fun State.decisions(platform: Platform, signals: Signals = present, available: Boolean = true) =
    Decisions(policy, standings(), silences(), signals, platform, available)

/** Everything a decision is made of but the purpose and the time: the rules of the library's own decision, worked out once more. */
internal class Decisions(
    private val policy: PolicyDocument,
    private val standings: Map<String, Standing>,
    /** What silence is worth for each purpose that is allowed until the person objects. */
    private val silences: Map<String, Silence>,
    private val signals: Signals,
    private val platform: Platform,
    private val available: Boolean,
) {
    private val childrenExpected = policy.audience != Audience.ADULT
    private val mayBeChild = when (signals.age) {
        AgeBand.BELOW -> true
        AgeBand.ABOVE -> false
        AgeBand.UNKNOWN, null -> childrenExpected
    }

    /** All that blocks a purpose at `now` (Unix milliseconds), in the documented order. */
    fun decide(id: String, now: Long): Decision {
        val purpose = policy.purpose(id) ?: return Decision(id, false, listOf(Reason.UnknownPurpose), false)
        val reasons = mutableListOf<Reason>()
        if (purpose.mayBeAnswered) {
            if (!available) reasons += Reason.StoreUnavailable
            reasons += caps(purpose)
            if (available) {
                reasons += missing(purpose, now)
                if (isUnheard(purpose)) reasons += Reason.NotPulled
                val answer = answer(purpose)
                answer.blocks?.let(reasons::add)
                answer.outOfTime(now)?.let(reasons::add)
            }
        }
        val answersKnown = available || !purpose.mayBeAnswered
        if (answersKnown && needsNightConsent(purpose)) {
            missed(nightConsent(purpose), policy.quietHours?.hour(now) ?: Hour.DAY, now)?.let(reasons::add)
        }
        val osBlocked = purpose.channel == PUSH && signals.push == PushPermission.DENIED
        return Decision(id, reasons.isEmpty(), reasons, osBlocked)
    }

    /** As [decide], but without what the advertising-id provider said last: one time-out must not close it for ever. */
    fun decideBeforeAsking(id: String, now: Long): Decision =
        Decisions(policy, standings, silences, signals.copy(adId = null), platform, available).decide(id, now)

    /** The system's question to put next, one at a time, tracking first, each only where it alone holds up what was granted. */
    fun nextPrompt(now: Long): Prompt? {
        val tracking = policy.purposes.any {
            it.usesAdvertisingId && decideBeforeAsking(it.id, now).reasons == listOf<Reason>(Reason.OsNotDetermined)
        }
        if (tracking) return Prompt.TRACKING
        val push = signals.push == PushPermission.NOT_DETERMINED &&
            policy.purposes.any { it.channel == PUSH && stands(it).holds(now) }
        return if (push) Prompt.PUSH else null
    }

    /** The next time after `now` at which the answer or one of its reasons is another one; null where only a change can alter them. */
    fun validUntil(id: String, now: Long): Long? {
        val purpose = policy.purpose(id) ?: return null
        val ends = mutableListOf<Long?>()
        if (purpose.mayBeAnswered && available) {
            val seen = mutableMapOf(purpose.id to Span.NEVER)
            purpose.requires.mapTo(ends) { required(it, seen).nextChange(now) }
            ends += answer(purpose).nextChange(now)
        }
        if ((available || !purpose.mayBeAnswered) && needsNightConsent(purpose)) ends += nextNightChange(purpose, now)
        return ends.filterNotNull().minOrNull()
    }

    /** True where only the guardian's grant counts: the person is below the age of consent, or may be (PIPA-8). */
    val guarded: Boolean get() = mayBeChild

    /**
     * True where only a yes allows a purpose. Somebody who may not consent alone does not agree by silence either, nor does somebody whom an
     * earlier edition asked.
     */
    fun needsYes(purpose: Purpose): Boolean = !purpose.silenceAllows || guarded || silences[purpose.id] == Silence.ASKED_BEFORE

    /** True where it is not known whether the person objected elsewhere. */
    private fun isUnheard(purpose: Purpose): Boolean = purpose.silenceAllows && silences[purpose.id] == Silence.NOT_PULLED

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
        is AdvertisingIdSignal.Available -> null
        is AdvertisingIdSignal.Limited -> Reason.AdIdLimited
        is AdvertisingIdSignal.Unavailable -> Reason.AdIdUnavailable(said.kind)
        null -> if (platform == Platform.DESKTOP) Reason.AdIdUnavailable(AdvertisingIdUnavailable.NO_PROVIDER) else null
    }

    /** What the person's answer amounts to; [at] is when a grant that has an expiry was given. */
    private class Answer(val blocks: Reason?, val counts: Span, val at: Long?) {
        /** Why the grant does not count at `now`, as far as time alone goes. */
        fun outOfTime(now: Long): Reason? {
            if (counts.holds(now)) return null
            return Reason.AskAgain(if (at == null || isPossible(at, now)) AskAgain.EXPIRED else AskAgain.IMPOSSIBLE_DATE)
        }

        /** The next time at which time alone makes it another answer: from 2008 on a date before it can no longer be. */
        fun nextChange(now: Long): Long? =
            listOfNotNull(counts.nextChange(now), EARLIEST_DATE.takeIf { at != null && maxOf(at, now) < it }).minOrNull()
    }

    private fun answer(purpose: Purpose): Answer {
        fun said(reason: Reason) = Answer(reason, Span.ALWAYS, null)
        if (purpose.silenceAllows && !guarded) return Answer(objection(standings[purpose.id], silences.getValue(purpose.id)), Span.ALWAYS, null)
        val standing = standings[purpose.id] ?: return said(Reason.NotAnswered)
        return when (standing.status) {
            Status.NOT_ANSWERED -> said(Reason.NotAnswered)
            Status.REFUSED -> said(Reason.Refused)
            Status.WITHDRAWN -> said(Reason.Withdrawn)
            Status.GRANTED -> standing.askAgain?.let { said(Reason.AskAgain(it)) } ?: granted(purpose, standing)
        }
    }

    private fun granted(purpose: Purpose, standing: Standing): Answer {
        // Until the guardian is verified that alone is the reason: who then said yes makes no difference yet.
        if (guarded && standing.actor != Actor.GUARDIAN && signals.guardian == Guardian.VERIFIED) {
            return Answer(Reason.AskAgain(AskAgain.NOT_BY_GUARDIAN), Span.ALWAYS, null)
        }
        val changed = Reason.AskAgain(AskAgain.POLICY_CHANGED).takeIf { standing.material < purpose.material }
        val days = purpose.expiresAfterDays ?: return Answer(changed, Span.ALWAYS, null)
        return Answer(changed, daysFrom(standing.at, days), standing.at)
    }

    private fun missing(purpose: Purpose, now: Long): List<Reason> {
        val seen = mutableMapOf(purpose.id to Span.NEVER)
        return purpose.requires.filter { !required(it, seen).holds(now) }.map { Reason.Requires(it) }
    }

    /** While a required purpose stands with all it requires; a circle denies. */
    private fun required(id: String, seen: MutableMap<String, Span>): Span {
        seen[id]?.let { return it }
        val purpose = policy.purpose(id) ?: return Span.NEVER
        if (!purpose.mayBeAnswered) return Span.ALWAYS
        seen[id] = Span.NEVER
        val span = purpose.requires.fold(own(purpose)) { span, required -> span.and(required(required, seen)) }
        seen[id] = span
        return span
    }

    private fun own(purpose: Purpose): Span {
        val answer = answer(purpose)
        return if (!available || isUnheard(purpose) || caps(purpose).isNotEmpty() || answer.blocks != null) Span.NEVER else answer.counts
    }

    /** While a purpose's consent stands with all it requires, but for the ones in `granted`, which the caller has checked. */
    private fun stands(purpose: Purpose, granted: Set<String> = emptySet()): Span {
        if (!purpose.mayBeAnswered) return Span.ALWAYS
        val seen = mutableMapOf(purpose.id to Span.NEVER)
        return purpose.requires.filter { it !in granted }.fold(own(purpose)) { span, id -> span.and(required(id, seen)) }
    }

    private fun needsNightConsent(purpose: Purpose): Boolean = !purpose.night && purpose.channel?.let(policy::needsNightConsent) == true

    /** The reason against a purpose whose consent to the night is not there, at such an hour. */
    private fun missed(consent: Span, hour: Hour, now: Long): Reason? = when {
        consent.holds(now) || hour == Hour.DAY -> null
        hour == Hour.NIGHT -> Reason.Night
        else -> Reason.ZoneUnknown
    }

    private fun nightConsent(day: Purpose): Span {
        val checked = day.requires.toSet() + day.id
        val nights = policy.purposes.filter { it.night && it.basis == Basis.CONSENT && it.channel == day.channel && day.id in it.requires }
        return nights.map { stands(it, checked) }.fold(Span.NEVER, Span::longer)
    }

    /** The next time at which a purpose that needs the night consent begins or ends to miss it. */
    private fun nextNightChange(day: Purpose, now: Long): Long? {
        val night = policy.quietHours ?: return null
        val consent = nightConsent(day)
        fun missed(at: Long) = missed(consent, night.hour(at), at)
        var at = now
        repeat(MOST_STEPS) {
            // While it stands the window's edges change nothing.
            val edge = if (consent.holds(at)) null else night.nextChange(at)
            at = listOfNotNull(consent.nextChange(at), edge).minOrNull() ?: return null
            if (missed(at) != missed(now)) return at
        }
        return null
    }

    private companion object {
        /** Most moments to look at: by day the consent begins, then it ends, and then the night comes that lacks it. */
        const val MOST_STEPS = 4
    }
}
