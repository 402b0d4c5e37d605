package dev.consentkit.internal

import dev.consentkit.Answers
import dev.consentkit.Consent
import dev.consentkit.Snapshot
import dev.consentkit.SnapshotListener
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
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withContext
import java.io.Closeable
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import kotlin.coroutines.resume

/** The [Consent] of an app: readers look at the [Board], everything else goes to the core, off the calling coroutine's thread. */
internal class OpenConsent(
    private val core: BlockingCore,
    private val board: Board,
    private val log: Log,
) : Consent {
    // Not the caller's scope: what was begun is finished, whatever becomes of the caller.
    private val scope = CoroutineScope(SupervisorJob())

    /** One write after the other, in the order of the calls: a grant whose coroutine was cancelled must not overtake a withdrawal. */
    private val writing = Dispatchers.IO.limitedParallelism(1)

    /** True on the thread that writes: the app's log or clock may call [close] there, which must not wait for itself. */
    private val writingHere = ThreadLocal<Boolean>()

    init {
        scope.launch(Dispatchers.Default) { board.keepFresh(core::renew) }
        // A listener that blocks there holds up one of many threads.
        scope.launch(Dispatchers.IO) { board.tellNews() }
    }

    override fun allows(purpose: String): Boolean {
        val shown = board.shown
        val answer = shown.answer(purpose) ?: return false
        return if (holds(answer, shown)) answer.allowed else renewed().allows(purpose)
    }

    override fun explain(purpose: String): dev.consentkit.Decision {
        val shown = board.shown
        val answer = shown.answer(purpose) ?: return shown.explain(purpose)
        return if (holds(answer, shown)) answer.decision else renewed().explain(purpose)
    }

    override val state: StateFlow<Snapshot> = board.state.asStateFlow()

    override val snapshot: Snapshot
        get() {
            val shown = board.shown
            val validUntil = shown.validUntil ?: return shown
            return if (board.hasRunOut(validUntil, shown.at)) renewed() else shown
        }

    /** True where an answer of the snapshot is still the answer. Reads a clock only where time can change it. */
    private fun holds(answer: dev.consentkit.PurposeAnswer, shown: Snapshot): Boolean {
        val validUntil = answer.validUntil ?: return true
        return !board.hasRunOut(validUntil, shown.at)
    }

    /** Time has changed an answer: the core is asked once, and every reader sees what it says. */
    private fun renewed(): Snapshot {
        core.renewForReader()
        return board.shown
    }

    override fun nextPrompt(): dev.consentkit.Prompt? = core.nextPrompt()

    override fun addListener(executor: Executor, listener: SnapshotListener): Closeable =
        Listening(scope, state, given("executor", executor), given("listener", listener), log)

    override suspend fun questions(surface: String) = read { questionsBlocking(surface) }

    override suspend fun record(shown: String, answers: List<dev.consentkit.Answer>) = write { core.record(shown, answers) }

    override suspend fun withdraw(vararg purposes: String) = write { withdrawBlocking(*purposes) }

    override suspend fun import(choices: List<dev.consentkit.ImportChoice>) = write { importBlocking(choices) }

    override suspend fun signIn(subject: String) = write { signInBlocking(subject) }

    override suspend fun signOut() = write { signOutBlocking() }

    // Not in the row of the writes, since it waits for the network, but after those that were begun before: they are the account's.
    override suspend fun signOutWithin(timeoutMillis: Long) = exchange {
        finishWriting()
        core.signOutWithin(timeoutMillis, it)
    }

    override suspend fun reportSignals(signals: dev.consentkit.Signals) = write { reportSignalsBlocking(signals) }

    // Not in the row of the writes: it waits for the platform, and must not hold up a withdrawal.
    override suspend fun advertisingId(purpose: String) = read { advertisingIdBlocking(purpose) }

    override suspend fun policy() = read { policyBlocking() }

    override suspend fun adoptPolicy(document: String) = write { adoptPolicyBlocking(document) }

    // Not in the row of the writes: it waits for the network.
    override suspend fun sync(timeoutMillis: Long) = exchange { core.sync(timeoutMillis, it) }

    override suspend fun connectivityRestored() = write { connectivityRestoredBlocking() }

    override suspend fun pending() = read { pendingBlocking() }

    override suspend fun stuck() = read { stuckBlocking() }

    override fun unrecorded() = core.unrecorded()

    override suspend fun history(after: Long, limit: Long) = read { historyBlocking(after, limit) }

    override suspend fun stateAt(at: Long) = read { stateAtBlocking(at) }

    override suspend fun verify() = read { verifyBlocking() }

    override suspend fun refresh() = write { refreshBlocking() }

    override fun questionsBlocking(surface: String) = core.questions(surface)

    override fun recordBlocking(shown: String, answers: Answers) = core.record(shown, given("answers", answers).toList())

    override fun withdrawBlocking(vararg purposes: String) = core.withdraw(purposes)

    override fun importBlocking(choices: List<dev.consentkit.ImportChoice>) = core.importChoices(choices)

    override fun signInBlocking(subject: String) = core.signIn(subject)

    override fun signOutBlocking() = core.signOut()

    override fun signOutWithinBlocking(timeoutMillis: Long) = core.signOutWithin(timeoutMillis)

    override fun reportSignalsBlocking(signals: dev.consentkit.Signals) = core.reportSignals(signals)

    override fun advertisingIdBlocking(purpose: String) = core.advertisingId(purpose)

    override fun policyBlocking() = core.policy()

    override fun adoptPolicyBlocking(document: String) = core.adoptPolicy(document)

    override fun syncBlocking(timeoutMillis: Long) = core.sync(timeoutMillis)

    override fun connectivityRestoredBlocking() = core.connectivityRestored()

    override fun pendingBlocking() = core.pending()

    override fun stuckBlocking() = core.stuck()

    override fun historyBlocking(after: Long, limit: Long) = core.history(after, limit)

    override fun stateAtBlocking(at: Long) = core.stateAt(at)

    override fun verifyBlocking() = core.verify()

    override fun refreshBlocking() = core.refresh()

    override fun close() {
        if (writingHere.get() != true) finishWriting()
        core.close()
        scope.cancel()
    }

    /** What was begun by coroutines that were cancelled since may still wait for its turn. */
    private fun finishWriting() {
        val done = CountDownLatch(1)
        // Not in the body: where another thread closes first, the job is cancelled in the row and its body never runs.
        scope.launch(writing) {}.invokeOnCompletion { done.countDown() }
        try {
            done.await()
        } catch (_: InterruptedException) {
            Thread.currentThread().interrupt()
        }
    }

    private suspend fun <T> read(call: () -> T): T = begin(Dispatchers.IO, call)

    private suspend fun <T> write(call: () -> T): T = begin(writing) {
        writingHere.set(true)
        try {
            call()
        } finally {
            writingHere.remove()
        }
    }

    /** Runs a call that talks to the server. Where the caller is cancelled it ends at once, and this returns when it has. */
    private suspend fun <T> exchange(call: (Exchange) -> T): T {
        currentCoroutineContext().ensureActive()
        val exchange = Exchange()
        val outcome = begun(Dispatchers.IO) { call(exchange) }
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

    private suspend fun <T> begin(where: CoroutineDispatcher, call: () -> T): T {
        currentCoroutineContext().ensureActive()
        return begun(where, call).await()
    }

    /**
     * What a call comes to. It is no child of the scope, which [close] cancels: a call that has begun ends with what it did, also where the
     * app closes from a callback of that same call. One that had not begun is refused.
     */
    private fun <T> begun(where: CoroutineDispatcher, call: () -> T): Deferred<T> {
        val outcome = CompletableDeferred<T>()
        val job = scope.launch(where) {
            try {
                outcome.complete(call())
            } catch (fault: Throwable) {
                outcome.completeExceptionally(fault)
            }
        }
        job.invokeOnCompletion { outcome.completeExceptionally(dev.consentkit.ConsentException.ShutDown()) }
        return outcome
    }
}
