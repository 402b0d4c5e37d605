package dev.consentkit.android

import android.app.Activity
import android.app.Application
import android.os.Bundle
import dev.consentkit.Consent
import dev.consentkit.ConsentException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
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

/**
 * A [Consent] whose signals are read again at each return to the foreground, until it is closed, and which sends what waits then and when the
 * network comes back.
 */
internal class ForegroundConsent(private val consent: Consent, private val application: Application) : Consent by consent {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.IO)

    @Volatile
    private var reader: SignalReader? = null

    /** Returns that come while one is being worked on are one. Holds what only an activity can tell. */
    private val returns = Channel<Boolean>(Channel.CONFLATED)
    private val foreground = Foreground { activity -> returns.trySend(reader?.pushWasRefused(activity) ?: false) }
    private val network = Network(application) { scope.launch { connected() } }

    /** Reads the signals of this launch, then watches. */
    suspend fun start(reader: SignalReader) {
        this.reader = reader
        watch()
        scope.launch { work(reader) }
        reader.read(consent, pushWasRefused = false)
    }

    /** The same once it is known how to read them; until the file is open the reading waits. */
    fun startOnce(found: Deferred<SignalReader>) {
        watch()
        scope.launch {
            val reader = found.await()
            this@ForegroundConsent.reader = reader
            reader.read(consent, pushWasRefused = false)
            work(reader)
        }
    }

    private fun watch() {
        application.registerActivityLifecycleCallbacks(foreground)
        network.watch()
    }

    private suspend fun work(reader: SignalReader) {
        for (pushWasRefused in returns) {
            reader.read(consent, pushWasRefused)
            consent.syncSoon()
        }
    }

    private suspend fun connected() {
        try {
            consent.connectivityRestored()
        } catch (_: ConsentException) {
            // The log has it; the next sync waits for its own time.
        }
        consent.syncSoon()
    }

    override fun close() {
        application.unregisterActivityLifecycleCallbacks(foreground)
        network.forget()
        scope.cancel()
        consent.close()
    }
}
