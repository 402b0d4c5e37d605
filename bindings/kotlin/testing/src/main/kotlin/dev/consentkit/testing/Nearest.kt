package dev.consentkit.testing

import kotlin.math.abs

/** Most edits between a word and the one that was probably meant. */
private const val MAX_EDITS = 2

/**
 * The known word that was probably meant, as the library finds it: the nearest one, at most two edits away. An edit is one letter more, less or
 * other, or two that changed places. `null` where no word is so near, or more of the word would be other than the same.
 */
internal fun nearest(word: String, known: List<String>): String? {
    val letters = word.codePoints().toArray()
    return known.mapNotNull { other ->
        val points = other.codePoints().toArray()
        // What differs more in length takes more edits than that, and need not be compared.
        val edits = if (abs(letters.size - points.size) <= MAX_EDITS) edits(letters, points) else Int.MAX_VALUE
        if (edits <= MAX_EDITS && edits * 2 < maxOf(letters.size, 1)) edits to other else null
    }.minByOrNull { (edits, _) -> edits }?.second
}

/** How many edits make one word of the other. */
private fun edits(left: IntArray, right: IntArray): Int {
    val rows = mutableListOf(IntArray(right.size + 1) { it })
    for (i in left.indices) {
        val row = IntArray(right.size + 1)
        row[0] = i + 1
        for (j in right.indices) {
            var least = minOf(rows[i][j] + (if (left[i] == right[j]) 0 else 1), rows[i][j + 1] + 1, row[j] + 1)
            if (i > 0 && j > 0 && left[i] == right[j - 1] && left[i - 1] == right[j]) least = minOf(least, rows[i - 1][j - 1] + 1)
            row[j + 1] = least
        }
        rows += row
    }
    return rows[left.size][right.size]
}

/** What to do about a name that is no purpose of the policy: where it is near to one, that is probably a slip of the pen. */
internal fun PolicyDocument.meant(id: String): String =
    nearest(id, purposes.map { it.id })?.let { "perhaps `$it` was meant" } ?: "give one that the policy has"
