package dev.consentkit.android.recipes

import dev.consentkit.AdvertisingId
import dev.consentkit.Consent
import dev.consentkit.Reason

/** Uses the advertising id at once where it may be used, and says in words why not where it may not. Nothing keeps it. */
suspend fun measure(consent: Consent, send: suspend (String) -> Unit): List<String> =
    when (val answer = consent.advertisingId("ad_id.measurement")) {
        is AdvertisingId.Available -> emptyList<String>().also { send(answer.id) }
        is AdvertisingId.Refused -> answer.reasons.map { it.inWords() }
        // A later version may know a third answer, which is no permission.
        else -> emptyList()
    }

private fun Reason.inWords(): String = when (this) {
    Reason.NotAnswered, is Reason.AskAgain -> "It was not asked yet: open the form."
    Reason.AdIdLimited -> "Turned off in the phone's settings."
    else -> text("en")
}
