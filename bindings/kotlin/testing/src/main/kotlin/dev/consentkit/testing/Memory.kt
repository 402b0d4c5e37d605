package dev.consentkit.testing

import dev.consentkit.Actor
import dev.consentkit.AskAgain
import dev.consentkit.ChangeKind
import dev.consentkit.ChoiceKind
import dev.consentkit.HistoryEntry
import dev.consentkit.Method
import dev.consentkit.PendingChange
import dev.consentkit.Signals
import dev.consentkit.Status
import java.util.TimeZone
import java.util.UUID

private const val MINUTE_MS = 60_000

/** The device's own choices: they belong to no person. */
private const val DEVICE = "device"

/** An entry that tells nothing yet. */
private val NOTHING = HistoryEntry(0, 0, 0, "", null, null, null, null, null, null, null)

/** One purpose of one subject. */
internal data class Key(val subject: String, val purpose: String)

/** What was said last. */
internal data class Said(val choice: ChoiceKind, val at: Long, val material: Long, val seq: Long, val askAgain: AskAgain? = null) {
    val counts: Boolean get() = choice == ChoiceKind.GRANTED && askAgain == null
}

/** The newest no of a key that was said here, by its place. */
internal data class Lowered(val choice: ChoiceKind, val seq: Long)

/** A form as it was drawn. */
internal class Form(
    val policyId: String,
    val edition: Long,
    val person: String,
    val surface: String,
    val language: String,
    val texts: Map<String, String>,
    val drawnAfter: Long,
)

/** All that is known at one place of the history. */
internal data class State(
    val policy: PolicyDocument,
    val person: String = "anonymous 0",
    val signedIn: Boolean = false,
    val said: Map<Key, Said> = emptyMap(),
    val lowered: Map<Key, Lowered> = emptyMap(),
    val signals: Signals = Signals(),
    val adIdChanged: Long? = null,
) {
    fun key(purpose: Purpose) = Key(if (purpose.scope == Scope.DEVICE) DEVICE else person, purpose.id)

    fun status(purpose: Purpose): Status = said[key(purpose)]?.choice.status

    /** Where every purpose stands; one that nothing was said of is left out. */
    fun standings(): Map<String, Standing> = policy.purposes.mapNotNull { purpose ->
        val said = said[key(purpose)] ?: return@mapNotNull null
        val stranger = purpose.usesAdvertisingId && adIdChanged != null && said.seq < adIdChanged
        val askAgain = if (stranger && said.counts) AskAgain.AD_ID_CHANGED else said.askAgain
        purpose.id to Standing(said.choice.status, askAgain, said.at, said.material)
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
    val pending = mutableListOf<PendingChange>()
    val pulled = mutableSetOf<String>()
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

    fun adopt(now: Long, policy: PolicyDocument) {
        append(now, "policy", NOTHING.copy(policyVersion = policy.version)) { state.copy(policy = policy) }
    }

    /** Records a choice, and says its place. */
    fun say(now: Long, purpose: Purpose, choice: ChoiceKind, form: Form?, method: Method, actor: Actor, language: String): Long {
        val key = state.key(purpose)
        val blind = !choice.lowers && form != null && (state.lowered[key]?.seq ?: 0) > form.drawnAfter
        val said = Said(choice, now, purpose.material, seq + 1, if (blind) AskAgain.STALE_GRANT else null)
        val entry = entry(purpose, choice, method, actor).copy(text = form?.texts?.get(purpose.id), language = language)
        append(now, "choice", entry) { state.with(key, said) }
        wait(ChangeKind.CHOICE, purpose.id, choice.lowers)
        return seq
    }

    /** Takes over a choice from an older store, and says its place. */
    fun bring(now: Long, purpose: Purpose, choice: ChoiceKind, saidAt: Long?): Long {
        val undated = saidAt == null && !choice.lowers
        val said = Said(choice, saidAt ?: now, purpose.material, seq + 1, if (undated) AskAgain.UNDATED else null)
        append(now, "import", entry(purpose, choice, Method.IMPORT, null)) { state.with(state.key(purpose), said) }
        wait(ChangeKind.IMPORT, purpose.id, choice.lowers)
        return seq
    }

    /** Records signals where they differ from the last ones. */
    fun hear(now: Long, signals: Signals, anotherId: Boolean = false) {
        val before = state.signals
        if (signals == before && !anotherId) return
        val changed = if (anotherId) seq + 1 else state.adIdChanged
        append(now, "signal") { state.copy(signals = signals, adIdChanged = changed) }
        // The server links nothing to the rest: those changes stay on the device.
        val told = listOf(before.tracking, before.adId, before.gpc) != listOf(signals.tracking, signals.adId, signals.gpc)
        if (told) wait(ChangeKind.SIGNAL, "", false)
    }

    /** Puts an account in front of the screen, and brings what was said by nobody in particular into it. */
    fun signIn(now: Long, subject: String) {
        val account = "account $subject"
        if (state.signedIn && state.person == account) return
        val brought = if (state.signedIn) emptyMap() else broughtAlong()
        append(now, "link") { state.copy(person = account, signedIn = true) }
        wait(ChangeKind.LINK, "", false)
        // Apart, as the library does it: after a sign-out what lowers may go without what grants.
        val (lowering, granting) = brought.entries.partition { it.value.choice.lowers }
        for (part in listOf(lowering, granting)) {
            if (part.isNotEmpty()) merge(now, account, part.associate { it.key to it.value })
        }
    }

    /** Puts somebody new, and nobody in particular, in front of the screen. */
    fun signOut(now: Long) {
        if (!state.signedIn) return
        persons += 1
        append(now, "link") { state.copy(person = "anonymous $persons", signedIn = false) }
    }

    /** The server takes everything that waits, and says how much it was. */
    fun takeAll(): Long {
        val taken = pending.size.toLong()
        pending.clear()
        pulled += state.person
        return taken
    }

    private fun broughtAlong(): Map<String, Said> = state.said.filterKeys { it.subject == state.person }.mapNotNull { (key, said) ->
        // A grant that does not count stays behind; a no before it comes along.
        val own = state.lowered[key]?.let { Said(it.choice, said.at, 0, it.seq) }
        val brought = if (said.choice.lowers || said.counts) said else own
        brought?.let { key.purpose to it }
    }.toMap().toSortedMap()

    private fun merge(now: Long, account: String, brought: Map<String, Said>) {
        val entries = brought.map { (purpose, said) -> NOTHING.copy(purpose = purpose, status = said.choice.status) }
        val landed = brought.filter { (purpose, said) -> said.choice.lowers || Key(account, purpose) !in state.said }
        append(now, "merge", *entries.toTypedArray()) {
            landed.entries.fold(state) { state, (purpose, said) ->
                state.with(Key(account, purpose), Said(said.choice, now, said.material, seq))
            }
        }
        wait(ChangeKind.MERGE, "", brought.values.any { it.choice.lowers })
    }

    private fun entry(purpose: Purpose, choice: ChoiceKind, method: Method, actor: Actor?) =
        NOTHING.copy(purpose = purpose.id, status = choice.status, actor = actor, method = method, policyVersion = state.policy.version)

    private fun append(now: Long, kind: String, vararg entries: HistoryEntry, change: () -> State) {
        seq += 1
        state = change()
        val offset = TimeZone.getDefault().getOffset(now) / MINUTE_MS
        entries.ifEmpty { arrayOf(NOTHING) }.mapTo(history) { it.copy(seq = seq, at = now, offset = offset, kind = kind) }
        past += now to state
    }

    private fun wait(kind: ChangeKind, purpose: String, lowers: Boolean) {
        pending += PendingChange(kind, purpose, operation(seq), seq, lowers, null)
    }
}

private fun State.with(key: Key, said: Said): State {
    val lowered = if (said.choice.lowers) lowered + (key to Lowered(said.choice, said.seq)) else lowered
    return copy(said = this.said + (key to said), lowered = lowered)
}

/** The name of an operation: one a record, the same in every run. */
internal fun operation(seq: Long): String = UUID(0, seq).toString()
