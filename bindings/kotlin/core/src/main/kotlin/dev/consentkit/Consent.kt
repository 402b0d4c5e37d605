package dev.consentkit

import dev.consentkit.internal.given
import dev.consentkit.internal.openingConsent
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.runBlocking
import java.io.Closeable
import java.util.concurrent.Executor
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/**
 * What a person allowed on this device, and what follows from it. One `Consent` is one database file; an app keeps one.
 *
 * May be used from any thread. [allows], [explain], [text], [state], [snapshot], [nextPrompt], [unrecorded] and [rolledBack] answer from
 * memory and never throw. Every suspend function leaves the calling thread; once it was entered by a coroutine that is active, its change is
 * written even where the coroutine is cancelled meanwhile: only the result is dropped. Each has a twin for Java, which blocks
 * (`recordBlocking`) and must not be called on the main thread.
 *
 * What cannot be done is a [ConsentException]; nothing is half written then. What takes a permission away counts from the call on, also where
 * the file cannot be written: [unrecorded] lists it.
 */
public interface Consent : Closeable {
    // ── Reading: from memory, on any thread, in nanoseconds ──

    /** May this be done now? Anything but a clear yes is a no: an unknown purpose, a closed `Consent`, no answer yet. */
    public fun allows(purpose: String): Boolean

    /** The same answer with every reason against it. */
    public fun explain(purpose: String): Decision

    /**
     * A reason as one sentence in the person's language ([ConsentOptions.language]): in the policy's own words where it has some, and otherwise
     * in the library's, as [Reason.text] has them. They are the library's as well until the file is open and after it was closed.
     */
    public fun text(reason: Reason): String

    /** The state of all purposes, new with each change; a slow collector sees the last. One that throws harms nobody but itself. */
    public val state: StateFlow<Snapshot>

    /** The state of all purposes now: the value of [state], taken anew where time has changed an answer since. */
    public val snapshot: Snapshot get() = state.value

    /** [allows] for one purpose, told at once and with each change. For a screen, and for another SDK that follows it. */
    public fun allowsFlow(purpose: String): Flow<Boolean> = state.map { it.allows(purpose) }.distinctUntilChanged()

    /** One purpose taken once and asked often: [PurposeHandle.allows] looks nothing up. Good for as long as this is. */
    public fun purpose(purpose: String): PurposeHandle = PurposeHandle { allows(purpose) }

    /** The system prompt that may be shown next, if any (APL-3, APL-4). `null` once closed. */
    public fun nextPrompt(): Prompt?

    /**
     * Calls the listener on the executor with the present state at once and then with each newer one, in order, until the returned handle
     * is closed. Where changes come faster than the executor takes them, it hears the last and none between. An executor that runs things
     * directly runs it on the thread that wrote, or on one of the library's, never on a thread that only reads. For Java; in Kotlin collect
     * [state]. What the listener throws is dropped.
     */
    public fun addListener(executor: Executor, listener: SnapshotListener): Closeable

    // ── Asking and saying ──

    /** What a form asks now, with the notices, and the token to hand back to [record]. Writes nothing. */
    public suspend fun questions(surface: String): Questions

    /**
     * Records the answers to a form: one record a purpose. All are written, or none. Returns when they are on disk.
     *
     * @param shown [Questions.shown] of the questions that were answered.
     */
    public suspend fun record(shown: Shown, answers: List<Answer>): Receipt

    /** The same, written as `record(form.shown) { grant("marketing.email"); refuse("marketing.push") }`. */
    public suspend fun record(shown: Shown, answers: Answers.() -> Unit): Receipt = record(shown, Answers().apply(answers).toList())

    /**
     * The form was closed, or died with the screen, and not every question of it was answered. That answers nothing (PIPA-6). But it is not
     * [Questions.due] again for as many days as the policy keeps a form away (PIPA-16), unless a notice changes in meaning meanwhile or an
     * answer runs out. A form that the person opens always has its questions. Call it whenever a form goes away: where nothing of it is open,
     * it writes nothing.
     *
     * @param shown [Questions.shown] of that form.
     */
    public suspend fun closed(shown: Shown)

    /**
     * Withdraws. Needs no form, no network and no sign-in, and always works (KR-17), for every purpose that the policy in force asks for or
     * that an earlier edition asked for here. Returns when it is on disk; each counts from the call on, also where the file cannot be
     * written: see [unrecorded].
     */
    public suspend fun withdraw(vararg purposes: String): Receipt

    /**
     * Brings consents from an older store of the app, with their dates. Twice does no more than once.
     *
     * Of several answers to one purpose, in one call or in several, the latest counts, and of two of one date the no; a yes without a date
     * gives way to any answer with one, and a no without a date, which may be the latest, to none. What was answered here stands against
     * every imported yes, and gives way to a later no. A grant without a date is asked again. For a person who is below the age of consent,
     * or may be, a grant is refused unless its actor is the guardian, as by [record].
     */
    public suspend fun import(choices: List<ImportChoice>): ImportReceipt

    /**
     * The pages of a web view, which are told the state before their own scripts run, and may ask and record by a banner of their own.
     *
     * @param origins whose pages may speak to the app, such as `https://shop.example`: at most 8, each in full and with https.
     */
    public suspend fun webPages(vararg origins: String): WebPages

    // ── The account, the platform, the policy ──

    /**
     * The app's log-in succeeded. The subject is the account's pseudonym, never an e-mail address or a telephone number, and never a
     * placeholder such as `null` or `0`, which people would share.
     */
    public suspend fun signIn(subject: String)

    /** The person signed out. Device choices stay. The account's choices count no longer from the call on, also where it fails. */
    public suspend fun signOut()

    /**
     * Sends what waits, for at most so long, then signs the person out, and says what of the account still waits. It signs out whatever
     * becomes of the sync: a network that is down, a time of 0, a sync that runs already. Use the one without a time where the app cannot
     * wait.
     */
    public suspend fun signOut(within: Duration): SignOutReport

    /**
     * Reports what the platform says now, and what the app knows of the person, at open, at each return to the foreground, and after each
     * sign-in and sign-out: age band and guardian belong to the person and end with it. A field left out keeps its last value.
     */
    public suspend fun reportSignals(signals: Signals)

    /** The advertising id, if the person and the platform allow it. Waits at most three seconds for the platform. */
    public suspend fun advertisingId(purpose: String): AdvertisingId

    /** What the policy in force says, in the person's language: contacts, rights, remedies, how to refuse on this system. */
    public suspend fun policy(): PolicyView

    /**
     * The editions of the policy that are announced and not yet in force, the next one first: what changes, whom it asks again, and how many
     * days are left.
     */
    public suspend fun announced(): List<AnnouncedEdition>

    /** The text of an edition that was or is in force here, or is announced: what a grant of that time agreed to ([HistoryEntry.edition]). */
    public suspend fun edition(edition: Long): PolicyView

    /**
     * Takes over a later edition of the policy. It may not move a purpose away from consent nor loosen what guards a person. Where its day
     * lies ahead, it is [announced] and comes into force then.
     */
    public suspend fun adoptPolicy(document: String)

    // ── The server ──

    /**
     * Sends what waits and pulls what changed elsewhere, for at most so long; what the app's tokens take is not counted, and is
     * waited for half a minute at most. Trouble on the way is in the report. Where the caller is cancelled or this is closed meanwhile, it is
     * given up at once; the next sync finds out what became of a request that was on its way.
     */
    public suspend fun sync(within: Duration = SYNC_TIMEOUT_MILLIS.milliseconds): SyncReport

    /**
     * Asks for a sync in the background, within a second or so, and returns at once. It tells of itself in the log alone; where another sync
     * runs, where there is no server, and with [ConsentOptions.syncsByItself] turned off, it does nothing. The Android package asks for it by
     * itself.
     */
    public fun syncSoon()

    /** The network is back: the next sync need not wait. */
    public suspend fun connectivityRestored()

    /** Changes saved on this device and not yet acknowledged by the server, oldest first, at most 1,000. */
    public suspend fun pending(): List<PendingChange>

    /** Those among them that the server could not or would not take. They are kept. */
    public suspend fun stuck(): List<PendingChange>

    /**
     * What counts and is not in the database yet, because that could not be written. The next call that can write records it, and where the
     * process ends before, the next start does: it lies in a mailbox beside the database. Only where no file at all can be written
     * would it be lost with the process. Answers from memory; empty where everything is recorded.
     */
    public fun unrecorded(): List<Unrecorded>

    /**
     * The records of this file that were lost last: it was put back to an earlier state, or a part of it is gone. An app may say that what was
     * said since then has to be said again. Answers from memory; `null` where none ever were.
     */
    public fun rolledBack(): RolledBack?

    // ── Cookies ──

    /**
     * The cookies that may be set and sent, for an HTTP client or a web view. Reads the catalogue and the list of public suffixes, so make it
     * once and keep it.
     */
    public suspend fun cookies(options: CookieOptions = CookieOptions()): CookieGate

    /**
     * Records that cookies went after a withdrawal: [steps] is the plan of [CookieGate.purge] that was carried out, and [left] what is in the
     * jars afterwards all the same. What is kept are counts for each jar and purpose, no name and no value. Writes nothing for an empty plan.
     */
    public suspend fun cookiesRemoved(steps: List<PurgeStep>, left: List<SeenCookie>)

    // ── The past ──

    /** What happened after a position of the ledger (0 for all), oldest first, at most [limit] (1 to 1,000) records. */
    public suspend fun history(after: Long = 0, limit: Long = MAX_HISTORY): List<HistoryEntry>

    /**
     * What was allowed at a time, Unix milliseconds. A time before the first record, such as one that was given in seconds by mistake, answers
     * without a version and without decisions. A time after the last record, also one in the future, answers what the records come to at that
     * time. Reads the ledger from its start.
     */
    public suspend fun stateAt(at: Long): StateAt

    /** Checks every record, the chain, and that the state follows from them. */
    public suspend fun verify(): Verification

    /** Reads the file again: another process may have written to it. */
    public suspend fun refresh()

    /**
     * Closes the file; blocks until what is being written is on disk. Where something of [unrecorded] could not be recorded it throws
     * [ConsentException.StoreUnavailable], and is closed all the same. Afterwards nothing that needs consent is allowed, and every
     * other call throws [ConsentException.ShutDown]. Twice does no more than once.
     */
    override fun close()

    // ── Twins for Java: each blocks the calling thread; never on the main thread ──

    /** [questions], blocking. */
    public fun questionsBlocking(surface: String): Questions = runBlocking { questions(surface) }

    /** [record], blocking: `recordBlocking(form.getShown(), new Answers().grant("marketing.email"))`. */
    public fun recordBlocking(shown: Shown, answers: Answers): Receipt = runBlocking { record(shown, given("answers", answers).toList()) }

    /** [closed], blocking. */
    public fun closedBlocking(shown: Shown): Unit = runBlocking { closed(shown) }

    /** [withdraw], blocking. */
    public fun withdrawBlocking(vararg purposes: String): Receipt = runBlocking { withdraw(*purposes) }

    /** [import], blocking. */
    public fun importBlocking(choices: List<ImportChoice>): ImportReceipt = runBlocking { import(choices) }

    /** [webPages], blocking. */
    public fun webPagesBlocking(vararg origins: String): WebPages = runBlocking { webPages(*origins) }

    /** [signIn], blocking. */
    public fun signInBlocking(subject: String): Unit = runBlocking { signIn(subject) }

    /** [signOut], blocking. */
    public fun signOutBlocking(): Unit = runBlocking { signOut() }

    /** [signOut] after a last sync of at most so many milliseconds, blocking. */
    public fun signOutBlocking(withinMillis: Long): SignOutReport = runBlocking { signOut(withinMillis.milliseconds) }

    /** [reportSignals], blocking. */
    public fun reportSignalsBlocking(signals: Signals): Unit = runBlocking { reportSignals(signals) }

    /** [advertisingId], blocking. */
    public fun advertisingIdBlocking(purpose: String): AdvertisingId = runBlocking { advertisingId(purpose) }

    /** [policy], blocking. */
    public fun policyBlocking(): PolicyView = runBlocking { policy() }

    /** [announced], blocking. */
    public fun announcedBlocking(): List<AnnouncedEdition> = runBlocking { announced() }

    /** [edition], blocking. */
    public fun editionBlocking(edition: Long): PolicyView = runBlocking { edition(edition) }

    /** [adoptPolicy], blocking. */
    public fun adoptPolicyBlocking(document: String): Unit = runBlocking { adoptPolicy(document) }

    /** [sync], blocking, for at most so many milliseconds. */
    public fun syncBlocking(withinMillis: Long): SyncReport = runBlocking { sync(withinMillis.milliseconds) }

    /** [connectivityRestored], blocking. */
    public fun connectivityRestoredBlocking(): Unit = runBlocking { connectivityRestored() }

    /** [pending], blocking. */
    public fun pendingBlocking(): List<PendingChange> = runBlocking { pending() }

    /** [stuck], blocking. */
    public fun stuckBlocking(): List<PendingChange> = runBlocking { stuck() }

    /** [cookies], blocking. */
    public fun cookiesBlocking(options: CookieOptions): CookieGate = runBlocking { cookies(options) }

    /** [cookiesRemoved], blocking. */
    public fun cookiesRemovedBlocking(steps: List<PurgeStep>, left: List<SeenCookie>): Unit = runBlocking { cookiesRemoved(steps, left) }

    /** [history], blocking. */
    public fun historyBlocking(after: Long, limit: Long): List<HistoryEntry> = runBlocking { history(after, limit) }

    /** [stateAt], blocking. */
    public fun stateAtBlocking(at: Long): StateAt = runBlocking { stateAt(at) }

    /** [verify], blocking. */
    public fun verifyBlocking(): Verification = runBlocking { verify() }

    /** [refresh], blocking. */
    public fun refreshBlocking(): Unit = runBlocking { refresh() }

    /** Opens a [Consent]. */
    public companion object {
        /**
         * Opens the database, creating it where there is none, and brings the policy that the app ships into force. Sends nothing.
         *
         * @param path the database file, in a private folder that no backup copies; the folder must exist.
         * @param policy the policy document, JSON.
         * @throws ConsentException where the file or an option is not usable; the file is untouched then.
         */
        public suspend fun open(path: String, policy: String, options: ConsentOptions.() -> Unit = {}): Consent =
            ConsentOptions(path, policy).apply(given("options", options)).open()

        /**
         * The same at once, for a singleton that is injected before anything may wait: the file is opened in the background. Until it is open
         * every purpose is refused with [Reason.Opening], [state] shows no answers, and every other call waits. Where it cannot be
         * opened, each of them throws why, and everything stays refused.
         */
        public fun opening(path: String, policy: String, options: ConsentOptions.() -> Unit = {}): Consent =
            opening { ConsentOptions(path, policy).apply(given("options", options)) }

        /** The same where the options take time to find out: [options] is called on a worker. In Java `Consent.opening(() -> …)`. */
        @JvmStatic
        public fun opening(options: () -> ConsentOptions): Consent = openingConsent(given("options", options))

        /** The same for Java: `Consent.options(path, policy).language("ko").openBlocking()`. */
        @JvmStatic
        public fun options(path: String, policy: String): ConsentOptions = ConsentOptions(path, policy)
    }
}
