package dev.consentkit.internal

import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.delay

/** How long after a write it is sent: a form is answered tap by tap, and its answers shall go out together. */
private const val AFTER_A_WRITE_MILLIS = 1_000L

/** The syncs that nobody asked for: at open, a second after a write, and where [soon] says that something may have changed. */
internal class OwnSyncs {
    private val wanted = Channel<Unit>(Channel.CONFLATED)

    /** Lets one be made soon. Returns at once, on any thread. */
    fun soon() {
        wanted.trySend(Unit)
    }

    /** Never returns. */
    suspend fun run(sync: suspend () -> Unit) {
        sync()
        for (wish in wanted) {
            delay(AFTER_A_WRITE_MILLIS)
            sync()
        }
    }
}
