package dev.consentkit.testing

import dev.consentkit.Actor
import dev.consentkit.AdvertisingId
import dev.consentkit.AdvertisingIdSource
import dev.consentkit.AnnouncedEdition
import dev.consentkit.Answer
import dev.consentkit.ChoiceKind
import dev.consentkit.Consent
import dev.consentkit.ConsentClock
import dev.consentkit.ConsentException
import dev.consentkit.CookieGate
import dev.consentkit.CookieOptions
import dev.consentkit.Decision
import dev.consentkit.HistoryEntry
import dev.consentkit.HttpTransport
import dev.consentkit.ImportChoice
import dev.consentkit.ImportReceipt
import dev.consentkit.MAX_HISTORY
import dev.consentkit.Method
import dev.consentkit.PendingChange
import dev.consentkit.Platform
import dev.consentkit.PolicyView
import dev.consentkit.Prompt
import dev.consentkit.PurgeStep
import dev.consentkit.Questions
import dev.consentkit.Reason
import dev.consentkit.Receipt
import dev.consentkit.ReceiptItem
import dev.consentkit.RolledBack
import dev.consentkit.SeenCookie
import dev.consentkit.Shown
import dev.consentkit.SignOutReport
import dev.consentkit.Signals
import dev.consentkit.Snapshot
import dev.consentkit.SnapshotListener
import dev.consentkit.StateAt
import dev.consentkit.Status
import dev.consentkit.SyncReport
import dev.consentkit.Trouble
import dev.consentkit.Unrecorded
import dev.consentkit.Verification
import dev.consentkit.VerificationFault
import dev.consentkit.WebPages
import java.io.Closeable
import java.util.UUID
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.Executor
import kotlin.time.Duration
import kotlinx.coroutines.flow.StateFlow

/** There is no chain, and it shows. */
private val NO_HASH = "0".repeat(64)

/**
 * A [Consent] for an app's own unit tests: in memory, without the native library, with a clock, a platform and a server that do what
 * the test says.
 *
 * What it decides, it decides from the policy document by the library's own rules, reasons and their order included; the project's
 * scenarios run against it and against the real one. A test begins where it likes ([given], [refused], [withdrawn], [platformSays]),
 * runs the app's code, and looks at what the app did ([recorded]) and at what is allowed now.
 *
 * ```
 * val consent = FakeConsent(policy).given("marketing.email")
 * Newsletter(consent).switchOff()
 * assertEquals(listOf(FakeCall.Withdraw(listOf("marketing.email"))), consent.recorded)
 * ```
 *
 * What it does not do: it keeps nothing on disk and proves nothing ([verify] never says yes, hashes are zeros); it does not apply the
 * conflict rule between devices, for there is only one, and its server holds no answers: a 2xx takes everything that waits and says
 * nothing back; it does not look for faults in a policy by itself ([dev.consentkit.policyFaults] does). Of a delivered edition it refuses what
 * the library refuses, but for the number of editions that one phone takes.
 *
 * May be used from any thread. Suspend functions do not suspend. Each call fails with the same [ConsentException] as the real one
 * where it is given the same bad input, and as [failNext] says. Where the store is told to refuse, what the call takes away counts all
 * the same, as in the library, and [unrecorded] lists it until the next call that writes.
 *
 * @param policy the policy document, JSON; the one that the app ships.
 * @param platform the platform to stand for; a desktop, which has no advertising id, unless it is given, as in the library.
 * @param language the person's language, BCP 47.
 * @param osVersion the operating system's version; empty where unknown.
 * @param clock time; stands still unless the test moves it.
 * @param advertisingId the platform's provider, such as a [ScriptedAdvertisingId]; `null` is an app that gave none, as in the library.
 * @param transport the way to the server, such as a [ScriptedTransport], whose status alone counts; `null` is an app without a server.
 * @throws ConsentException.PolicyInvalid where the document cannot be read at all.
 */
public class FakeConsent private constructor(
    private val memory: Memory,
    private val platform: Platform,
    private val language: String,
    private val osVersion: String,
    private val clock: ConsentClock,
    private val advertisingId: AdvertisingIdSource?,
    private val transport: HttpTransport?,
) : Consent {
    @JvmOverloads
    public constructor(
        policy: String,
        platform: Platform = Platform.DESKTOP,
        language: String = "ko",
        osVersion: String = "",
        clock: ConsentClock = TestClock(),
        advertisingId: AdvertisingIdSource? = null,
        transport: HttpTransport? = null,
    ) : this(
        Memory(readPolicy(text("policy", policy)), given("clock", clock).now()),
        given("platform", platform), text("language", language), text("os_version", osVersion), clock, advertisingId, transport,
    )

    private val lock = Any()
    private val calls = CopyOnWriteArrayList<FakeCall>()
    private val failures = ArrayDeque<ConsentException>()
    private val held = Held()
    private var generation = 0L

    /** A permission counts only in the process that read it; a cap outlives it. */
    private var trackingRead = false
    private var open = true
    private var told = emptyList<Any>()
    @Volatile
    private var present: View
    private val telling: Telling

    init {
        val first = view(++generation)
        told = mark()
        present = first
        telling = Telling(first.snapshot(clock.now()))
        (clock as? TestClock)?.onMoved(this, FakeConsent::timeWentBy)
    }

    /** The test moved the clock: whoever follows the state hears of what that changed, as in the library, where a timer tells. */
    private fun timeWentBy() = locked {
        if (open && telling.shown.hasRunOut(clock.now())) telling.show(present.snapshot(clock.now()))
    }

    // ── What a test says and sees ──

    /** What the app did so far, in order: the calls that succeeded. What the test itself said is not among it. */
    public val recorded: List<FakeCall> get() = calls.toList()

    /**
     * The person agreed to these purposes, and to what they require where that was not granted yet; the guardian did, where the person is
     * below the age of consent or may be. No form is needed.
     */
    public fun given(vararg purposes: String): FakeConsent = say(ChoiceKind.GRANTED, synchronized(lock) { memory.state.withRequired(purposes.toList()) })

    /** The person refused these purposes. No form is needed. */
    public fun refused(vararg purposes: String): FakeConsent = say(ChoiceKind.REFUSED, purposes.toList())

    /** The person withdrew these purposes, elsewhere or before the test. */
    public fun withdrawn(vararg purposes: String): FakeConsent = say(ChoiceKind.WITHDRAWN, purposes.toList())

    /** The platform says this, as if the app had reported it; a field left out keeps its last value. */
    public fun platformSays(signals: Signals): FakeConsent = settingUp { now -> hear(now, signals) }

    /**
     * The next calls of the app fail so: the first that can throw, or as many as are asked for. Nothing is written then. Of a call that
     * fails with [ConsentException.StoreUnavailable] what it takes away counts in memory: see [unrecorded].
     */
    @JvmOverloads
    public fun failNext(failure: ConsentException, calls: Int = 1): FakeConsent = apply {
        locked { repeat(calls) { failures += failure } }
    }

    /**
     * The process ends and the app starts again: this one is closed, and the new one knows what this one knew. A permission to track
     * does not count there before the app has reported it again; what was held in memory alone is lost.
     */
    public fun relaunched(): FakeConsent {
        locked { shut() }
        clock.now().let { now ->
            memory.enterDueEdition(now)
            memory.redate(now)
        }
        return FakeConsent(memory, platform, language, osVersion, clock, advertisingId, transport)
    }

    // ── Reading ──

    override fun allows(purpose: String): Boolean = explain(purpose).allowed

    override fun explain(purpose: String): Decision = clock.now().let { now -> present.at(now).decisions.decide(purpose, now) }

    /** The policy's own words are there as in the library; for every other reason see [Reason.text]. */
    override fun text(reason: Reason): String {
        given("reason", reason)
        val policy = present.at(clock.now()).state.policy
        return policy.ownWords(reason, language) ?: reason.text(language)
    }

    override val state: StateFlow<Snapshot> = telling.state

    override val snapshot: Snapshot
        get() {
            val kept = telling.shown
            val now = clock.now()
            return if (kept.hasRunOut(now)) present.snapshot(now) else kept
        }

    override fun nextPrompt(): Prompt? = clock.now().let { now -> present.at(now).recordedDecisions.nextPrompt(now) }

    override fun addListener(executor: Executor, listener: SnapshotListener): Closeable {
        given("executor", executor)
        given("listener", listener)
        // As in the library: the present state at once, unless nothing is told any more.
        return if (locked { open }) telling.listen(executor, listener) else Closeable { }
    }

    // ── Asking and saying ──

    override suspend fun questions(surface: String): Questions = doing { now ->
        text("surface", surface)
        val view = present.at(now)
        val state = view.state
        checkSurface(state.policy, surface)
        val form = Drawing(view, surface, language, now)
        val texts = form.questions.associate { it.purpose to it.notice.textHash() }
        // A token that was changed names no form; the purposes are in it so that a test can try.
        val shown = "${UUID.randomUUID()}.$surface ${texts.keys.joinToString(" ")}"
        memory.forms[shown] = Form(state.policy.id, state.policy.edition, state.person, surface, form.language, texts, memory.seq, held.all)
        calls += FakeCall.Questions(surface)
        Questions(Shown(shown), surface, form.language, form.isDue(view, memory.state, now), view.waitsForAPull(memory.pulled), form.questions)
    }

    override suspend fun record(shown: Shown, answers: List<Answer>): Receipt = writing(
        { checkGiven(shown, answers) }, { now -> memory.noesOfForm(present.state, now, shown, answers) }, { state, _ -> state.checkAnswers(answers) },
    ) { now ->
        val (purposes, form) = memory.fitting(shown, answers)
        val state = memory.state
        checkForm(form, state)
        val guarded = decisions(state).guarded
        answers.forEachIndexed { index, answer ->
            if (!answer.choice.lowers) {
                if (answer.purpose !in form.texts) throw ConsentException.NoticeNotShown(answer.purpose)
                checkGuardian("answers[$index].actor", answer.actor, guarded, state.present.age)
            }
        }
        val items = answers.zip(purposes) { answer, purpose ->
            val withdraws = answer.choice == ChoiceKind.REFUSED && memory.state.said[memory.state.key(purpose)]?.choice == ChoiceKind.GRANTED
            val choice = if (withdraws) ChoiceKind.WITHDRAWN else answer.choice
            item(purpose, choice, memory.say(now, purpose, choice, form, answer.method, answer.actor, form.language))
        }
        calls += FakeCall.Record(form.surface, answers.toList())
        receipt(now, items)
    }

    override suspend fun closed(shown: Shown): Unit = writing({ text("shown", given("shown", shown).token) }) { now ->
        val form = memory.form(shown)
        checkForm(form, memory.state)
        // The days count from the first closing: whoever opens the form again and closes it once more does not put it off.
        val (view, state) = view(generation) to memory.state
        val open = form.texts.keys.mapNotNull(state.policy::purpose).filter { view.isOpen(it, now) && !state.isKeptAway(it, now) }
        if (open.isNotEmpty() && state.policy.coolDownDays > 0) memory.close(now, open)
        calls += FakeCall.Closed(form.surface)
    }

    override suspend fun withdraw(vararg purposes: String): Receipt = writing(
        { checkGiven(purposes) }, { now -> memory.noes(present.state, now, purposes.toList(), language) },
        { state, _ -> withdrawable(state.editions, purposes.toList()) },
    ) { now ->
        checkCount("purposes", purposes.size)
        val found = withdrawable(memory.state.editions, purposes.toList())
        calls += FakeCall.Withdraw(purposes.toList())
        val items = found.map {
            item(it, ChoiceKind.WITHDRAWN, memory.say(now, it, ChoiceKind.WITHDRAWN, null, Method.TOGGLE, Actor.PERSON, language))
        }
        receipt(now, items)
    }

    override suspend fun import(choices: List<ImportChoice>): ImportReceipt = writing(
        { checkGiven(choices) }, { now -> memory.noesOfImport(present.state, now, choices) }, { state, now -> state.checkChoices(choices, now) },
    ) { now ->
        val found = memory.checked(choices, now)
        val state = memory.state
        val guarded = decisions(state).guarded
        for ((index, choice) in found.map { it.first }) {
            if (!choice.choice.lowers) checkGuardian("choices[$index].actor", choice.actor, guarded, state.present.age)
        }
        calls += FakeCall.Import(choices.toList())
        val (open, kept) = found.partition { (row, purpose) -> state.takesOver(state.key(purpose), row.value) }
        val imported = open.map { (row, purpose) -> item(purpose, row.value.choice, memory.bring(now, purpose, row.value)) }
        val keys = found.associate { (_, purpose) -> purpose.id to state.key(purpose) }
        memory.keep(now, choices.map { keys.getValue(it.purpose) to it.brought })
        ImportReceipt(imported, kept.map { (row, _) -> row.value.purpose })
    }

    /** No page runs here: what is handed over is the state as JSON, with the nonce that a message has to bear. No message comes too fast. */
    override suspend fun webPages(vararg origins: String): WebPages = doing {
        val given = given("origins", origins).mapIndexed { at, origin -> text("origins[$at]", origin) }
        checkOrigins(given)
        FakeWebPages(this@FakeConsent, given.toSet()) { present.at(clock.now()).assertsGpc(clock.now()) }
    }

    // ── The account, the platform, the policy ──

    override suspend fun signIn(subject: String): Unit = writing(
        { text("subject", subject) }, { now -> memory.leaving(present.state, now, subject) }, { _, _ -> checkSubject(subject) },
    ) { now ->
        checkSubject(subject)
        memory.signIn(now, subject)
        calls += FakeCall.SignIn(subject)
    }

    override suspend fun signOut(): Unit = writing(denies = { now -> memory.leaving(present.state, now) }) { now ->
        memory.signOut(now, memory.newPerson())
        calls += FakeCall.SignOut
    }

    override suspend fun signOut(within: Duration): SignOutReport {
        val account = locked {
            if (!open) throw ConsentException.ShutDown()
            // Where the test lets this call fail, no request goes out.
            if (failures.isEmpty()) present.state.person.takeIf { present.state.signedIn } else null
        }
        val outcome = if (account == null || transport == null || within <= Duration.ZERO) null else ask(transport, within)
        return writing(denies = { now -> memory.leaving(present.state, now) }) { now ->
            val sync = outcome?.let { reported(it, now) }
            memory.signOut(now, memory.newPerson())
            calls += FakeCall.SignOut
            SignOutReport(sync, waiting.filter { (subject, _) -> subject == account }.map { it.second }, failure = null)
        }
    }

    override suspend fun reportSignals(signals: Signals): Unit = writing({ given("signals", signals) }, { now -> present.state.signalDenials(now, signals) }) { now ->
        hear(now, signals)
        calls += FakeCall.ReportSignals(signals)
    }

    override suspend fun advertisingId(purpose: String): AdvertisingId {
        val before = doing { now ->
            checkPurpose("purpose", text("purpose", purpose))
            if (memory.state.at(now).policy.purpose(purpose)?.usesAdvertisingId == false) refuse("purpose", "does not use the advertising id; name a purpose that does")
            calls += FakeCall.AdvertisingId(purpose)
            present.at(now).decisions.decideBeforeAsking(purpose, now)
        }
        if (!before.allowed) return AdvertisingId.Refused(before.reasons)
        val (signal, id) = readAdvertisingId(answerOf(advertisingId))
        locked {
            val another = id != null && memory.lastAdvertisingId != null && memory.lastAdvertisingId != id
            // What is no news is not written.
            if (another || memory.state.signals.adId != signal) {
                writing { now -> memory.hear(now, memory.state.signals.copy(adId = signal), another) }
            }
            if (id != null) memory.lastAdvertisingId = id
        }
        return doing { now ->
            val decision = present.at(now).decisions.decide(purpose, now)
            if (decision.allowed && id != null) AdvertisingId.Available(id) else AdvertisingId.Refused(decision.reasons)
        }
    }

    override suspend fun policy(): PolicyView = doing { now -> page(memory.state.at(now).policy) }

    /** As in the library, but that it does not say what changes: [AnnouncedEdition.changes] is empty. */
    override suspend fun announced(): List<AnnouncedEdition> = doing { now -> memory.state.announcements(now, ::page) }

    override suspend fun edition(edition: Long): PolicyView = doing {
        val known = memory.state.editions + memory.state.announced
        page(
            known.find { it.edition == edition }
                ?: refuse("edition", "is no edition that is or was in force or announced here; take one from history() or policy()"),
        )
    }

    private fun page(policy: PolicyDocument) = PolicyPage(policy, language, platform, osVersion).view()

    override suspend fun adoptPolicy(document: String): Unit = writing({ readPolicy(text("document", document)) }) { now ->
        val offered = readPolicy(document)
        val state = memory.state
        if ((state.announced + state.policy).none { it.whole == offered.whole }) {
            val faults = state.faultsOf(offered, now)
            if (faults.isNotEmpty()) throw ConsentException.PolicyRefused(faults)
            if (offered.effectiveFrom > now) memory.announce(now, offered) else memory.adopt(now, offered)
        }
        calls += FakeCall.AdoptPolicy(offered.edition)
    }

    // ── The server ──

    override suspend fun sync(within: Duration): SyncReport {
        val quiet = doing {
            if (transport == null) throw ConsentException.NoServer()
            if (within.inWholeMilliseconds <= 0) refuse("within", "must be more than 0 milliseconds")
            !memory.state.signedIn && memory.state.said.isEmpty()
        }
        val outcome = if (quiet || transport == null) QUIET else ask(transport, within)
        return writing { now ->
            calls += FakeCall.Sync
            reported(outcome, now)
        }
    }

    /** Asks the server, unless an earlier failure holds the next request back. No lock is held meanwhile. */
    private fun ask(transport: HttpTransport, within: Duration): Outcome {
        val (waits, known) = locked { (memory.pause.until(clock.now()) != null) to memory.pause.knowsTheServer }
        if (waits) return Outcome(Trouble.Paused)
        val outcome = exchange(transport, within.inWholeMilliseconds, known)
        locked { memory.pause.after(outcome.trouble, clock.now()) }
        return outcome
    }

    private fun reported(outcome: Outcome, now: Long): SyncReport {
        val taken = if (outcome.isLoud && outcome.trouble == null) memory.takeAll(now) else 0
        return syncReport(outcome, taken, memory.pending.size.toLong(), memory.pause.until(now))
    }

    /** Does nothing: a fake syncs where the test or the app says so, and never by itself. */
    override fun syncSoon(): Unit = Unit

    override suspend fun connectivityRestored(): Unit = writing {
        memory.pause.forget()
        calls += FakeCall.ConnectivityRestored
    }

    override suspend fun pending(): List<PendingChange> = doing { waiting.take(MAX_HISTORY.toInt()).map { it.second } }

    /** Always empty: a fake server takes everything or nothing. */
    override suspend fun stuck(): List<PendingChange> = doing { emptyList() }

    /** What a call took away while the test let the store refuse, until the next call that writes. */
    override fun unrecorded(): List<Unrecorded> = synchronized(lock) { held.listed() }

    /** Always `null`: a fake has no file that could lose records. */
    override fun rolledBack(): RolledBack? = null

    // ── Cookies ──

    /** The names of the policy alone: a catalogue is not read, and a header is looked at for its name and not for its form. */
    override suspend fun cookies(options: CookieOptions): CookieGate = doing {
        given("options", options)
        FakeCookieGate({ present.at(clock.now()).state.policy }, { present.at(clock.now()).decisions.decide(it, clock.now()) }, clock::now)
    }

    override suspend fun cookiesRemoved(steps: List<PurgeStep>, left: List<SeenCookie>): Unit = writing { now ->
        checkSeen("steps", steps)
        checkSeen("left", left)
        memory.removeCookies(now, steps)
        calls += FakeCall.CookiesRemoved(steps.toList())
    }

    // ── The past ──

    override suspend fun history(after: Long, limit: Long): List<HistoryEntry> = doing {
        if (limit !in 1..MAX_HISTORY) refuse("limit", "must be 1 to $MAX_HISTORY; read more in several calls")
        memory.history.filter { it.seq > after && it.seq - maxOf(after, 0) <= limit }
    }

    override suspend fun stateAt(at: Long): StateAt = doing {
        val past = memory.stateAt(at)?.at(at)
        val decisions = past?.let { it.decisions(platform) }
        StateAt(at, past?.policy?.version, past?.policy?.purposes.orEmpty().mapNotNull { decisions?.decide(it.id, at) })
    }

    /** Never says yes: there is no chain. */
    override suspend fun verify(): Verification =
        doing { Verification(false, memory.seq, VerificationFault(0, "a fake keeps no chain to prove")) }

    override suspend fun refresh(): Unit = doing {
        // Time alone may have added a reason.
        told = emptyList()
        publish()
    }

    override fun close(): Unit = locked {
        if (!open) return@locked
        calls += FakeCall.Close
        held.record(memory)
        held.clear()
        shut()
    }

    // ── Within ──

    private val waiting get() = memory.pending.sortedBy { (_, change) -> change.seq }

    private fun view(number: Long) = View(held.over(memory.state), number, memory.pending.size.toLong(), open, platform, trackingRead)

    private fun mark(): List<Any> = listOf(memory.seq, memory.pending.size, trackingRead, open, held.version)

    /** Called with the lock held, so that readers see states in the order of the changes. */
    private fun publish() {
        val mark = mark()
        if (mark == told) return
        told = mark
        val view = view(++generation)
        present = view
        telling.show(view.snapshot(clock.now()))
    }

    /** Runs a part of a call that no other thread may see half done. What it changed is told afterwards, without the lock. */
    private fun <T> locked(work: () -> T): T = try {
        synchronized(lock) { work() }
    } finally {
        if (!Thread.holdsLock(lock)) telling.tell()
    }

    private fun <T> doing(work: (Long) -> T): T = locked {
        if (!open) throw ConsentException.ShutDown()
        failures.removeFirstOrNull()?.let { throw it }
        work(clock.now())
    }

    /**
     * Runs a call that writes, whole or not at all, after what is held in memory alone was recorded. `check` refuses what the core never sees.
     * `denies` is what it takes away: that counts also where the store refuses. `fits` refuses bad input before anything is recorded, also that an
     * announced edition is in force.
     */
    private fun <T> writing(
        check: () -> Any = {}, denies: (Long) -> List<Denial> = { emptyList() }, fits: (State, Long) -> Unit = { _, _ -> }, work: (Long) -> T,
    ): T = locked {
        check()
        if (!open) throw ConsentException.ShutDown()
        val failure = failures.removeFirstOrNull()
        if (failure is ConsentException.StoreUnavailable) {
            held.hold(denies(clock.now()))
            publish()
        }
        if (failure != null) throw failure
        clock.now().let { now -> fits(memory.state.at(now), now) }
        written(work)
    }

    /** What a test says happened before. */
    private fun settingUp(work: (Long) -> Unit): FakeConsent = apply { locked { written(work) } }

    private fun <T> written(work: (Long) -> T): T {
        val now = clock.now()
        // As in the library it is recorded by itself: whatever becomes of this call, the edition is in force.
        if (memory.state.at(now) !== memory.state) {
            held.record(memory)
            held.clear()
            memory.redate(now)
            memory.enterDueEdition(now)
            publish()
        }
        val value = memory.atomically {
            held.record(memory)
            memory.redate(now)
            work(now)
        }
        held.clear()
        publish()
        return value
    }

    private fun shut() {
        if (!open) return
        open = false
        publish()
    }

    private fun say(choice: ChoiceKind, ids: List<String>): FakeConsent = settingUp { now ->
        val purposes = consentPurposes(memory.state.policy, ids, "is named twice in one call") { "purposes[$it]" }
        val actor = if (decisions(memory.state).guarded) Actor.GUARDIAN else Actor.PERSON
        purposes.forEach { memory.say(now, it, choice, null, Method.TOGGLE, actor, language) }
    }

    private fun hear(now: Long, reported: Signals) {
        memory.hear(now, memory.state.signals.with(reported.ofDevice))
        val person = memory.state.person
        memory.tell(now, person, memory.state.factsOf(person).with(reported, memory.state.policy.ageOfConsent))
        trackingRead = trackingRead || reported.tracking != null
    }

    private fun decisions(state: State) = state.decisions(platform)

    private fun receipt(now: Long, items: List<ReceiptItem>) = Receipt(items, now, memory.pending.size.toLong())

    private fun item(purpose: Purpose, choice: ChoiceKind, seq: Long) = ReceiptItem(purpose.id, choice, operation(seq), seq, NO_HASH)
}
