package dev.consentkit.internal

import java.util.concurrent.Callable
import java.util.concurrent.CancellationException
import java.util.concurrent.ExecutionException
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.SynchronousQueue
import java.util.concurrent.ThreadFactory
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit.MILLISECONDS
import java.util.concurrent.TimeUnit.SECONDS
import java.util.concurrent.TimeoutException

/**
 * Asks host code for something and waits no longer than it was told: code that hangs holds up one thread of its own, not the library. The
 * threads end when nothing is asked.
 *
 * @param threads how many questions may hang. With one, the next question waits behind the one that hangs and runs out of time as well; with
 * several, one past them is not asked.
 */
internal class Worker(name: String, threads: Int) {
    private val pool: ThreadPoolExecutor

    init {
        val thread = ThreadFactory { work -> Thread(work, "consentkit-$name").apply { isDaemon = true } }
        // The one thread takes questions from a queue; of several a new one begins only where every other is busy.
        pool = if (threads == 1) {
            ThreadPoolExecutor(1, 1, IDLE_SECONDS, SECONDS, LinkedBlockingQueue(), thread).apply { allowCoreThreadTimeOut(true) }
        } else {
            ThreadPoolExecutor(0, threads, IDLE_SECONDS, SECONDS, SynchronousQueue(), thread)
        }
    }

    /**
     * What the host answers.
     *
     * @param exchange what the question belongs to; where that is ended the answer is no longer waited for.
     * @throws TimeoutException after so many milliseconds; the host's code is interrupted then and its late answer is dropped.
     * @throws ExecutionException with what the host threw, errors among it, and where it was no longer waited for.
     */
    fun <T> ask(timeoutMillis: Long, exchange: Exchange? = null, question: Callable<T>): T {
        if (exchange?.isEnded == true) throw ExecutionException(CancellationException())
        val answer = try {
            pool.submit(question)
        } catch (_: RejectedExecutionException) {
            throw TimeoutException()
        }
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
