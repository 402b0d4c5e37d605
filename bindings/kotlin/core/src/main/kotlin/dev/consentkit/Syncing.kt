package dev.consentkit

/** How a sync ended. */
enum class SyncState {
    /** Nothing was answered yet and nobody signed in: nothing may be sent (KR-19). */
    QUIET,

    /** Everything that could be sent was, and the server's states are here. */
    UP_TO_DATE,

    /** Something waits: see [SyncReport.troubles] and [SyncReport.retryAt]. */
    WAITING,
}

/** Why changes are not getting through. They are kept on the device all the while. */
sealed class Trouble(
    /** Stable code, such as `offline`. */
    val code: String,
) {
    /** The server cannot be reached. Tried again by itself. */
    object Offline : Trouble("offline")

    /** The server is busy or broken. Tried again by itself. */
    data class ServerBusy(
        /** HTTP status: 408, 425, 429 or 500 to 599. */
        val status: Int,
    ) : Trouble("server_busy")

    /**
     * The server does not accept the token, also not a fresh one, or there is none: [ConsentBuilder.tokens] was not set, or gave `null`.
     * Nothing is sent for this subject until the next sync.
     */
    object Unauthorised : Trouble("unauthorised")

    /** The server's address or set-up is wrong: whoever runs it has to act. Tried again daily. */
    data class Configuration(
        /** HTTP status: 300 to 399, 400, 404, 405, 410, 413, 421 or 422. */
        val status: Int,
    ) : Trouble("configuration")

    /** The server answered with a status that has no meaning here. Tried again by itself. */
    data class UnexpectedStatus(
        /** HTTP status. */
        val status: Int,
    ) : Trouble("unexpected_status")

    /** The server said yes, but its answer cannot be believed. Tried again by itself. */
    data class MalformedAnswer(
        /** Place and kind of the fault; holds no values. */
        val fault: String,
    ) : Trouble("malformed_answer")

    /** The answer is too large, even for a single state. Tried again by itself. */
    object AnswerTooLarge : Trouble("answer_too_large")

    /** The server answered well but took up nothing. Tried again by itself. */
    object NoProgress : Trouble("no_progress")

    /** The server keeps reporting a conflict. Tried again by itself. */
    object Conflict : Trouble("conflict")

    override fun toString(): String = code
}

/** What a sync did. */
data class SyncReport(
    /** How it ended. */
    val state: SyncState,
    /** Changes that the server acknowledged in this call. */
    val acknowledged: Long,
    /** Changes that wait, stuck ones among them. */
    val pending: Long,
    /** Changes that the server could not or would not take; see [Consent.stuck]. */
    val stuck: Long,
    /** Why something waits. */
    val troubles: List<Trouble>,
    /** No request before this time, Unix milliseconds; `null` where nothing holds it back. */
    val retryAt: Long?,
    /** True where the server holds less than it once acknowledged (withdrawals were queued again), or another ledger under this installation's name. */
    val serverLostData: Boolean,
    /** True where this file turned out to be a copy of another phone's: a new installation began. */
    val restored: Boolean,
    /** How far the server's clock is ahead of this device's, milliseconds, where it is more than a day. It does no harm. */
    val clockSkew: Long?,
    /** True where a later edition of the policy came into force in this call. */
    val policyChanged: Boolean,
)

/** What a change is. */
enum class ChangeKind {
    /** A choice. */
    CHOICE,

    /** A consent from an older store. */
    IMPORT,

    /** The platform's signals: after an opt-out the server drops what is linked. */
    SIGNAL,

    /** An account's subject reference is made known. */
    LINK,

    /** Anonymous answers are brought into the account. */
    MERGE,
}

/** A change that the server has not acknowledged. */
data class PendingChange(
    /** What it is. */
    val kind: ChangeKind,
    /** The purpose; empty for signals, links and merges. */
    val purpose: String,
    /** Name of the operation. */
    val op: String,
    /** Position in the ledger. */
    val seq: Long,
    /** True for a refusal or a withdrawal. */
    val lowers: Boolean,
    /** Stable code of why the server did not take it; `null` while it simply waits. */
    val stuck: String?,
)
