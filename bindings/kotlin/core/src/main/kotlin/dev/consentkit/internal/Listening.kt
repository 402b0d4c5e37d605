package dev.consentkit.internal

import dev.consentkit.Snapshot
import dev.consentkit.SnapshotListener
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.launch
import java.io.Closeable
import java.util.concurrent.Executor

/** A listener in Java, told on its own executor until it is closed. */
internal class Listening(
    scope: CoroutineScope,
    state: StateFlow<Snapshot>,
    executor: Executor,
    private val listener: SnapshotListener,
    private val log: Log,
) : Closeable {
    private val job = scope.launch(executor.asCoroutineDispatcher()) { state.collect(::tell) }

    private fun tell(snapshot: Snapshot) {
        try {
            listener.changed(snapshot)
        } catch (_: Throwable) {
            log.event("listener_failed")
        }
    }

    override fun close() = job.cancel()
}
