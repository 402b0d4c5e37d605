package dev.consentkit.android.recipes

import android.content.Context
import com.adjust.sdk.Adjust
import com.adjust.sdk.AdjustConfig
import dev.consentkit.Consent
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map

/** Adjust begins with the first yes to measuring, and stops with a withdrawal or an opt-out in the system. */
suspend fun startAdjust(consent: Consent, context: Context, appToken: String) {
    var running = false
    consent.state.map { it.allows("ad_id.measurement") }.distinctUntilChanged().collect { allowed ->
        if (allowed && !running) {
            Adjust.initSdk(AdjustConfig(context, appToken, AdjustConfig.ENVIRONMENT_PRODUCTION))
            running = true
        }
        // Adjust remembers that it was disabled, also into the next process.
        if (allowed) Adjust.enable() else if (running) Adjust.disable()
    }
}
