package dev.consentkit.internal

import java.util.concurrent.Callable
import java.util.concurrent.ExecutionException
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit.MILLISECONDS
import java.util.concurrent.TimeUnit.SECONDS
import java.util.concurrent.TimeoutException

/**
 * Asks host code for something and waits no longer than it was told: code that hangs holds up one thread of its own, not the library.
 * One question at a time; a question behind one that hangs runs out of time as well. The thread ends when nothing is asked.
 */
internal class Worker(name: String) {
    private val thread = ThreadPoolExecutor(1, 1, IDLE_SECONDS, SECONDS, LinkedBlockingQueue()) { work ->
        Thread(work, "consentkit-$name").apply { isDaemon = true }
    }.apply { allowCoreThreadTimeOut(true) }

    /**
     * What the host answers.
     *
     * @throws TimeoutException after so many milliseconds; the host's code is interrupted then and its late answer is dropped.
     * @throws ExecutionException with what the host threw, errors among it.
     */
    fun <T> ask(timeoutMillis: Long, question: Callable<T>): T {
        val answer = thread.submit(question)
        try {
            return answer.get(timeoutMillis, MILLISECONDS)
        } catch (fault: InterruptedException) {
            // Whoever interrupted the caller shall still find it interrupted.
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
