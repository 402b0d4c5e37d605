package dev.consentkit.android.recipes

import android.content.Context
import com.appsflyer.AppsFlyerLib
import dev.consentkit.Consent
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map

/** AppsFlyer 7 begins with the first yes to measuring, and stops with a withdrawal or an opt-out in the system. */
suspend fun startAppsFlyer(consent: Consent, context: Context, devKey: String) {
    val appsFlyer = AppsFlyerLib.getInstance()
    var initialised = false
    consent.state.map { it.allows("ad_id.measurement") }.distinctUntilChanged().collect { allowed ->
        if (!initialised && !allowed) return@collect
        if (!initialised) appsFlyer.init(devKey, null, context)
        // It forgets the first of these with the process, and remembers the second: both are said before anything can be sent.
        appsFlyer.setDisableAdvertisingIdentifiers(!allowed)
        appsFlyer.stop(!allowed, context)
        if (initialised) return@collect
        initialised = true
        // Called once a session, when it is ready: version 7 sends nothing before `start`, and each session is asked for anew.
        appsFlyer.registerSessionReadyListener { if (consent.allows("ad_id.measurement")) appsFlyer.start(context) }
    }
}
