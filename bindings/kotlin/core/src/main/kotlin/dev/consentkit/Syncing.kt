package dev.consentkit

/**
 * How a sync ended. What an account that signed out granted, and the word that it was signed in here, may wait in either case until it signs
 * in again: see [Consent.pending].
 */
enum class SyncState {
    /** Nothing was answered yet and nobody signed in: nothing may be sent (KR-19). */
    QUIET,

    /** Everything that could be sent was, and the server's states are here. */
    UP_TO_DATE,

    /** Something waits: [SyncReport.troubles] says why, [SyncReport.retryAt] until when. */
    WAITING,
    ;

    /** Stable code, such as `up_to_date`. */
    val code: String = name.lowercase()
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
     * The server does not accept the token, also not a fresh one, or there is none: [ConsentOptions.tokens] was not set, or gave `null`.
     * Nothing is sent for this subject until the next sync.
     */
    object Unauthorised : Trouble("unauthorised")

    /**
     * The server's address or set-up is wrong: whoever runs it has to act. Tried again daily, and hourly where it may yet be a portal or the
     * server answered before.
     */
    data class Configuration(
        /** HTTP status: 300 to 399, 400, 404, 405, 410, 413, 421 or 422. */
        val status: Int,
    ) : Trouble("configuration")

    /**
     * Something else answers in the server's place, as the log-in page of a hotel's network does: this server answered rightly before, so
     * its address is not wrong. Tried again by itself, within minutes.
     */
    data class Portal(
        /** HTTP status: 200 to 399, 400, 404, 405, 410, 413, 421, 422 or 511, or one that has no meaning here. */
        val status: Int,
    ) : Trouble("portal")

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

    /**
     * The server told more than this device records in a day, so some of its states are not here yet; what they take away is. They are
     * asked for again at every sync, and recorded as days pass.
     */
    object TooMuchTold : Trouble("too_much_told")

    /** The server keeps reporting a conflict. Tried again by itself. */
    object Conflict : Trouble("conflict")

    /** The server could not or would not take a change: see [Consent.stuck]. It is tried again daily and after an upgrade. */
    object Stuck : Trouble("stuck")

    /**
     * Nothing was asked of the server yet: an earlier failure, or the time that was given, holds the next request back. See
     * [SyncReport.retryAt].
     */
    object Paused : Trouble("paused")

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
    /** Why something waits; never empty where [state] is [SyncState.WAITING]. */
    val troubles: List<Trouble>,
    /** No request before this time, Unix milliseconds; `null` where nothing holds it back. */
    val retryAt: Long?,
    /** True where the server holds less than it once acknowledged (withdrawals were queued again), or another ledger under this installation's name. */
    val serverLostData: Boolean,
    /** True where this file turned out to be a copy of another phone's: a new installation began. */
    val restored: Boolean,
    /** How far the server's clock is ahead of this device's, milliseconds, where it is more than a day. It does no harm. */
    val clockSkew: Long?,
    /**
     * True where a later edition of the policy came into force in this call. The next sync asks for everything anew, so that what was said
     * elsewhere of its new purposes is heard.
     */
    val policyChanged: Boolean,
    /**
     * How many states the server told of purposes that the policy in force does not have. They are counted and not kept; once an edition
     * with these purposes comes into force they are asked for again. Many of them over many syncs: the app's policy is out of date.
     */
    val unknownPurposes: Long,
)

/** What a sign-out left behind; see [Consent.signOut]. */
data class SignOutReport(
    /** What the sync before it did; `null` where none could be made: no server, no time, nobody signed in, or another sync is running. */
    val sync: SyncReport?,
    /**
     * The account's changes that the server has not acknowledged, oldest first, at most 1,000. Refusals and withdrawals among them are still
     * sent by every later sync. Grants wait until this account signs in here again.
     */
    val waiting: List<PendingChange>,
    /**
     * Why there was no sync although there was to be one, in the words of the error that [Consent.sync] would have given. `null` where one
     * was made, and where there was none to make: no server, no time, nobody signed in.
     */
    val failure: String?,
)

/** What a change is. */
enum class ChangeKind {
    /** A choice. */
    CHOICE,

    /** A consent from an older store. */
    IMPORT,

    /** What the platform says, or what is known of the person's age: after an opt-out the server drops what is linked. */
    SIGNAL,

    /** An account's subject reference is made known. */
    LINK,

    /** Anonymous answers are brought into the account. */
    MERGE,

    /** A withdrawal made elsewhere that the server lost, and that this phone sends again. */
    RELAY,
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
    /** True for what takes a permission away: a refusal, a withdrawal, a person below the age of consent. */
    val lowers: Boolean,
    /** Stable code of why the server did not take it; `null` while it simply waits. */
    val stuck: String?,
)

/** What a denial in memory is about. */
enum class DenialKind {
    /** A refusal or a withdrawal, said here or heard from the server. */
    NO,

    /** A no brought from an older store of the app. */
    IMPORT,

    /** Tracking is denied, restricted or not yet asked for. */
    TRACKING,

    /** The advertising id is limited or cannot be had. */
    ADVERTISING_ID,

    /** The advertising id was replaced by another one. */
    ANOTHER_ADVERTISING_ID,

    /** Global Privacy Control is on. */
    GPC,

    /** The person may be too young to consent alone. */
    AGE,

    /** No guardian is verified. */
    GUARDIAN,

    /** The person who was signed in has left. */
    SIGN_OUT,

    /** An account was to sign in over an anonymous person. */
    SIGN_IN,

    /** A delivered edition of the policy that asks again or guards more. */
    POLICY,
}

/** A denial that counts and is held in memory alone, because the file could not be written. The next call that can write records it. */
data class Unrecorded(
    /** What it is about. */
    val kind: DenialKind,
    /** The purpose, for a no. */
    val purpose: String?,
    /** Since when it counts, Unix milliseconds on this device's clock. */
    val since: Long,
)
