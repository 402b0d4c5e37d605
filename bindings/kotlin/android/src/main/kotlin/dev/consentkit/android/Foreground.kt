package dev.consentkit.android

import android.app.Activity
import android.app.Application
import android.os.Bundle
import dev.consentkit.Consent
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch

/** Tells when the app returns to the foreground: the first activity that is started while none was. Called on the main thread. */
internal class Foreground(private val returned: (Activity) -> Unit) : Application.ActivityLifecycleCallbacks {
    private val started = mutableSetOf<Activity>()
    private var turning = false

    override fun onActivityStarted(activity: Activity) {
        val first = started.isEmpty() && !turning
        turning = false
        started += activity
        if (first) returned(activity)
    }

    override fun onActivityStopped(activity: Activity) {
        started -= activity
        // A turned phone stops the activity and starts it anew; nobody left the app.
        turning = started.isEmpty() && activity.isChangingConfigurations
    }

    override fun onActivityCreated(activity: Activity, state: Bundle?) = Unit

    override fun onActivityResumed(activity: Activity) = Unit

    override fun onActivityPaused(activity: Activity) = Unit

    override fun onActivitySaveInstanceState(activity: Activity, state: Bundle) = Unit

    override fun onActivityDestroyed(activity: Activity) = Unit
}

/** A [Consent] whose signals are read again at each return to the foreground, until it is closed. */
internal class ForegroundConsent private constructor(
    private val consent: Consent,
    private val application: Application,
    private val reader: SignalReader,
) : Consent by consent {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.IO)

    /** Returns that come while one is being worked on are one. Holds what only an activity can tell. */
    private val returns = Channel<Boolean>(Channel.CONFLATED)
    private val foreground = Foreground { activity -> returns.trySend(reader.pushWasRefused(activity)) }

    private fun watch() {
        scope.launch { for (pushWasRefused in returns) reader.read(consent, pushWasRefused) }
        application.registerActivityLifecycleCallbacks(foreground)
    }

    override fun close() {
        application.unregisterActivityLifecycleCallbacks(foreground)
        scope.cancel()
        consent.close()
    }

    companion object {
        /** Reads the signals of this launch, then watches. */
        suspend fun start(consent: Consent, application: Application, reader: SignalReader): Consent {
            val watched = ForegroundConsent(consent, application, reader)
            var ready = false
            try {
                watched.watch()
                reader.read(consent, pushWasRefused = false)
                ready = true
            } finally {
                // Nobody would ever close what nobody got.
                if (!ready) watched.close()
            }
            return watched
        }
    }
}
