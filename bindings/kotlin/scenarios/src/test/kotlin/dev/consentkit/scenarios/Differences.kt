package dev.consentkit.scenarios

/** All that differs in one step: a report names everything, not the first. */
class Differences {
    private val found = mutableListOf<String>()

    fun add(difference: String) {
        found += difference
    }

    fun <T> compare(what: String, expected: T, got: T) {
        if (expected != got) add("$what: expected ${shown(expected)}, got ${shown(got)}")
    }

    /** What a scenario leaves out is not looked at. */
    fun <T> maybe(what: String, expected: T?, got: T) {
        if (expected != null) compare(what, expected, got)
    }

    /** Fails the step where anything differs. */
    fun refuse() {
        if (found.isNotEmpty()) throw Fault(found.joinToString("; "))
    }

    private fun shown(value: Any?): String = when (value) {
        is String -> "\"$value\""
        is List<*> -> value.joinToString(", ", "[", "]") { shown(it) }
        is Map<*, *> -> value.toSortedMap(compareBy { it.toString() }).entries.joinToString(", ", "{", "}") { "${it.key}: ${shown(it.value)}" }
        else -> value.toString()
    }
}

/** Collects the differences of one step and fails it where there are any. */
fun compared(look: Differences.() -> Unit) = Differences().apply(look).refuse()
