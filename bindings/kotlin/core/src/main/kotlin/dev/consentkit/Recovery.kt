package dev.consentkit

import dev.consentkit.internal.Parts

/**
 * Records of this file that were on the disk once and are gone. The file, or a part of it, was lost or was put back to an earlier state.
 *
 * What was granted before does not count any more, until a sync shows that it still does or the person answers again: nobody can tell whether a
 * withdrawal was among what is gone. No withdrawal is made up.
 */
public class RolledBack(
    /** How many records are gone, at least; 0 where that cannot be told. */
    public val records: Long,
    /** When the last record was written that is still there, Unix milliseconds; `null` where none is. What was said after it is gone. */
    public val since: Long?,
    /** Position of the record that says so, from which on the history goes on. */
    public val seq: Long,
) {
    private val parts: Parts get() = Parts("records" to records, "since" to since, "seq" to seq)

    override fun equals(other: Any?): Boolean = other is RolledBack && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "RolledBack$parts"
}

/** What was saved of a damaged file. It holds nothing of what anybody said, so that it may be shown and sent to whoever helps. */
public class Recovered(
    /** Records that were carried over: all from the first on up to the first that is gone or altered. */
    public val records: Long,
    /** Records that are known to be gone. */
    public val lost: Long,
    /** Refusals and withdrawals among those carried over that the server has not acknowledged. They are sent at the next sync. */
    public val noes: Long,
    /** Where the damaged file lies now, with its log beside it. Nothing but the app removes it. */
    public val aside: String,
) {
    private val parts: Parts get() = Parts("records" to records, "lost" to lost, "noes" to noes, "aside" to aside)

    override fun equals(other: Any?): Boolean = other is Recovered && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "Recovered$parts"
}
