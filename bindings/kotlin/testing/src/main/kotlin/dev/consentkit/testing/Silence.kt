package dev.consentkit.testing

import dev.consentkit.AskAgain
import dev.consentkit.Reason
import dev.consentkit.Status

/** What it is worth that somebody said nothing to a purpose that is allowed until the person objects. */
internal enum class Silence {
    /** Nothing: it is not known here what the person said elsewhere. */
    NOT_PULLED,

    /** A yes. */
    ALLOWS,

    /** Nothing: an earlier edition asked consent here, or had the purpose with another scope. */
    ASKED_BEFORE,
}

/** How much is known here of what a subject said elsewhere. A subject that is not listed was never heard of. */
internal enum class Pulled {
    /** The server has not told all of it since a sign-in. */
    NOT_YET,

    /** All of it. */
    ALL,
}

/** What silence to a purpose is worth now. */
internal fun State.silence(purpose: Purpose): Silence {
    val key = key(purpose)
    return when {
        pulled[key.subject] != Pulled.ALL || (key.subject == forgotten && key !in said) -> Silence.NOT_PULLED
        purpose.id in askedBefore -> Silence.ASKED_BEFORE
        else -> Silence.ALLOWS
    }
}

internal fun State.silences(): Map<String, Silence> = policy.purposes.filter { it.silenceAllows }.associate { it.id to silence(it) }

/**
 * This state once another edition is in force: which purposes were asked consent to, or had another scope, before, and of whom everything must
 * be pulled again.
 */
internal fun State.under(edition: PolicyDocument): State {
    val former = editions
    val silent = edition.purposes.filter { it.silenceAllows }
    val asked = silent.filter { purpose -> former.mapNotNull { it.purpose(purpose.id) }.any { it.wasAnsweredOtherwise(purpose) } }.map { it.id }
    val bringsSilence = former.isNotEmpty() &&
        silent.any { it.scope == Scope.PERSON && former.first().purpose(it.id)?.scope != Scope.PERSON }
    // Of nobody in particular this server never told anything.
    val unheard = if (bringsSilence) pulled.filterKeys { it.startsWith(ACCOUNT) }.mapValues { Pulled.NOT_YET } else emptyMap()
    val ahead = announced.filter { it.edition > edition.edition }
    return copy(policy = edition, editions = listOf(edition) + former, announced = ahead, askedBefore = askedBefore + asked, pulled = pulled + unheard)
}

/** True where what was said to the purpose, or was not said, is not what silence is to a later edition's. An objection stands under its scope. */
private fun Purpose.wasAnsweredOtherwise(later: Purpose): Boolean = basis == Basis.CONSENT || (silenceAllows && scope != later.scope)

/** Why a purpose that is allowed until the person objects is not: what was said that counts against it. */
internal fun objection(standing: Standing?, silence: Silence): Reason? {
    val askedBefore = silence == Silence.ASKED_BEFORE
    return when (standing?.status) {
        null, Status.NOT_ANSWERED -> Reason.NotAnswered.takeIf { askedBefore }
        Status.REFUSED -> Reason.Refused
        Status.WITHDRAWN -> Reason.Withdrawn
        // A yes only takes an objection back: it does not run out, and one that does not count leaves things as they were.
        Status.GRANTED -> standing.askAgain?.takeIf { askedBefore || standing.objects(it) }?.let { Reason.AskAgain(it) }
    }
}

/** True where a yes that does not count overtook a no, or may have. */
private fun Standing.objects(cause: AskAgain): Boolean = cause == AskAgain.STALE_GRANT || cause == AskAgain.RESTORED || wasRefused
