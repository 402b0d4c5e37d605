package dev.consentkit.android

import android.app.Activity
import android.app.NotificationManager
import android.content.Context
import android.content.pm.PackageManager
import android.os.Build
import dev.consentkit.Consent
import dev.consentkit.ConsentException
import dev.consentkit.ConsentLog
import dev.consentkit.LogEvent
import dev.consentkit.PushPermission
import dev.consentkit.Reason
import dev.consentkit.Signals
import dev.consentkit.Status
import kotlinx.coroutines.CancellationException

/** Reads what the system says now and reports it to the core, which records what changed. */
internal class SignalReader(private val context: Context, private val asksForId: Boolean, private val log: ConsentLog?) {
    /**
     * Reads everything once. A signal that cannot be read or recorded is no reason to fail an app's start, nor to leave out the next one:
     * it is logged, and read again at the next return to the foreground.
     */
    suspend fun read(consent: Consent, pushWasRefused: Boolean) {
        attempt { consent.reportSignals(Signals(push = push(consent.snapshot.signals.push, pushWasRefused))) }
        if (asksForId) attempt { readLimit(consent) }
    }

    private suspend fun attempt(reading: suspend () -> Unit) {
        try {
            reading()
        } catch (ended: CancellationException) {
            throw ended
        } catch (_: Exception) {
            tell("signals_not_recorded")
        }
    }

    /** Tells the app's log. What it throws is dropped: this runs where nobody of the app's could catch it. */
    private fun tell(event: String) {
        try {
            log?.event(LogEvent(event, emptyList()))
        } catch (_: Throwable) {
            // A log that fails has nowhere to be reported.
        }
    }

    /**
     * Lets the core ask the provider again, so that an opt-out which was switched on meanwhile counts at once.
     *
     * The core's own gate is the only way to the provider, and nothing passes it before a grant that needs the id (KR-19): here only
     * purposes are tried that nothing holds back but what the provider said last. The id itself is dropped. One question is enough, it is
     * the same provider for all.
     */
    private suspend fun readLimit(consent: Consent) {
        val granted = consent.snapshot.answers.filter { answer ->
            answer.status == Status.GRANTED && answer.reasons.all { it is Reason.AdIdLimited || it is Reason.AdIdUnavailable }
        }
        for (answer in granted) {
            try {
                consent.advertisingId(answer.purpose)
                return
            } catch (_: ConsentException.Invalid) {
                // A purpose that does not use the advertising id.
            }
        }
    }

    /**
     * Whether notifications may be shown; null, which keeps what was read before, where the system does not say. Reported, and never a
     * consent (KR-6): a failure taken for a refusal would only keep the prompt from ever being offered.
     */
    private fun push(last: PushPermission?, wasRefused: Boolean): PushPermission? = try {
        val open = last == null || last == PushPermission.NOT_DETERMINED
        when {
            context.getSystemService(NotificationManager::class.java)?.areNotificationsEnabled() == true -> PushPermission.GRANTED
            open && !wasRefused && mustAsk() -> PushPermission.NOT_DETERMINED
            else -> PushPermission.DENIED
        }
    } catch (_: Exception) {
        // The service died, or a maker's own does what it likes.
        null
    }

    /** From Android 13 on the app asks, and until then may show nothing. Before, only a person who turned them off is without. */
    private fun mustAsk(): Boolean =
        Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU &&
            context.applicationInfo.targetSdkVersion >= Build.VERSION_CODES.TIRAMISU &&
            context.checkSelfPermission(POST_NOTIFICATIONS) != PackageManager.PERMISSION_GRANTED

    /**
     * Whether the person refused notifications before and may be asked once more. Only an activity can tell; where it cannot, no refusal
     * is known. Called on the main thread, in the system's own callback: what it threw would end the app.
     */
    fun pushWasRefused(activity: Activity): Boolean = try {
        Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU && activity.shouldShowRequestPermissionRationale(POST_NOTIFICATIONS)
    } catch (_: Exception) {
        false
    }

    private companion object {
        const val POST_NOTIFICATIONS = "android.permission.POST_NOTIFICATIONS"
    }
}
