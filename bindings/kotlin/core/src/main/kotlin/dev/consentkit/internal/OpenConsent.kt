package dev.consentkit.internal

import dev.consentkit.Answers
import dev.consentkit.Consent
import dev.consentkit.Snapshot
import dev.consentkit.SnapshotListener
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.cancel
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import java.io.Closeable
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor

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
    }

    override fun allows(purpose: String): Boolean = shownFor(purpose).allows(purpose)

    override fun explain(purpose: String): dev.consentkit.Decision = shownFor(purpose).explain(purpose)

    override val state: StateFlow<Snapshot> = board.state.asStateFlow()

    override val snapshot: Snapshot
        get() {
            val shown = board.state.value
            val validUntil = shown.validUntil ?: return shown
            return if (board.hasRunOut(validUntil, shown.at)) renewed() else shown
        }

    /** A snapshot whose answer for this purpose holds now. Reads a clock only where time can change that answer. */
    private fun shownFor(purpose: String): Snapshot {
        val shown = board.state.value
        val validUntil = shown.answer(purpose)?.validUntil ?: return shown
        return if (board.hasRunOut(validUntil, shown.at)) renewed() else shown
    }

    /** Time has changed an answer: the core is asked once, and every reader sees what it says. */
    private fun renewed(): Snapshot {
        core.renew()
        return board.state.value
    }

    override fun nextPrompt(): dev.consentkit.Prompt? = core.nextPrompt()

    override fun addListener(executor: Executor, listener: SnapshotListener): Closeable = Listening(scope, state, executor, listener, log)

    override suspend fun questions(surface: String) = read { questionsBlocking(surface) }

    override suspend fun record(shown: String, answers: List<dev.consentkit.Answer>) = write { core.record(shown, answers) }

    override suspend fun withdraw(vararg purposes: String) = write { withdrawBlocking(*purposes) }

    override suspend fun import(choices: List<dev.consentkit.ImportChoice>) = write { importBlocking(choices) }

    override suspend fun signIn(subject: String) = write { signInBlocking(subject) }

    override suspend fun signOut() = write { signOutBlocking() }

    // Not in the row of the writes, since it waits for the network, but after those that were begun before: they are the account's.
    override suspend fun signOutWithin(timeoutMillis: Long) = read {
        finishWriting()
        signOutWithinBlocking(timeoutMillis)
    }

    override suspend fun reportSignals(signals: dev.consentkit.Signals) = write { reportSignalsBlocking(signals) }

    // Not in the row of the writes: it waits for the platform, and must not hold up a withdrawal.
    override suspend fun advertisingId(purpose: String) = read { advertisingIdBlocking(purpose) }

    override suspend fun policy() = read { policyBlocking() }

    override suspend fun adoptPolicy(document: String) = write { adoptPolicyBlocking(document) }

    // Not in the row of the writes: it waits for the network.
    override suspend fun sync(timeoutMillis: Long) = read { syncBlocking(timeoutMillis) }

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

    private suspend fun <T> begin(where: CoroutineDispatcher, call: () -> T): T {
        currentCoroutineContext().ensureActive()
        try {
            return scope.async(where) { call() }.await()
        } catch (ended: CancellationException) {
            // Either the caller was cancelled, or this was closed before the call began. An app must not take the one for the other: its
            // coroutine would end in silence.
            currentCoroutineContext().ensureActive()
            if (scope.isActive) throw ended
            throw dev.consentkit.ConsentException.ShutDown()
        }
    }
}
