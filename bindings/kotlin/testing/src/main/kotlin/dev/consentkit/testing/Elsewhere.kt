package dev.consentkit.testing

import dev.consentkit.ChoiceKind
import dev.consentkit.ImportChoice

/**
 * An answer that an older store of the app holds; the later of two is the greater. Of one date the no is. A yes without a date comes before
 * all others, a no without one after them, since it may have been the last: in doubt the answer is no.
 */
internal class Elsewhere(val choice: ChoiceKind, val at: Long?) : Comparable<Elsewhere> {
    private val rank = when {
        at != null -> 1
        choice.lowers -> 2
        else -> 0
    }

    override fun compareTo(other: Elsewhere): Int = compareValuesBy(this, other, { it.rank }, { it.at ?: 0 }, { it.choice.lowers })
}

/** Most noes to one purpose that are remembered as brought: as many as one call may bring. What is brought past them is judged anew. */
internal const val MAX_BROUGHT = 200

/** A no that an older store of the app brought: its row there. */
internal data class BroughtNo(val source: String, val choice: ChoiceKind, val at: Long?)

/** The row of a no; `null` for a yes, which is not remembered. */
internal val ImportChoice.no: BroughtNo? get() = if (choice.lowers) BroughtNo(source, choice, saidAt) else null

/** True where an answer of an older store is taken over: it takes the place of what stands, and is no no that was brought before. */
internal fun State.takesOver(key: Key, row: ImportChoice): Boolean =
    row.no !in brought[key].orEmpty() && said[key].givesWayTo(row.elsewhere)

internal val ImportChoice.elsewhere: Elsewhere get() = Elsewhere(choice, saidAt)

/** The latest answer to each purpose, with its place in the call, in the order in which the purposes come first. */
internal fun latest(choices: List<ImportChoice>): List<IndexedValue<ImportChoice>> {
    val latest = LinkedHashMap<String, IndexedValue<ImportChoice>>()
    for (row in choices.withIndex()) {
        val known = latest[row.value.purpose]
        if (known == null || row.value.elsewhere > known.value.elsewhere) latest[row.value.purpose] = row
    }
    return latest.values.toList()
}

/** True where an answer of an older store takes the place of what stands. */
internal fun Said?.givesWayTo(later: Elsewhere): Boolean = when {
    this == null -> true
    // By the date that it bore there: a clock that was wrong since makes no row of the store a later one.
    imported -> later > Elsewhere(choice, written.takeIf { !undated })
    // Against what was said here only a later no.
    else -> choice == ChoiceKind.GRANTED && later.choice.lowers && later.at != null && later.at > at
}
