package dev.consentkit

import dev.consentkit.internal.Parts

/** One thing that happened, for a person or a privacy officer to read. */
public class HistoryEntry(
    /** Position in the ledger, from 1. */
    public val seq: Long,
    /** When, Unix milliseconds on the device's clock. */
    public val at: Long,
    /** Minutes that local time was ahead of UTC. */
    public val offset: Int,
    /**
     * `install`, `choice`, `import`, `signal`, `policy` (an edition came into force), `announced` (an edition became known before its day),
     * `closed` (a form was closed while this question was open), `link`, `merge`, `remote`, `outcome`, `restore` or `redated` (a date that
     * cannot be was noticed: from here on the answer counts from now).
     */
    public val kind: String,
    /** The purpose, where it is about one. */
    public val purpose: String?,
    /** Where it put the purpose; for `remote` the server's word. */
    public val status: Status?,
    /** By whom, for a choice and an import. */
    public val actor: Actor?,
    /** How, for a choice. */
    public val method: Method?,
    /** Label of the policy version it answers. */
    public val policyVersion: String?,
    /** SHA-256 (hex) of the notice that was shown. */
    public val text: String?,
    /** Language of that notice. */
    public val language: String?,
    /** The edition of the policy that it answers. Its text stays readable: see [Consent.edition]. */
    public val edition: Long?,
    /** For a link: true where an account signed in, false where it signed out. */
    public val signedIn: Boolean?,
    /** For an import: the name of the older store. */
    public val source: String?,
    /** For an import: when it was said there, Unix milliseconds. `null` where the older store did not keep it. */
    public val saidAt: Long?,
) {
    private val parts: Parts
        get() = Parts(
            "seq" to seq, "at" to at, "offset" to offset, "kind" to kind, "purpose" to purpose, "status" to status, "actor" to actor,
            "method" to method, "policyVersion" to policyVersion, "text" to text, "language" to language, "edition" to edition,
            "signedIn" to signedIn, "source" to source, "saidAt" to saidAt,
        )

    override fun equals(other: Any?): Boolean = other is HistoryEntry && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "HistoryEntry$parts"
}

/** What was allowed at a time. */
public class StateAt(
    /** The time asked about, Unix milliseconds. */
    public val at: Long,
    /** Label of the policy version in force then; `null` before the first. */
    public val policyVersion: String?,
    /** One a purpose of that policy. */
    public val decisions: List<Decision>,
) {
    private val parts: Parts get() = Parts("at" to at, "policyVersion" to policyVersion, "decisions" to decisions)

    override fun equals(other: Any?): Boolean = other is StateAt && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "StateAt$parts"
}

/** Where a ledger does not hold. */
public class VerificationFault(
    /** Position of the record; 0 where the fault is in what follows from the records. */
    public val seq: Long,
    /** What does not fit. */
    public val what: String,
) {
    private val parts: Parts get() = Parts("seq" to seq, "what" to what)

    override fun equals(other: Any?): Boolean = other is VerificationFault && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "VerificationFault$parts"
}

/** Result of a full check of the ledger. */
public class Verification(
    /** True where every record is the one that was written, in its place, and the state follows from them. */
    public val ok: Boolean,
    /** Records checked. */
    public val records: Long,
    /** The first fault. */
    public val fault: VerificationFault?,
) {
    private val parts: Parts get() = Parts("ok" to ok, "records" to records, "fault" to fault)

    override fun equals(other: Any?): Boolean = other is Verification && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "Verification$parts"
}
