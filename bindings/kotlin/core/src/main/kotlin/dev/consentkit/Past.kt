package dev.consentkit

/** One thing that happened, for a person or a privacy officer to read. */
data class HistoryEntry(
    /** Position in the ledger, from 1. */
    val seq: Long,
    /** When, Unix milliseconds on the device's clock. */
    val at: Long,
    /** Minutes that local time was ahead of UTC. */
    val offset: Int,
    /**
     * `install`, `choice`, `import`, `signal`, `policy`, `link`, `merge`, `remote`, `outcome`, `restore` or `redated` (a date that cannot be
     * was noticed: from here on the answer counts from now).
     */
    val kind: String,
    /** The purpose, where it is about one. */
    val purpose: String?,
    /** Where it put the purpose; for `remote` the server's word. */
    val status: Status?,
    /** By whom, for a choice. */
    val actor: Actor?,
    /** How, for a choice. */
    val method: Method?,
    /** Label of the policy version it answers. */
    val policyVersion: String?,
    /** SHA-256 (hex) of the notice that was shown. */
    val text: String?,
    /** Language of that notice. */
    val language: String?,
)

/** What was allowed at a time. */
data class StateAt(
    /** The time asked about, Unix milliseconds. */
    val at: Long,
    /** Label of the policy version in force then; `null` before the first. */
    val policyVersion: String?,
    /** One a purpose of that policy. */
    val decisions: List<Decision>,
)

/** Where a ledger does not hold. */
data class VerificationFault(
    /** Position of the record; 0 where the fault is in what follows from the records. */
    val seq: Long,
    /** What does not fit. */
    val what: String,
)

/** Result of a full check of the ledger. */
data class Verification(
    /** True where every record is the one that was written, in its place, and the state follows from them. */
    val ok: Boolean,
    /** Records checked. */
    val records: Long,
    /** The first fault. */
    val fault: VerificationFault?,
)
