package dev.consentkit.internal

/**
 * What a value of the public face is made of, by name: two values of one class are equal where these are. The public classes are no data
 * classes, whose `copy` and `componentN` would break in apps with the next field.
 */
internal class Parts(private vararg val parts: Pair<String, Any?>) {
    override fun equals(other: Any?): Boolean = other is Parts && other.parts.contentEquals(parts)

    override fun hashCode(): Int = parts.contentHashCode()

    override fun toString(): String = parts.joinToString(", ", "(", ")") { (name, value) -> "$name=$value" }
}
