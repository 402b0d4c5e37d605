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

/**
 * Most refusals and withdrawals to one purpose that are remembered as brought for one subject. With one more the oldest is forgotten. Should it
 * be brought again it is judged as if for the first time, and that can only take a permission away.
 */
private const val MAX_NOES = 200

/**
 * Most grants to one purpose that are remembered as brought, for all subjects together. None of them is ever forgotten: it could be brought in
 * a second time, for somebody else. So once there are this many, no other grant to the purpose is taken from an older store.
 */
private const val MAX_YESES = 200

/** A row of an older store of the app that was brought. */
internal data class BroughtRow(val source: String, val choice: ChoiceKind, val at: Long?)

internal val ImportChoice.brought: BroughtRow get() = BroughtRow(source, choice, saidAt)

/** True where this row was brought before, whether it changed anything or not, and whoever was in front of the screen then. */
internal fun State.wasBrought(purpose: String, row: BroughtRow): Boolean =
    brought.any { (key, rows) -> key.purpose == purpose && row in rows }

/** How many rows like this one can still be remembered without one that is remembered being forgotten. */
internal fun State.placesFor(key: Key, row: BroughtRow): Int =
    if (row.choice.lowers) {
        MAX_NOES - brought[key].orEmpty().count { it.choice.lowers }
    } else {
        MAX_YESES - brought.filterKeys { it.purpose == key.purpose }.values.sumOf { rows -> rows.count { !it.choice.lowers } }
    }

/** Remembers that this row was brought. */
internal fun State.withBrought(key: Key, row: BroughtRow): State {
    val rows = (brought[key].orEmpty() + row).distinct()
    val former = rows.filter { it.choice.lowers }.dropLast(MAX_NOES)
    return copy(brought = brought + (key to rows - former.toSet()))
}

/**
 * True where an answer of an older store is taken over: it takes the place of what stands, was not brought before, and is no yes that could not
 * be remembered as brought.
 */
internal fun State.takesOver(key: Key, row: ImportChoice): Boolean = when {
    wasBrought(key.purpose, row.brought) -> false
    !row.choice.lowers && placesFor(key, row.brought) <= 0 -> false
    else -> said[key].givesWayTo(row.elsewhere)
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
    // By the date that it bore there: a clock that was wrong since makes no row of the store a later one.
    imported -> later > Elsewhere(choice, written.takeIf { !undated })
    // Against what was said here only a later no.
    else -> choice == ChoiceKind.GRANTED && later.choice.lowers && later.at != null && later.at > at
}
