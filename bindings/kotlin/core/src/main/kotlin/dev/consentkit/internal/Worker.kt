package dev.consentkit.internal

import java.util.concurrent.Callable
import java.util.concurrent.CancellationException
import java.util.concurrent.ExecutionException
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit.MILLISECONDS
import java.util.concurrent.TimeUnit.SECONDS
import java.util.concurrent.TimeoutException

/**
 * Asks host code for something and waits no longer than it was told: code that hangs holds up one thread of its own, not the library. A
 * question behind as many as hang runs out of time as well. The threads end when nothing is asked.
 *
 * @param threads how many questions may hang before the next one has to wait behind them.
 */
internal class Worker(name: String, threads: Int) {
    private val pool = ThreadPoolExecutor(threads, threads, IDLE_SECONDS, SECONDS, LinkedBlockingQueue()) { work ->
        Thread(work, "consentkit-$name").apply { isDaemon = true }
    }.apply { allowCoreThreadTimeOut(true) }

    /**
     * What the host answers.
     *
     * @param exchange what the question belongs to; where that is ended the answer is no longer waited for.
     * @throws TimeoutException after so many milliseconds; the host's code is interrupted then and its late answer is dropped.
     * @throws ExecutionException with what the host threw, errors among it, and where it was no longer waited for.
     */
    fun <T> ask(timeoutMillis: Long, exchange: Exchange? = null, question: Callable<T>): T {
        if (exchange?.isEnded == true) throw ExecutionException(CancellationException())
        val answer = pool.submit(question)
        try {
            if (exchange?.waitsFor(answer) == false) throw CancellationException()
            return answer.get(timeoutMillis, MILLISECONDS)
        } catch (ended: CancellationException) {
            throw ExecutionException(ended)
        } catch (fault: InterruptedException) {
            // Whoever interrupted the caller shall still find it interrupted, and wants the whole exchange ended.
            exchange?.end()
            Thread.currentThread().interrupt()
            throw ExecutionException(fault)
        } finally {
            answer.cancel(true)
        }
    }

    private companion object {
        /** Long enough for the steps of one sync, short enough to leave no thread behind. */
        const val IDLE_SECONDS = 5L
    }
}
