package dev.consentkit.testing

import dev.consentkit.Snapshot
import dev.consentkit.SnapshotListener
import java.io.Closeable
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.Executor
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicReference
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

/**
 * What readers of a fake see, and who is told of it. As in the library, a collector or a listener may run on the thread that wrote, and it may
 * block or call back, so it runs while no lock is held.
 */
internal class Telling(first: Snapshot) {
    private val newest = AtomicReference(first)
    private val states = MutableStateFlow(first)
    private val listeners = CopyOnWriteArrayList<Listening>()

    /** What collectors were told last. */
    val state: StateFlow<Snapshot> = states.asStateFlow()

    /** What readers see. */
    val shown: Snapshot get() = newest.get()

    /** Lets readers see a snapshot. Called with the fake's lock held, so that they see them in the order of the changes. */
    fun show(snapshot: Snapshot) = newest.set(snapshot)

    /** Tells everybody what readers see. Called with no lock held. */
    fun tell() {
        do {
            val told = states.value
            val shown = newest.get()
        } while (shown !== told && !states.compareAndSet(told, shown))
        listeners.forEach { it.tell() }
    }

    /** Tells a listener of the present snapshot and of each newer one, until what is returned is closed. Called with no lock held. */
    fun listen(executor: Executor, listener: SnapshotListener): Closeable = Listening(executor, listener).also {
        listeners += it
        it.tell()
    }

    private inner class Listening(private val executor: Executor, private val listener: SnapshotListener) : Closeable {
        private val handedOver = AtomicReference<Snapshot?>(null)

        /** How often it was to be told since it was last found to know everything. Whoever makes it 1 tells it. */
        private val wanted = AtomicInteger()
        private var told: Snapshot? = null

        fun tell() {
            val shown = newest.get()
            if (handedOver.getAndSet(shown) === shown) return
            // An executor that takes nothing more is the app's own affair, as in the library.
            runCatching { executor.execute(::takeTurns) }
        }

        /** One thread at a time, and never one call inside the other: a listener that writes hears of that after its turn. */
        private fun takeTurns() {
            if (wanted.getAndIncrement() > 0) return
            do {
                val served = wanted.get()
                val shown = newest.get()
                if (shown !== told && this in listeners) {
                    told = shown
                    runCatching { listener.changed(shown) }
                }
            } while (wanted.addAndGet(-served) > 0)
        }

        override fun close() {
            listeners -= this
        }
    }
}
