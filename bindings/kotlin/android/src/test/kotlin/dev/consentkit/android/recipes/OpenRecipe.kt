package dev.consentkit.android.recipes

import android.content.Context
import dev.consentkit.Consent
import dev.consentkit.ImportReceipt
import dev.consentkit.android.ConsentAndroid
import dev.consentkit.android.OlderConsents

suspend fun openConsent(context: Context, policy: String): Consent = ConsentAndroid.open(context, policy) {
    server = "https://consent.example.com"
}

suspend fun importOldConsents(context: Context, consent: Consent): ImportReceipt {
    val old = OlderConsents(
        context,
        "settings",
        listOf(
            OlderConsents.Key("cookies.analytics", answer = "analytics_ok", saidAt = "analytics_ok_at"),
            OlderConsents.Key("marketing.email", answer = "newsletter"), // no date was kept: it is asked again
        ),
    ).read()
    return consent.import(old.choices)
}
