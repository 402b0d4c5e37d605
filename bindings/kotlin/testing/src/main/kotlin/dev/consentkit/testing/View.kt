package dev.consentkit.testing

import dev.consentkit.GoogleConsent
import dev.consentkit.Platform
import dev.consentkit.PurposeAnswer
import dev.consentkit.PushPermission
import dev.consentkit.Snapshot
import dev.consentkit.Tracking

/** What follows from one state: immutable, so that reading needs no lock. */
internal class View(
    val state: State,
    private val generation: Long,
    private val pending: Long,
    private val available: Boolean,
    private val platform: Platform,
    private val trackingRead: Boolean,
) {
    // A permission of an earlier process is no longer one until it is read again; a denial outlives the process.
    private val unread = state.signals.tracking == Tracking.AUTHORIZED && !trackingRead
    private val signals = if (unread) state.present.copy(tracking = null) else state.present

    val decisions = state.decisions(platform, signals, available)

    /** The same with the permission as it was recorded: it was asked for, so it is not asked for again. */
    val recordedDecisions = state.decisions(platform, available = available)

    /** What follows at a time: an announced edition counts from its day on. */
    fun at(now: Long): View = state.at(now).let { if (it === state) this else View(it, generation, pending, available, platform, trackingRead) }

    fun snapshot(now: Long): Snapshot = at(now).taken(now)

    private fun taken(now: Long): Snapshot {
        val answers = state.policy.purposes.map { purpose ->
            val decision = decisions.decide(purpose.id, now)
            val validUntil = listOfNotNull(decisions.validUntil(purpose.id, now), state.nextEdition).minOrNull()
            PurposeAnswer(purpose.id, decision.allowed, decision.reasons, state.status(purpose), validUntil, decision.osBlocked)
        }
        return Snapshot(
            generation = generation,
            at = now,
            policyVersion = state.policy.version,
            pending = pending,
            signedIn = state.signedIn,
            available = available,
            pushBlocked = signals.push == PushPermission.DENIED,
            signals = signals,
            answers = answers,
            googleConsent = google(now),
        )
    }

    /** A type is granted where at least one purpose names it and every one that does is allowed (GCM-1). */
    private fun google(now: Long): GoogleConsent {
        fun granted(type: String): Boolean {
            val named = state.policy.purposes.filter { type in it.google }
            return named.isNotEmpty() && named.all { decisions.decide(it.id, now).allowed }
        }
        return GoogleConsent(granted("ad_storage"), granted("analytics_storage"), granted("ad_user_data"), granted("ad_personalization"))
    }
}

/** True where time may have changed an answer since, or the clock was set back. */
internal fun Snapshot.hasRunOut(now: Long): Boolean = now < at || answers.any { answer -> answer.validUntil?.let { it <= now } ?: false }
