package dev.consentkit.internal

import dev.consentkit.Answers
import dev.consentkit.Consent
import dev.consentkit.Decision
import dev.consentkit.PurposeHandle
import dev.consentkit.Snapshot
import dev.consentkit.SnapshotListener
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.launch
import java.io.Closeable
import java.util.concurrent.Executor
import kotlin.time.Duration

/**
 * The [Consent] of an app: readers look at the [Board], everything else goes to the core, off the calling coroutine's thread, and waits for
 * it where the file is not open yet.
 */
internal class OpenConsent private constructor(private val board: Board, private val log: Log) : Consent {
    private val calls = Calls()

    /** `null` until the file is open. */
    @Volatile
    private var core: BlockingCore? = null

    init {
        // A listener that blocks there holds up one of many threads.
        calls.scope.launch(Dispatchers.IO) { board.tellNews() }
    }

    /** Over a file that is open. */
    public constructor(core: BlockingCore, board: Board, log: Log) : this(board, log) {
        this.core = core
        calls.opened(core)
        begin(core)
    }

    /** Over a file that [open] opens on another thread. */
    public constructor(board: Board, log: Log, open: () -> BlockingCore) : this(board, log) {
        calls.scope.launch(Dispatchers.IO) {
            val opened = try {
                open()
            } catch (fault: Throwable) {
                return@launch calls.failed(fault)
            }
            core = opened
            calls.opened(opened)
            begin(opened)
        }
    }

    private fun begin(core: BlockingCore) {
        calls.scope.launch(Dispatchers.Default) { board.keepFresh(core::renew) }
        core.ownSyncs?.let { own -> calls.scope.launch(Dispatchers.IO) { own.run(core::syncOfItself) } }
    }

    // A snapshot that does not know a purpose may have run out: an edition that came into force since may bring it.
    override fun allows(purpose: String): Boolean {
        val shown = board.shown
        val known = shown.known(purpose) ?: return snapshot.allows(purpose)
        return if (!known.changesWithTime || holds(known, shown)) known.allowed else renewed().allows(purpose)
    }

    override fun explain(purpose: String): Decision {
        val shown = board.shown
        val known = shown.known(purpose) ?: return snapshot.explain(purpose)
        return if (!known.changesWithTime || holds(known, shown)) known.decision else renewed().explain(purpose)
    }

    override fun text(reason: dev.consentkit.Reason): String = given("reason", reason).let { core?.text(it) ?: textOf(it, board.language) }

    override fun purpose(purpose: String): PurposeHandle = Handle(purpose)

    override val state: StateFlow<Snapshot> = board.state.asStateFlow()

    override val snapshot: Snapshot
        get() {
            val shown = board.shown
            return if (shown.changesWithTime && board.hasRunOut(shown.validUntil, shown.at)) renewed() else shown
        }

    /** True where an answer that time can change is still the answer. */
    private fun holds(known: KnownAnswer, shown: Snapshot): Boolean = !board.hasRunOut(known.answer.validUntil, shown.at)

    /** Time has changed an answer: the core is asked once, and every reader sees what it says. */
    private fun renewed(): Snapshot {
        core?.renewForReader()
        return board.shown
    }

    /** Looks the purpose up once a snapshot. */
    private inner class Handle(private val purpose: String) : PurposeHandle {
        /** Immutable, so two threads may replace it in any order. */
        private var found = Found(null, null)

        override fun allows(): Boolean {
            val shown = board.shown
            var found = found
            if (found.snapshot !== shown) {
                found = Found(shown, shown.known(purpose))
                this.found = found
            }
            return if (found.isTimed) this@OpenConsent.allows(purpose) else found.allowed
        }
    }

    private class Found(val snapshot: Snapshot?, known: KnownAnswer?) {
        val allowed = known?.answer?.allowed ?: false
        val isTimed = known?.changesWithTime ?: snapshot?.changesWithTime ?: false
    }

    override fun nextPrompt(): dev.consentkit.Prompt? = core?.nextPrompt()

    override fun addListener(executor: Executor, listener: SnapshotListener): Closeable =
        Listening(calls.scope, state, given("executor", executor), given("listener", listener), log)

    override fun syncSoon() {
        core?.ownSyncs?.soon()
    }

    override fun unrecorded() = core?.unrecorded().orEmpty()

    override fun rolledBack() = core?.rolledBack()

    override suspend fun questions(surface: String) = calls.read { it.questions(surface) }

    override suspend fun record(shown: dev.consentkit.Shown, answers: List<dev.consentkit.Answer>) = calls.write { it.record(shown, answers) }

    override suspend fun closed(shown: dev.consentkit.Shown) = calls.write { it.closed(shown) }

    override suspend fun withdraw(vararg purposes: String) = calls.write { it.withdraw(purposes) }

    override suspend fun import(choices: List<dev.consentkit.ImportChoice>) = calls.write { it.importChoices(choices) }

    override suspend fun webPages(vararg origins: String) = calls.read { OpenWebPages(calls, it, it.webPages(origins)) }

    override suspend fun signIn(subject: String) = calls.write { it.signIn(subject) }

    override suspend fun signOut() = calls.write { it.signOut() }

    // Not in the row of the writes, since it waits for the network, but after those that were begun before: they are the account's.
    override suspend fun signOut(within: Duration) = calls.exchange { core, exchange ->
        calls.finishWriting()
        core.signOutWithin(within.inWholeMilliseconds, exchange)
    }

    override suspend fun reportSignals(signals: dev.consentkit.Signals) = calls.write { it.reportSignals(signals) }

    // Not in the row of the writes: it waits for the platform, and must not hold up a withdrawal.
    override suspend fun advertisingId(purpose: String) = calls.read { it.advertisingId(purpose) }

    override suspend fun policy() = calls.read { it.policy() }

    override suspend fun announced() = calls.read { it.announced() }

    override suspend fun edition(edition: Long) = calls.read { it.edition(edition) }

    override suspend fun adoptPolicy(document: String) = calls.write { it.adoptPolicy(document) }

    // Not in the row of the writes: it waits for the network.
    override suspend fun sync(within: Duration) = calls.exchange { core, exchange -> core.sync(within.inWholeMilliseconds, exchange) }

    override suspend fun connectivityRestored() = calls.write { it.connectivityRestored() }

    override suspend fun pending() = calls.read { it.pending() }

    override suspend fun stuck() = calls.read { it.stuck() }

    override suspend fun cookies(options: dev.consentkit.CookieOptions) = calls.read { it.cookies(options) }

    override suspend fun cookiesRemoved(steps: List<dev.consentkit.PurgeStep>, left: List<dev.consentkit.SeenCookie>) =
        calls.write { it.cookiesRemoved(steps, left) }

    override suspend fun history(after: Long, limit: Long) = calls.read { it.history(after, limit) }

    override suspend fun stateAt(at: Long) = calls.read { it.stateAt(at) }

    override suspend fun verify() = calls.read { it.verify() }

    override suspend fun refresh() = calls.write { it.refresh() }

    /** The core, on a thread that may wait until the file is open. */
    private fun opened(): BlockingCore = core ?: calls.awaitOpened()

    override fun questionsBlocking(surface: String) = opened().questions(surface)

    override fun recordBlocking(shown: dev.consentkit.Shown, answers: Answers) = opened().record(shown, given("answers", answers).toList())

    override fun closedBlocking(shown: dev.consentkit.Shown) = opened().closed(shown)

    override fun withdrawBlocking(vararg purposes: String) = opened().withdraw(purposes)

    override fun importBlocking(choices: List<dev.consentkit.ImportChoice>) = opened().importChoices(choices)

    override fun webPagesBlocking(vararg origins: String) = opened().let { OpenWebPages(calls, it, it.webPages(origins)) }

    override fun signInBlocking(subject: String) = opened().signIn(subject)

    override fun signOutBlocking() = opened().signOut()

    override fun signOutBlocking(withinMillis: Long) = opened().signOutWithin(withinMillis)

    override fun reportSignalsBlocking(signals: dev.consentkit.Signals) = opened().reportSignals(signals)

    override fun advertisingIdBlocking(purpose: String) = opened().advertisingId(purpose)

    override fun policyBlocking() = opened().policy()

    override fun announcedBlocking() = opened().announced()

    override fun editionBlocking(edition: Long) = opened().edition(edition)

    override fun adoptPolicyBlocking(document: String) = opened().adoptPolicy(document)

    override fun syncBlocking(withinMillis: Long) = opened().sync(withinMillis)

    override fun connectivityRestoredBlocking() = opened().connectivityRestored()

    override fun pendingBlocking() = opened().pending()

    override fun stuckBlocking() = opened().stuck()

    override fun cookiesBlocking(options: dev.consentkit.CookieOptions) = opened().cookies(options)

    override fun cookiesRemovedBlocking(steps: List<dev.consentkit.PurgeStep>, left: List<dev.consentkit.SeenCookie>) =
        opened().cookiesRemoved(steps, left)

    override fun historyBlocking(after: Long, limit: Long) = opened().history(after, limit)

    override fun stateAtBlocking(at: Long) = opened().stateAt(at)

    override fun verifyBlocking() = opened().verify()

    override fun refreshBlocking() = opened().refresh()

    override fun close() {
        try {
            calls.finishBeforeClosing()
            // `null` where the file could not be opened.
            core?.close()
        } finally {
            calls.end()
        }
    }
}
