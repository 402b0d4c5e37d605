package dev.consentkit.testing

import dev.consentkit.ConsentException
import dev.consentkit.FaultCode
import dev.consentkit.PolicyFault

/** Reads a policy document. What is refused here is only what cannot be read at all. */
internal fun readPolicy(document: String): PolicyDocument = try {
    PolicyDocument.read(document)
} catch (_: IllegalArgumentException) {
    // What the reader says would quote the document.
    val fault = PolicyFault("", FaultCode.SYNTAX, "it is no policy document that can be read", "see what policyFaults says of it")
    throw ConsentException.PolicyInvalid(listOf(fault))
}

/** What stands against a policy that is delivered while this is the state, by the library's own rules and in its order. */
internal fun State.faultsOf(offered: PolicyDocument, now: Long): List<PolicyFault> {
    val shipped = editions.last().edition
    if (offered.edition > shipped + MAX_EDITIONS_AHEAD) {
        val what = "edition ${offered.edition} is more than $MAX_EDITIONS_AHEAD ahead of $shipped, the highest that the app shipped"
        return listOf(PolicyFault("/edition", FaultCode.OUT_OF_RANGE, what, "count editions up by one, or ship this one inside the app"))
    }
    val follows = faultsAfter(editions, offered) + listOfNotNull(goesBack(policy, offered))
    return follows.take(MAX_FAULTS).ifEmpty { faultsBesideAnnounced(offered, now) }
}

/** What stands between an edition and those before it, of which the first is the one in force. */
internal fun faultsAfter(editions: List<PolicyDocument>, offered: PolicyDocument): List<PolicyFault> {
    val inForce = editions.first()
    val fault = when {
        offered.id != inForce.id ->
            PolicyFault("/id", FaultCode.OTHER_POLICY, "another policy than the one in force", "deliver the next edition of the same policy")
        offered.edition < inForce.edition ->
            PolicyFault("/edition", FaultCode.OLDER_EDITION, "older than the one in force", "publish the older text again under a new edition")
        offered.edition == inForce.edition && offered.whole != inForce.whole ->
            PolicyFault("/edition", FaultCode.SAME_EDITION_CHANGED, "the edition in force, with other content", "raise edition")
        else -> null
    }
    if (fault != null) return listOf(fault)
    val ofPurposes = offered.purposes.flatMapIndexed { at, purpose ->
        editions.lastAsked(purpose.id)?.let { faultsOfPurpose(it, Asked(offered, purpose), at) }.orEmpty()
    }
    return ofPurposes + listOfNotNull(announcedTooLate(inForce, offered)) + guardFaults(editions, offered)
}

private fun faultsOfPurpose(before: Asked, after: Asked, at: Int): List<PolicyFault> {
    val (old, new) = before.purpose to after.purpose
    val place = "/purposes/$at/material"
    if (new.material < old.material) {
        return listOf(PolicyFault(place, FaultCode.MATERIAL_LOWERED, "material is lower than before", "never lower it: choices are compared with it"))
    }
    if (new.material > old.material || !(old.mayBeAnswered || new.mayBeAnswered)) return emptyList()
    val isEditorial = new.isEditorial(before.policy.edition, after.policy.edition)
    val changed = changedParts(before, after, at).filterNot { isEditorial && it.isWording }
    if (changed.isEmpty()) return emptyList()
    val what = "what was agreed to changed (${changed.joinToString { it.pointer }}) and material did not rise (PIPA-1)"
    return listOf(PolicyFault(place, FaultCode.MATERIAL_NOT_RAISED, what, "raise material, so that the person is asked again"))
}

/** The fault of an edition that is announced later than the one before it and it itself promise. */
private fun announcedTooLate(inForce: PolicyDocument, offered: PolicyDocument): PolicyFault? {
    val (announced, effective) = (offered.announcedOn ?: return null) to (offered.effectiveOn ?: return null)
    // A document that repeats the day of the edition before it does not tell when it was announced.
    if (inForce.effectiveOn.let { it != null && effective <= it }) return null
    val asksAgain = offered.purposes.any { purpose -> inForce.purpose(purpose.id).let { it != null && it.material < purpose.material } }
    val days = maxOf(inForce.noticeDays(asksAgain), offered.noticeDays(asksAgain))
    if (dayBegins(announced, 0) + days * DAY_MS <= dayBegins(effective, 0)) return null
    val what = "announced less than the $days days before it takes effect that this change needs"
    return PolicyFault("/announced_on", FaultCode.NOTICE_TOO_SHORT, what, "announce it earlier, or let it take effect later")
}

private fun PolicyDocument.noticeDays(asksAgain: Boolean): Long {
    fun promised(field: String) = whole["amendments"][field].number ?: 0
    return maxOf(promised("notice_days"), if (asksAgain) promised("material_notice_days") else 0)
}

/** The fault of an edition that takes effect before the one that it follows did. */
private fun goesBack(inForce: PolicyDocument, offered: PolicyDocument): PolicyFault? {
    val (before, after) = (inForce.effectiveOn ?: return null) to (offered.effectiveOn ?: return null)
    val fault = PolicyFault("/effective_on", FaultCode.DATES_BACKWARDS, "it takes effect before the one in force did", "give it a day on which it really takes effect")
    return fault.takeIf { after < before }
}

/** How far a delivered edition may be ahead of the one that the app ships: whoever can deliver one must not use up the app's own numbers. */
private const val MAX_EDITIONS_AHEAD = 1_000_000L

/** Most faults of a document that are told: as many as anybody mends at once. */
private const val MAX_FAULTS = 100
