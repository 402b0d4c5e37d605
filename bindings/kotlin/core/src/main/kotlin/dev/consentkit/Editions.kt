package dev.consentkit

import dev.consentkit.internal.Parts

/** An edition of the policy that is announced: it is known, and comes into force on its day. Until then the one before it counts. */
public class AnnouncedEdition(
    /** Its place in the order of versions. */
    public val edition: Long,
    /** The label of the version. */
    public val version: String,
    /** When it comes into force, Unix milliseconds. */
    public val from: Long,
    /** How many days are left until then. A day that has begun counts as a whole one. */
    public val daysLeft: Long,
    /** What changes from the edition before it, field by field. */
    public val changes: List<PolicyChange>,
    /** The purposes that whoever granted them is asked about again. */
    public val asksAgain: List<String>,
    /** The purposes that nobody was asked about before. */
    public val asksFirst: List<String>,
    /** The whole document in the person's language, for a page that shows what comes. */
    public val policy: PolicyView,
) {
    private val parts: Parts
        get() = Parts(
            "edition" to edition, "version" to version, "from" to from, "daysLeft" to daysLeft, "changes" to changes,
            "asksAgain" to asksAgain, "asksFirst" to asksFirst, "policy" to policy,
        )

    override fun equals(other: Any?): Boolean = other is AnnouncedEdition && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "AnnouncedEdition$parts"
}

/** One change between two editions of a policy. */
public class PolicyChange(
    /** Its place: a JSON pointer (RFC 6901) into the later document, or into the earlier one for what the later one no longer has. */
    public val pointer: String,
    /** What stood there: a text as it is, anything else as JSON. `null` for what is new. */
    public val old: String?,
    /** What stands there now. `null` for what is gone. */
    public val new: String?,
    /** True where it is part of what people agree to, so that a consent given before does not cover it. */
    public val material: Boolean,
    /** The purposes that it is part of, where it is material. */
    public val purposes: List<String>,
) {
    private val parts: Parts
        get() = Parts("pointer" to pointer, "old" to old, "new" to new, "material" to material, "purposes" to purposes)

    override fun equals(other: Any?): Boolean = other is PolicyChange && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "PolicyChange$parts"
}
