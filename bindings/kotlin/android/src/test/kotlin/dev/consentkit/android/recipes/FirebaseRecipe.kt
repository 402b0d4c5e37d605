package dev.consentkit.android.recipes

import com.google.firebase.analytics.FirebaseAnalytics
import com.google.firebase.analytics.FirebaseAnalytics.ConsentStatus
import com.google.firebase.analytics.FirebaseAnalytics.ConsentType
import dev.consentkit.Consent
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map

/** Firebase Analytics collects only while analytics are allowed, and hears Google's four values at each change. */
suspend fun followConsent(consent: Consent, analytics: FirebaseAnalytics) {
    fun status(granted: Boolean) = if (granted) ConsentStatus.GRANTED else ConsentStatus.DENIED
    var collected = false
    consent.state.map { it.googleConsent }.distinctUntilChanged().collect { google ->
        // All four, each time: a type that is left out keeps its last value (GCM-1).
        analytics.setConsent(
            mapOf(
                ConsentType.ANALYTICS_STORAGE to status(google.analyticsStorage),
                ConsentType.AD_STORAGE to status(google.adStorage),
                ConsentType.AD_USER_DATA to status(google.adUserData),
                ConsentType.AD_PERSONALIZATION to status(google.adPersonalization),
            ),
        )
        analytics.setAnalyticsCollectionEnabled(google.analyticsStorage)
        if (collected && !google.analyticsStorage) analytics.resetAnalyticsData()
        collected = google.analyticsStorage
    }
}
