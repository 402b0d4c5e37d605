package dev.consentkit.android.recipes

import android.content.Context
import com.appsflyer.AppsFlyerLib
import dev.consentkit.Consent
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map

/** AppsFlyer begins with the first yes to measuring, and stops with a withdrawal or an opt-out in the system. */
suspend fun startAppsFlyer(consent: Consent, context: Context, devKey: String) {
    val appsFlyer = AppsFlyerLib.getInstance()
    var running = false
    consent.state.map { it.allows("ad_id.measurement") }.distinctUntilChanged().collect { allowed ->
        if (allowed && !running) {
            appsFlyer.init(devKey, null, context)
            running = true
        }
        if (!running) return@collect
        appsFlyer.setDisableAdvertisingIdentifiers(!allowed)
        // It remembers that it was stopped, also into the next process.
        appsFlyer.stop(!allowed, context)
        if (allowed) appsFlyer.start(context)
    }
}
