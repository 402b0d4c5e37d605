package dev.consentkit.scenarios

/**
 * Why a scenario needs the library itself and not the fake; null where it does not. A rule over its steps, so that no list can lag
 * behind the files.
 */
fun needsLibrary(scenario: Scenario): String? {
    if (scenario.server) return "a server that holds answers"
    return scenario.steps.firstNotNullOfOrNull { step ->
        val action = step.action
        when {
            action is Open && action.copyOf != null -> "a file that can be copied"
            action is Restart && action.policy != null -> "which policy an app may ship next"
            step.error?.code in setOf("policy_invalid", "policy_refused") -> "the faults of a policy"
            action is LookBack || action is Expect && action.verify != null -> "a ledger that proves something"
            else -> null
        }
    }
}
