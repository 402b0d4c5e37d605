package dev.consentkit.internal

import dev.consentkit.AskAgain
import dev.consentkit.PurposeAnswer
import dev.consentkit.Reason

/** An answer of a snapshot, and whether it may be another one at another time. */
internal class KnownAnswer(val answer: PurposeAnswer, val changesWithTime: Boolean) {
    // Here as well: whoever asks needs not look into the answer.
    val allowed = answer.allowed
    val decision = answer.decision
}

/**
 * The purposes whose answer may be another one at another time, earlier or later.
 *
 * A yes without an end is one for all times. A no may still be due to the time alone (a grant that has run out, the night), in itself or in a
 * purpose that it requires: where the clock is set back, it is a yes again.
 */
internal fun changingWithTime(answers: List<PurposeAnswer>): Set<String> {
    val changing = answers.filter { answer -> answer.validUntil != null || answer.reasons.any(::isOfTime) }.mapTo(HashSet()) { it.purpose }
    if (changing.isEmpty()) return changing
    do {
        val grew = answers.filter { it.purpose !in changing && it.reasons.any { reason -> reason is Reason.Requires && reason.purpose in changing } }
        changing += grew.map { it.purpose }
    } while (grew.isNotEmpty())
    return changing
}

private fun isOfTime(reason: Reason): Boolean = when (reason) {
    Reason.Night, Reason.ZoneUnknown -> true
    is Reason.AskAgain -> reason.cause == AskAgain.EXPIRED || reason.cause == AskAgain.IMPOSSIBLE_DATE
    else -> false
}
