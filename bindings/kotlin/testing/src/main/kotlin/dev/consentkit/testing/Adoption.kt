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

/**
 * Refuses another policy, an older edition, the edition in force with another content, one that takes children for grown-ups, and one that is
 * held to fewer laws.
 */
internal fun checkFollows(inForce: PolicyDocument, offered: PolicyDocument) {
    val fault = when {
        offered.id != inForce.id ->
            PolicyFault("/id", FaultCode.OTHER_POLICY, "another policy than the one in force", "deliver the next edition of the same policy")
        offered.edition < inForce.edition ->
            PolicyFault("/edition", FaultCode.OLDER_EDITION, "older than the one in force", "publish the older text again under a new edition")
        offered.edition == inForce.edition && offered.whole != inForce.whole ->
            PolicyFault("/edition", FaultCode.SAME_EDITION_CHANGED, "the edition in force, with other content", "raise edition")
        !offered.regimes.containsAll(inForce.regimes) ->
            PolicyFault("/regimes", FaultCode.GUARD_WEAKENED, "a delivered policy is no longer held to a law", "ship the change inside the app")
        offered.audience < inForce.audience || offered.ageOfConsent < inForce.ageOfConsent ->
            PolicyFault(
                if (offered.audience < inForce.audience) "/audience" else "/age_of_consent",
                FaultCode.GUARD_WEAKENED,
                "a delivered policy takes a child for a grown-up (PIPA-8)",
                "ship the change inside the app",
            )
        else -> return
    }
    throw ConsentException.PolicyRefused(listOf(fault))
}
