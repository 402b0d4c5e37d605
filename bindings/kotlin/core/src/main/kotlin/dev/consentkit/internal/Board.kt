package dev.consentkit.internal

import dev.consentkit.ConsentClock
import dev.consentkit.Snapshot
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map
import java.util.concurrent.atomic.AtomicReference

/**
 * The snapshot that readers see, and what collectors were told of it. Written by whoever changed something, read by everybody, without a
 * lock. Who reads runs no code of the app's: where a reader finds that time has changed an answer, [tellNews] tells the others, on a thread
 * of the library's.
 */
internal class Board(first: Snapshot, @Volatile var clock: ConsentClock?) : ConsentObserver {
    private val newest = AtomicReference(first)

    /** The person's language, for what is said without the core; empty until the options are known. */
    @Volatile
    var language = ""

    /** What collectors were told last. */
    val state = MutableStateFlow(first)

    /** When time changes one of the answers shown. */
    private val edge = MutableStateFlow(first.validUntil)

    /** Something is shown that nobody was told of. */
    private val news = Channel<Unit>(Channel.CONFLATED)

    /** What readers see. */
    val shown: Snapshot get() = newest.get()

    /** The core tells of a change. */
    override fun changed(snapshot: ConsentSnapshot) {
        try {
            show(snapshot.toApp())
            tell()
        } catch (_: Throwable) {
            // Nothing may cross the boundary; whoever made the change publishes once more when its call returns.
        }
    }

    /** Lets readers see a snapshot, unless they see a later one already: two threads may bring theirs in any order. */
    fun show(snapshot: Snapshot) {
        while (true) {
            val shown = newest.get()
            if (snapshot.generation < shown.generation || newest.compareAndSet(shown, snapshot)) break
        }
    }

    /** The same from a thread that only reads: another one tells of it. */
    fun showFound(snapshot: Snapshot) {
        show(snapshot)
        news.trySend(Unit)
    }

    /** Tells collectors what readers see. They may run on this thread. */
    fun tell() {
        do {
            val told = state.value
            val shown = newest.get()
        } while (shown !== told && !state.compareAndSet(told, shown))
        edge.value = newest.get().validUntil
    }

    /** Tells what readers found and could not tell themselves. Never returns. */
    suspend fun tellNews() {
        for (found in news) tell()
    }

    /** While somebody collects the state, shows a new one when time changes an answer. Never returns. */
    suspend fun keepFresh(renew: () -> Unit) {
        val watched = state.subscriptionCount.map { it > 0 }.distinctUntilChanged()
        combine(watched, edge) { isWatched, edge -> edge.takeIf { isWatched } }.collectLatest { edge ->
            if (edge != null) {
                while (now() < edge) delay((edge - now()).coerceIn(1, LONGEST_NAP_MILLIS))
                renew()
            }
        }
    }

    /** True where time may have changed an answer that holds until [validUntil] in a snapshot taken at [takenAt]. */
    fun hasRunOut(validUntil: Long?, takenAt: Long): Boolean {
        val now = now()
        // A clock that was set back ends an answer too: it may be night again.
        return (validUntil != null && now >= validUntil) || now < takenAt
    }

    /** The time that the core sees as well. */
    fun now(): Long = clock?.let(::hostTime) ?: System.currentTimeMillis()

    private fun hostTime(clock: ConsentClock): Long = try {
        clock.now()
    } catch (_: Throwable) {
        System.currentTimeMillis()
    }

    private companion object {
        /** A clock that is set forward, and a phone that slept, are noticed within this time. */
        const val LONGEST_NAP_MILLIS = 60_000L
    }
}
