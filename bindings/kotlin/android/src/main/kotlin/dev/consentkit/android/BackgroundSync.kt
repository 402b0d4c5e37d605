package dev.consentkit.android

import dev.consentkit.Consent
import dev.consentkit.ConsentException
import dev.consentkit.SYNC_TIMEOUT_MILLIS
import dev.consentkit.SyncReport
import dev.consentkit.SyncState
import dev.consentkit.Trouble
import kotlinx.coroutines.runBlocking
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/**
 * The body of a WorkManager worker that sends what waits. WorkManager itself is no dependency: `docs/android.md` has the lines that wrap
 * this.
 *
 * The core has its own back-off, which outlives the process, and never sends too early; a retry that comes too soon costs one read of
 * the disk.
 */
public object BackgroundSync {
    /** What to tell WorkManager. */
    public enum class Outcome {
        /** Nothing is left that trying again soon could mend. */
        SUCCESS,

        /** Something waits for the network, the server or the disk. */
        RETRY,
    }

    /**
     * Syncs once. Leaves the calling thread. A worker that is stopped cancels it; what was not acknowledged stays in the queue.
     *
     * @param within how long the network may take altogether. WorkManager ends a worker after ten minutes.
     */
    public suspend fun run(consent: Consent, within: Duration = SYNC_TIMEOUT_MILLIS.milliseconds): Outcome = try {
        outcomeOf(given("consent", consent).sync(within))
    } catch (_: ConsentException.AlreadySyncing) {
        // Another one does this work, and may yet fail; what is said meanwhile is not in it.
        Outcome.RETRY
    } catch (_: ConsentException.NoServer) {
        Outcome.SUCCESS
    } catch (_: ConsentException.StoreUnavailable) {
        Outcome.RETRY
    }

    /** [run] for a `Worker`, whose `doWork` is on a thread of WorkManager's. Never on the main thread. */
    @JvmStatic
    @JvmOverloads
    public fun runBlocking(consent: Consent, withinMillis: Long = SYNC_TIMEOUT_MILLIS): Outcome = runBlocking { run(consent, withinMillis.milliseconds) }

    private fun outcomeOf(report: SyncReport): Outcome = when {
        report.state != SyncState.WAITING -> Outcome.SUCCESS
        // Whoever runs the server has to act first, or whoever wrote the app; the periodic work looks again.
        report.troubles.all { it is Trouble.Configuration || it is Trouble.Stuck } -> Outcome.SUCCESS
        else -> Outcome.RETRY
    }
}
