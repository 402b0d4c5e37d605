package dev.consentkit.internal

import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Future
import java.util.concurrent.TimeUnit.MILLISECONDS

/**
 * One call that talks to the server, which another thread can end: a screen that closes, `close`. What it waits for at that moment is given
 * up, and nothing more is asked for it, so the core comes back at once and frees the lock of the uploader. What the server did with a
 * request that was on its way is found out by the next exchange.
 */
internal class Exchange(
    /** True where nobody asked for it and so nobody waits for what it comes to. */
    val isOwn: Boolean = false,
) {
    private val over = CountDownLatch(1)
    private var question: Future<*>? = null

    /** True once nobody waits for what this comes to. */
    @Volatile
    var isEnded = false
        private set

    fun end() {
        val asked = synchronized(this) {
            isEnded = true
            question
        }
        // Without the lock: the host's code is interrupted, and may run something of its own.
        asked?.cancel(true)
    }

    /** Takes note of what is waited for; false where this was ended, so nothing need be waited for. */
    fun waitsFor(asked: Future<*>): Boolean = synchronized(this) {
        question = asked
        !isEnded
    }

    fun isOver() = over.countDown()

    /** Waits for its end; no longer where this thread is interrupted, as the app's transport is that ends its own exchange. */
    fun awaitOver(millis: Long) {
        try {
            over.await(millis, MILLISECONDS)
        } catch (_: InterruptedException) {
            Thread.currentThread().interrupt()
        }
    }
}

/** The exchanges that run at this moment: one, and those that were ended and are on their way back. */
internal class Exchanges {
    private val running = ConcurrentHashMap.newKeySet<Exchange>()

    /** What this thread is in the middle of. The core calls the app's transport and tokens on the thread that syncs. */
    private val here = ThreadLocal<Exchange>()

    val current: Exchange? get() = here.get()

    /** Runs a call that may ask the app's transport and tokens. */
    fun <T> during(exchange: Exchange, call: () -> T): T {
        running += exchange
        // One inside the other, as a log that syncs: the inner one is refused by the core, and the outer one goes on.
        val around = here.get()
        here.set(exchange)
        try {
            return call()
        } finally {
            if (around == null) here.remove() else here.set(around)
            running -= exchange
            exchange.isOver()
        }
    }

    /**
     * Makes way for one that the app asked for: ends what nobody asked for, and lets everything come back that was ended, so that the app's is
     * not refused for its sake. True where there was anything of that kind.
     */
    fun makeWay(): Boolean {
        running.filter { it.isOwn }.forEach { it.end() }
        val ended = running.filter { it.isEnded && it !== current }
        ended.forEach { it.awaitOver(WAY_BACK_MILLIS) }
        return ended.isNotEmpty()
    }

    /** Ends all of them and waits until they are back, but for the one that calls. */
    fun endAll() {
        val others = running.filter { it !== current }
        running.forEach { it.end() }
        others.forEach { it.awaitOver(SHORT_WAY_BACK_MILLIS) }
    }

    private companion object {
        /** An exchange that was ended writes a few bytes to the disk; another process may hold the file meanwhile, for five seconds at most. */
        const val WAY_BACK_MILLIS = 6_000L

        /** The same where the file is closed already, so that nothing is written: all that is left is to return. */
        const val SHORT_WAY_BACK_MILLIS = 100L
    }
}
