package dev.consentkit.testing

import dev.consentkit.Actor
import dev.consentkit.AgeBand
import dev.consentkit.AskAgain
import dev.consentkit.ChangeKind
import dev.consentkit.ChoiceKind
import dev.consentkit.ConsentException
import dev.consentkit.HistoryEntry
import dev.consentkit.ImportChoice
import dev.consentkit.Method
import dev.consentkit.PendingChange
import dev.consentkit.PurgeStep
import dev.consentkit.Signals
import dev.consentkit.Status
import java.util.TimeZone
import java.util.UUID

private const val MINUTE_MS = 60_000

/** The device's own choices: they belong to no person. */
private const val DEVICE = "device"

/** An entry that tells nothing yet. */
private val NOTHING = HistoryEntry(0, 0, 0, "", null, null, null, null, null, null, null, null, null, null, null)

/** One purpose of one subject. */
internal data class Key(val subject: String, val purpose: String)

/** What was said last. */
internal data class Said(
    val choice: ChoiceKind,
    /** Since when it counts. */
    val at: Long,
    val material: Long,
    val seq: Long,
    val askAgain: AskAgain? = null,
    val actor: Actor = Actor.PERSON,
    /** The date that its record bears, be it one that can be or not. */
    val written: Long = at,
    /** True where an older store of the app said it. */
    val imported: Boolean = false,
    /** True where that store did not keep when. */
    val undated: Boolean = false,
) {
    val counts: Boolean get() = choice == ChoiceKind.GRANTED && askAgain == null
}

/** The newest no of a key that was said here, by its place and its time. */
internal data class Lowered(val choice: ChoiceKind, val seq: Long, val at: Long)

/** A form as it was drawn. */
internal class Form(
    val policyId: String,
    val edition: Long,
    val person: String,
    val surface: String,
    val language: String,
    val texts: Map<String, String>,
    val drawnAfter: Long,
    /** What was held in memory alone when it was drawn. */
    val saw: List<Denial>,
) {
    /** Where that was recorded since. */
    val sawAt = mutableSetOf<Long>()
}

/** All that is known at one place of the history. */
internal data class State(
    val policy: PolicyDocument,
    val person: String = "anonymous 0",
    val signedIn: Boolean = false,
    val said: Map<Key, Said> = emptyMap(),
    val lowered: Map<Key, Lowered> = emptyMap(),
    /** The rows that older stores brought, the newest last: brought again, they change nothing for anybody. */
    val brought: Map<Key, List<BroughtRow>> = emptyMap(),
    /** What the platform says; a person's age and guardian are in [facts]. */
    val signals: Signals = Signals(),
    /** What the app said of each person. */
    val facts: Map<String, Facts> = emptyMap(),
    val adIdChanged: Long? = null,
    /** When forms were closed while these questions were open, since the last answer to them; the newest last. */
    val closings: Map<Key, List<Closing>> = emptyMap(),
    /** Every edition that was in force here, the newest first. */
    val editions: List<PolicyDocument> = emptyList(),
    /** The editions that come into force later, the next one first. */
    val announced: List<PolicyDocument> = emptyList(),
    /** How much is known of what each subject said elsewhere. */
    val pulled: Map<String, Pulled> = mapOf(DEVICE to Pulled.ALL, person to Pulled.ALL),
    /** The purposes to which an edition asked consent here before a later one allowed them until the person objects. */
    val askedBefore: Set<String> = emptySet(),
    /** Who is about to be replaced by an account whose record could not be written: that person's silence counts no longer. */
    val forgotten: String? = null,
) {
    /** What the platform says, and beside it what is known of the person in front of the screen. */
    val present: Signals
        get() = factsOf(person).let { signals.copy(age = it.ageFor(policy.ageOfConsent), guardian = it.guardian) }

    fun factsOf(person: String): Facts = facts[person] ?: Facts()

    fun key(purpose: Purpose) = Key(if (purpose.scope == Scope.DEVICE) DEVICE else person, purpose.id)

    fun status(purpose: Purpose): Status = said[key(purpose)]?.choice.status

    /** Where every purpose stands; one that nothing was said of is left out. */
    fun standings(): Map<String, Standing> = policy.purposes.mapNotNull { purpose ->
        val said = said[key(purpose)] ?: return@mapNotNull null
        val stranger = purpose.usesAdvertisingId && adIdChanged != null && said.seq < adIdChanged
        val askAgain = if (stranger && said.counts) AskAgain.AD_ID_CHANGED else said.askAgain
        purpose.id to Standing(said.choice.status, askAgain, said.at, said.material, said.actor, wasRefused = key(purpose) in lowered)
    }.toMap()
}

internal val ChoiceKind?.status: Status
    get() = when (this) {
        null -> Status.NOT_ANSWERED
        ChoiceKind.GRANTED -> Status.GRANTED
        ChoiceKind.REFUSED -> Status.REFUSED
        ChoiceKind.WITHDRAWN -> Status.WITHDRAWN
    }

internal val ChoiceKind.lowers: Boolean get() = this != ChoiceKind.GRANTED

/** What stands in for the database: it outlives the process that a [FakeConsent] stands for. Not safe for several threads by itself. */
internal class Memory(policy: PolicyDocument, now: Long) {
    var state = State(policy)
        private set
    var lastAdvertisingId: String? = null
    val forms = mutableMapOf<String, Form>()
    val history = mutableListOf<HistoryEntry>()
    /** What waits to be sent, each with whose it is. */
    val pending = mutableListOf<Pair<String, PendingChange>>()

    val pulled = mutableSetOf<String>()

    /** When the server may be asked again. */
    val pause = Pause()
    private val past = mutableListOf<Pair<Long, State>>()
    private var persons = 0

    /** Place of the last record. */
    var seq = 0L
        private set

    init {
        append(now, "install") { state }
        adopt(now, policy)
    }

    /** The state at a time: what the last record up to it led to. */
    fun stateAt(at: Long): State? = past.lastOrNull { it.first <= at }?.second

    /** Runs a call whole or not at all. */
    fun <T> atomically(work: () -> T): T {
        val before = state
        val sizes = listOf(history, pending, past).map { it.size }
        val (place, person) = seq to persons
        try {
            return work()
        } catch (fault: ConsentException) {
            state = before
            seq = place
            persons = person
            listOf(history, pending, past).zip(sizes).forEach { (list, size) -> list.subList(size, list.size).clear() }
            throw fault
        }
    }

    fun adopt(now: Long, policy: PolicyDocument) {
        append(now, "policy", NOTHING.copy(policyVersion = policy.version, edition = policy.edition)) { state.under(policy) }
    }

    /** Takes note of an edition that comes into force later. */
    fun announce(now: Long, policy: PolicyDocument) {
        append(now, "announced", NOTHING.copy(policyVersion = policy.version, edition = policy.edition)) { state.announcing(policy) }
    }

    /** Records that an announced edition is in force, where its day has come. */
    fun enterDueEdition(now: Long) {
        val due = state.announced.lastOrNull { it.effectiveFrom <= now } ?: return
        append(now, "policy", NOTHING.copy(policyVersion = due.version, edition = due.edition)) { state.at(now) }
    }

    /** Records a choice, and says its place. */
    fun say(
        now: Long, purpose: Purpose, choice: ChoiceKind, form: Form?, method: Method, actor: Actor, language: String,
        key: Key = state.key(purpose),
    ): Long {
        val lowered = state.lowered[key]?.seq ?: 0
        val blind = !choice.lowers && form != null && lowered > form.drawnAfter && lowered !in form.sawAt
        val said = Said(choice, now, purpose.material, seq + 1, if (blind) AskAgain.STALE_GRANT else null, actor)
        val entry = entry(purpose, choice, method, actor).copy(text = form?.texts?.get(purpose.id), language = language)
        append(now, "choice", entry) { state.with(key, said) }
        wait(key.subject, ChangeKind.CHOICE, purpose.id, choice.lowers)
        return seq
    }

    /** Records that a form was closed while these questions were open. */
    fun close(now: Long, open: List<Purpose>) {
        val entries = open.map { NOTHING.copy(purpose = it.id) }
        append(now, "closed", *entries.toTypedArray()) { open.fold(state) { state, it -> state.withClosing(state.key(it), Closing(now, it.material)) } }
    }

    /** Records that cookies went out of the jars: an entry for each jar and purpose, in their order. */
    fun removeCookies(now: Long, steps: List<PurgeStep>) {
        for ((_, ofStore) in steps.groupBy { it.cookie.store }.toSortedMap()) {
            val purposes = ofStore.flatMap { it.purposes }.toSortedSet()
            if (purposes.isNotEmpty()) append(now, "cookies_removed", *purposes.map { NOTHING.copy(purpose = it) }.toTypedArray()) { state }
        }
    }

    /** Takes over a choice from an older store, and says its place. */
    fun bring(now: Long, purpose: Purpose, row: ImportChoice, key: Key = state.key(purpose)): Long {
        val (choice, saidAt) = row.choice to row.saidAt
        val askAgain = AskAgain.UNDATED.takeIf { saidAt == null && !choice.lowers }
        val (at, actor) = (saidAt ?: now) to (row.actor ?: Actor.PERSON)
        val said = Said(choice, at, purpose.material, seq + 1, askAgain, actor, at, imported = true, undated = saidAt == null)
        val entry = entry(purpose, choice, Method.IMPORT, actor).copy(source = row.source, saidAt = saidAt)
        append(now, "import", entry) { state.with(key, said).withBrought(key, row.brought) }
        wait(key.subject, ChangeKind.IMPORT, purpose.id, choice.lowers)
        return seq
    }

    /** Records that these rows of an older store were brought, where they changed nothing and are not remembered yet. */
    fun keep(now: Long, rows: List<Pair<Key, BroughtRow>>) {
        val news = rows.distinct().filter { (key, row) -> !state.wasBrought(key.purpose, row) }
            .groupBy { (key, row) -> key to row.choice.lowers }.values
            .flatMap { it.take(state.placesFor(it.first().first, it.first().second).coerceAtLeast(0)) }
        for (kept in news.groupBy { (key, _) -> key.subject }.values) {
            place(now) { kept.fold(state) { state, (key, row) -> state.withBrought(key, row) } }
        }
    }

    /** Records what the platform says where it differs from its last word. */
    fun hear(now: Long, signals: Signals, anotherId: Boolean = false) {
        val before = state.signals
        if (signals == before && !anotherId) return
        val changed = if (anotherId) seq + 1 else state.adIdChanged
        append(now, "signal") { state.copy(signals = signals, adIdChanged = changed) }
        // The permission to show notifications decides nothing (KR-6): it stays on the device.
        val told = listOf(before.tracking, before.adId, before.gpc) != listOf(signals.tracking, signals.adId, signals.gpc)
        if (told || anotherId) wait(DEVICE, ChangeKind.SIGNAL, "", false)
    }

    /** Records what is known of a person where that is news. */
    fun tell(now: Long, person: String, facts: Facts) {
        if (state.factsOf(person) == facts) return
        append(now, "signal") { state.with(person, facts) }
        wait(person, ChangeKind.SIGNAL, "", facts.denies)
    }

    /** Records which grants bear a date that cannot be, and that they count from now. */
    fun redate(now: Long) {
        // Whether the giver saw every withdrawal makes no difference to the date; but one that did not is no reason to look.
        fun cannotBe(said: Said) =
            said.choice == ChoiceKind.GRANTED && said.askAgain.let { it == null || it == AskAgain.STALE_GRANT } && !isPossible(said.at, now)
        if (state.standings().values.none { it.status == Status.GRANTED && it.askAgain == null && !isPossible(it.at, now) }) return
        for (subject in listOf(DEVICE, state.person)) {
            val noticed = state.said.filter { (key, said) -> key.subject == subject && cannotBe(said) }.mapNotNull { (key, said) ->
                val at = if (said.written < EARLIEST_DATE) now else minOf(said.written, now)
                if (at == said.at) null else key to said.copy(at = at)
            }.sortedBy { (key, _) -> key.purpose }
            if (noticed.isEmpty()) continue
            val entries = noticed.map { (key, _) -> NOTHING.copy(purpose = key.purpose) }
            append(now, "redated", *entries.toTypedArray()) { state.copy(said = state.said + noticed) }
        }
    }

    /** Puts an account in front of the screen, and brings what was said by nobody in particular into it. */
    fun signIn(now: Long, subject: String) {
        val account = account(subject)
        if (state.signedIn && state.person == account) return
        val brought = if (state.signedIn) emptyMap() else broughtAlong()
        val before = if (state.signedIn) Facts() else state.factsOf(state.person)
        append(now, "link", NOTHING.copy(signedIn = true)) {
            val closed = if (state.signedIn) state else state.closedBeforeSignIn(account)
            closed.copy(person = account, signedIn = true, pulled = state.pulled + (account to Pulled.NOT_YET))
        }
        wait(account, ChangeKind.LINK, "", false)
        // Age and guardian end with the person, but whoever was known for a child is none the older for a sign-in.
        val known = state.factsOf(account)
        if (before.age == AgeBand.BELOW && known.age.let { it == null || it == AgeBand.UNKNOWN }) {
            tell(now, account, known.copy(age = before.age, ageOfConsent = before.ageOfConsent))
        }
        // Apart, as the library does it: after a sign-out what lowers may go without what grants.
        val (lowering, granting) = brought.entries.partition { it.value.choice.lowers }
        for (part in listOf(lowering, granting)) {
            if (part.isNotEmpty()) merge(now, account, part.associate { it.key to it.value })
        }
    }

    /** The name of somebody new, and of nobody in particular. */
    fun newPerson(): String {
        persons += 1
        return "anonymous $persons"
    }

    /** Puts somebody new, and nobody in particular, in front of the screen. */
    fun signOut(now: Long, next: String) {
        if (!state.signedIn) return
        append(now, "link", NOTHING.copy(signedIn = false)) { state.copy(person = next, signedIn = false, pulled = state.pulled - next) }
    }

    /** The server takes everything that waits, and says how much it was. What the person said elsewhere is known then: nothing. */
    fun takeAll(now: Long): Long {
        val taken = pending.size.toLong()
        pending.clear()
        pulled += state.person
        if (state.pulled[state.person] == Pulled.NOT_YET && state.policy.purposes.any { it.silenceAllows }) {
            append(now, "pulled") { state.copy(pulled = state.pulled + (state.person to Pulled.ALL)) }
        }
        return taken
    }

    private fun broughtAlong(): Map<String, Said> = state.said.filterKeys { it.subject == state.person }.mapNotNull { (key, said) ->
        // A grant that does not count stays behind, and a no before it comes along; one without a date is asked again there too.
        val own = state.lowered[key]?.let { Said(it.choice, it.at, 0, it.seq) }
        val brought = if (said.choice.lowers || said.counts || said.askAgain == AskAgain.UNDATED) said else own
        brought?.let { key.purpose to it }
    }.toMap().toSortedMap()

    private fun merge(now: Long, account: String, brought: Map<String, Said>) {
        val entries = brought.map { (purpose, said) -> NOTHING.copy(purpose = purpose, status = said.choice.status) }
        val landed = brought.filter { (purpose, said) -> said.choice.lowers || Key(account, purpose) !in state.said }
        append(now, "merge", *entries.toTypedArray()) {
            landed.entries.fold(state) { state, (purpose, said) ->
                state.with(Key(account, purpose), said.copy(seq = seq, written = said.at, imported = said.undated))
            }
        }
        wait(account, ChangeKind.MERGE, "", brought.values.any { it.choice.lowers })
    }

    private fun entry(purpose: Purpose, choice: ChoiceKind, method: Method, actor: Actor?) =
        NOTHING.copy(purpose = purpose.id, status = choice.status, actor = actor, method = method, policyVersion = state.policy.version, edition = state.policy.edition)

    private fun append(now: Long, kind: String, vararg entries: HistoryEntry, change: () -> State) {
        place(now, change)
        val offset = TimeZone.getDefault().getOffset(now) / MINUTE_MS
        entries.ifEmpty { arrayOf(NOTHING) }.mapTo(history) { it.copy(seq = seq, at = now, offset = offset, kind = kind) }
    }

    /** Takes the next place of the history, and says nothing of it there. */
    private fun place(now: Long, change: () -> State) {
        seq += 1
        state = change()
        past += now to state
    }

    private fun wait(subject: String, kind: ChangeKind, purpose: String, lowers: Boolean) {
        pending += subject to PendingChange(kind, purpose, operation(seq), seq, lowers, null)
    }
}

/** The name that the fake gives to an account's subject. */
internal fun account(subject: String) = "$ACCOUNT$subject"

/** How the fake's name of an account begins. */
internal const val ACCOUNT = "account "

internal fun State.with(key: Key, said: Said): State {
    val lowered = if (said.choice.lowers) lowered + (key to Lowered(said.choice, said.seq, said.at)) else lowered
    return copy(said = this.said + (key to said), lowered = lowered, closings = closings - key)
}

/** These purposes, and what they require where that was not granted yet, so that a test that grants them finds them allowed. */
internal fun State.withRequired(ids: List<String>): List<String> {
    val wanted = LinkedHashSet<String>()
    fun want(id: String) {
        if (!wanted.add(id)) return
        val required = policy.purpose(id)?.requires.orEmpty().mapNotNull(policy::purpose)
        required.filter { it.mayBeAnswered && status(it) != Status.GRANTED }.forEach { want(it.id) }
    }
    ids.forEach(::want)
    return wanted.toList()
}

internal fun State.with(person: String, facts: Facts): State = copy(facts = this.facts + (person to facts))

/** The name of an operation: one a record, the same in every run. */
internal fun operation(seq: Long): String = UUID(0, seq).toString()
