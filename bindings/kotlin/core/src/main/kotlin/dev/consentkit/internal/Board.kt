package dev.consentkit.internal

import dev.consentkit.ConsentClock
import dev.consentkit.Snapshot
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map

/** The snapshot that readers see. Written by whoever changed something, read by everybody, without a lock. */
internal class Board(first: Snapshot, private val clock: ConsentClock?) : ConsentObserver {
    val state = MutableStateFlow(first)

    /** When time changes one of the answers shown. */
    private val edge = MutableStateFlow(first.validUntil)

    /** The core tells of a change. */
    override fun changed(snapshot: ConsentSnapshot) {
        try {
            publish(snapshot.toApp())
        } catch (_: Throwable) {
            // Nothing may cross the boundary; whoever made the change publishes once more when its call returns.
        }
    }

    /** Shows a snapshot, unless a later one is shown already: two threads may bring theirs in any order. */
    fun publish(snapshot: Snapshot) {
        while (true) {
            val shown = state.value
            if (snapshot.generation < shown.generation || state.compareAndSet(shown, snapshot)) break
        }
        edge.value = state.value.validUntil
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
    fun hasRunOut(validUntil: Long, takenAt: Long): Boolean {
        val now = now()
        // A clock that was set back ends an answer too: it may be night again.
        return now >= validUntil || now < takenAt
    }

    /** The time that the core sees as well. */
    fun now(): Long = if (clock == null) System.currentTimeMillis() else hostTime(clock)

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
