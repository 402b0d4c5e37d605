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
    imported -> later > Elsewhere(choice, at.takeIf { !undated })
    // Against what was said here only a later no.
    else -> choice == ChoiceKind.GRANTED && later.choice.lowers && later.at != null && later.at > at
}
