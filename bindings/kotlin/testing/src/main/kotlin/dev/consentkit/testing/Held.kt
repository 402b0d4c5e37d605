package dev.consentkit.testing

import dev.consentkit.DenialKind
import dev.consentkit.Unrecorded

/** A denial that counts and could not be recorded, because the test let the store refuse. */
internal class Denial(
    val kind: DenialKind,
    /** Since when it counts. */
    val at: Long,
    /** What one key holds once at most: the purpose of a subject, a signal, a person who left. */
    val key: Any,
    /** The purpose, for a no. */
    val purpose: String?,
    /** The state with a denial of this time over it. */
    private val over: (State, Long) -> State,
    /** Records it with this time. */
    private val record: (Memory, Long) -> Unit,
) {
    fun over(state: State): State = over(state, at)

    fun record(memory: Memory) = record(memory, at)

    /** The same, counting since another time. */
    fun since(at: Long) = Denial(kind, at, key, purpose, over, record)
}

/** What is held in memory alone, in the order of the taps. Not safe for several threads by itself. */
internal class Held {
    private var denials = emptyList<Denial>()

    /** Counts up with every change. */
    var version = 0
        private set

    val all: List<Denial> get() = denials

    /** The state with everything held over it. It only ever takes permissions away. */
    fun over(state: State): State = denials.fold(state) { over, denial -> denial.over(over) }

    fun listed(): List<Unrecorded> = denials.map { Unrecorded(it.kind, it.purpose, it.at) }

    /** Lets denials count from now on; one of the same takes the older one's place. */
    fun hold(news: List<Denial>) {
        for (new in news) {
            val older = denials.indexOfFirst { it.key == new.key }
            denials = if (older < 0) denials + new else denials.mapIndexed { at, held -> if (at == older) new.since(held.at) else held }
            version += 1
        }
    }

    /** Records everything, the first tap first. It is still held until [clear]: the call that records it may yet fail. */
    fun record(memory: Memory) {
        for (denial in denials) {
            denial.record(memory)
            // Who drew a form while it was held has seen it.
            memory.forms.values.filter { denial in it.saw }.forEach { it.sawAt += memory.seq }
        }
    }

    fun clear() {
        if (denials.isEmpty()) return
        denials = emptyList()
        version += 1
    }
}
