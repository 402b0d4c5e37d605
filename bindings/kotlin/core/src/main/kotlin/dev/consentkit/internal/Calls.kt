package dev.consentkit.internal

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withContext
import java.util.concurrent.CountDownLatch
import kotlin.coroutines.resume

/** Carries an app's calls to the core: off the calling thread, writes in a row, and once the file is open. */
internal class Calls {
    // Not the caller's scope: what was begun is finished, whatever becomes of the caller.
    val scope = CoroutineScope(SupervisorJob())

    private val core = CompletableDeferred<BlockingCore>()

    /** One write after the other, in the order of the calls: a grant whose coroutine was cancelled must not overtake a withdrawal. */
    private val writing = Dispatchers.IO.limitedParallelism(1)

    /** True on the thread that writes: the app's log or clock may close there, which must not wait for itself. */
    private val writingHere = ThreadLocal<Boolean>()

    fun opened(core: BlockingCore) {
        this.core.complete(core)
    }

    fun failed(fault: Throwable) {
        core.completeExceptionally(fault)
    }

    /** Blocks until the file is open, and throws why it cannot be opened. */
    fun awaitOpened(): BlockingCore = runBlocking { core.await() }

    suspend fun <T> read(call: (BlockingCore) -> T): T = begin(Dispatchers.IO, call)

    suspend fun <T> write(call: (BlockingCore) -> T): T = begin(writing) {
        writingHere.set(true)
        try {
            call(it)
        } finally {
            writingHere.remove()
        }
    }

    /** Runs a call that talks to the server. Where the caller is cancelled it ends at once, and this returns when it has. */
    suspend fun <T> exchange(call: (BlockingCore, Exchange) -> T): T {
        currentCoroutineContext().ensureActive()
        val exchange = Exchange()
        val outcome = begun(Dispatchers.IO) { call(it, exchange) }
        try {
            suspendCancellableCoroutine { waiting ->
                waiting.invokeOnCancellation { exchange.end() }
                outcome.invokeOnCompletion { waiting.resume(Unit) }
            }
        } finally {
            // Whoever was cancelled may call again at once, and must not find the one before in its way.
            withContext(NonCancellable) { outcome.join() }
        }
        return outcome.await()
    }

    private suspend fun <T> begin(where: CoroutineDispatcher, call: (BlockingCore) -> T): T {
        currentCoroutineContext().ensureActive()
        return begun(where, call).await()
    }

    /**
     * What a call comes to. It is no child of the scope, which [end] cancels: a call that has begun ends with what it did, also where the app
     * closes from a callback of that same call. One that had not begun is refused.
     */
    private fun <T> begun(where: CoroutineDispatcher, call: (BlockingCore) -> T): Deferred<T> {
        val outcome = CompletableDeferred<T>()
        val job = scope.launch(where) {
            try {
                outcome.complete(call(core.await()))
            } catch (fault: Throwable) {
                if (fault is CancellationException) throw fault
                outcome.completeExceptionally(fault)
            }
        }
        job.invokeOnCompletion { outcome.completeExceptionally(dev.consentkit.ConsentException.ShutDown()) }
        return outcome
    }

    /** Waits for what was begun; blocks. What was begun by coroutines that were cancelled since may still wait for its turn. */
    fun finishWriting() {
        val done = CountDownLatch(1)
        val job = scope.launch(writing) { runCatching { core.await() } }
        // Not in the body: where another thread closes first, the job is cancelled in the row and its body never runs.
        job.invokeOnCompletion { done.countDown() }
        try {
            done.await()
        } catch (_: InterruptedException) {
            Thread.currentThread().interrupt()
        }
    }

    /** Waits for what was begun, but where it is that which closes; and for a file that is being opened. */
    fun finishBeforeClosing() {
        if (writingHere.get() != true) finishWriting()
    }

    /** Nothing begins any more. */
    fun end() = scope.cancel()
}
