package dev.consentkit.android.recipes

import android.content.Context
import dev.consentkit.Consent
import dev.consentkit.ImportReceipt
import dev.consentkit.android.ConsentAndroid
import dev.consentkit.android.SharedPreferencesConsents
import dev.consentkit.android.StoredConsent

suspend fun openConsent(context: Context, policy: String): Consent = ConsentAndroid.open(context, policy) {
    server = "https://consent.example.com"
}

suspend fun importOldConsents(context: Context, consent: Consent): ImportReceipt {
    val old = SharedPreferencesConsents(
        context,
        "settings",
        listOf(
            StoredConsent("cookies.analytics", key = "analytics_ok", dateKey = "analytics_ok_at"),
            StoredConsent("marketing.email", key = "newsletter"), // no date was kept: it is asked again
        ),
    ).read()
    return consent.import(old.choices)
}
