package dev.consentkit

import dev.consentkit.internal.Parts

/**
 * How a sync ended. What an account that signed out granted, and the word that it was signed in here, may wait in either case until it signs
 * in again: see [Consent.pending].
 */
public enum class SyncState {
    /** Nothing was answered yet and nobody signed in: nothing may be sent (KR-19). */
    QUIET,

    /** Everything that could be sent was, and the server's states are here. */
    UP_TO_DATE,

    /** Something waits: [SyncReport.troubles] says why, [SyncReport.retryAt] until when. */
    WAITING,
    ;

    /** Stable code, such as `up_to_date`. */
    public val code: String = name.lowercase()
}

/** Why changes are not getting through. They are kept on the device all the while. */
public sealed class Trouble(
    /** Stable code, such as `offline`. */
    public val code: String,
) {
    /** The server cannot be reached. Tried again by itself. */
    public object Offline : Trouble("offline")

    /** The server is busy or broken. Tried again by itself. */
    public class ServerBusy(
        /** HTTP status: 408, 425, 429 or 500 to 599. */
        public val status: Int,
    ) : Trouble("server_busy") {
        private val parts: Parts get() = Parts("status" to status)

        override fun equals(other: Any?): Boolean = other is ServerBusy && other.parts == parts

        override fun hashCode(): Int = parts.hashCode()

        override fun toString(): String = "ServerBusy$parts"
    }

    /**
     * The server does not accept the token, also not a fresh one, or there is none: [ConsentOptions.tokens] was not set, or gave `null`.
     * Nothing is sent for this subject until the next sync.
     */
    public object Unauthorised : Trouble("unauthorised")

    /**
     * The server's address or set-up is wrong: whoever runs it has to act. Tried again daily, and hourly where it may yet be a portal or the
     * server answered before.
     */
    public class Configuration(
        /** HTTP status: 300 to 399, 400, 404, 405, 410, 413, 421 or 422. */
        public val status: Int,
    ) : Trouble("configuration") {
        private val parts: Parts get() = Parts("status" to status)

        override fun equals(other: Any?): Boolean = other is Configuration && other.parts == parts

        override fun hashCode(): Int = parts.hashCode()

        override fun toString(): String = "Configuration$parts"
    }

    /**
     * Something else answers in the server's place, as the log-in page of a hotel's network does: this server answered rightly before, so
     * its address is not wrong. Tried again by itself, within minutes.
     */
    public class Portal(
        /** HTTP status: 200 to 399, 400, 404, 405, 410, 413, 421, 422 or 511, or one that has no meaning here. */
        public val status: Int,
    ) : Trouble("portal") {
        private val parts: Parts get() = Parts("status" to status)

        override fun equals(other: Any?): Boolean = other is Portal && other.parts == parts

        override fun hashCode(): Int = parts.hashCode()

        override fun toString(): String = "Portal$parts"
    }

    /** The server answered with a status that has no meaning here. Tried again by itself. */
    public class UnexpectedStatus(
        /** HTTP status. */
        public val status: Int,
    ) : Trouble("unexpected_status") {
        private val parts: Parts get() = Parts("status" to status)

        override fun equals(other: Any?): Boolean = other is UnexpectedStatus && other.parts == parts

        override fun hashCode(): Int = parts.hashCode()

        override fun toString(): String = "UnexpectedStatus$parts"
    }

    /** The server said yes, but its answer cannot be believed. Tried again by itself. */
    public class MalformedAnswer(
        /** Place and kind of the fault; holds no values. */
        public val fault: String,
    ) : Trouble("malformed_answer") {
        private val parts: Parts get() = Parts("fault" to fault)

        override fun equals(other: Any?): Boolean = other is MalformedAnswer && other.parts == parts

        override fun hashCode(): Int = parts.hashCode()

        override fun toString(): String = "MalformedAnswer$parts"
    }

    /** The answer is too large, even for a single state. Tried again by itself. */
    public object AnswerTooLarge : Trouble("answer_too_large")

    /** The server answered well but took up nothing. Tried again by itself. */
    public object NoProgress : Trouble("no_progress")

    /**
     * The server told more than this device records in a day, so some of its states are not here yet; what they take away is. They are
     * asked for again at every sync, and recorded as days pass.
     */
    public object TooMuchTold : Trouble("too_much_told")

    /** The server keeps reporting a conflict. Tried again by itself. */
    public object Conflict : Trouble("conflict")

    /** The server could not or would not take a change: see [Consent.stuck]. It is tried again daily and after an upgrade. */
    public object Stuck : Trouble("stuck")

    /**
     * Nothing was asked of the server yet: an earlier failure, or the time that was given, holds the next request back. See
     * [SyncReport.retryAt].
     */
    public object Paused : Trouble("paused")

    override fun toString(): String = code
}

/** What a sync did. */
public class SyncReport(
    /** How it ended. */
    public val state: SyncState,
    /** Changes that the server acknowledged in this call. */
    public val acknowledged: Long,
    /** Changes that wait, stuck ones among them. */
    public val pending: Long,
    /** Changes that the server could not or would not take; see [Consent.stuck]. */
    public val stuck: Long,
    /** Why something waits; never empty where [state] is [SyncState.WAITING]. */
    public val troubles: List<Trouble>,
    /** No request before this time, Unix milliseconds; `null` where nothing holds it back. */
    public val retryAt: Long?,
    /** True where the server holds less than it once acknowledged (withdrawals were queued again), or another ledger under this installation's name. */
    public val serverLostData: Boolean,
    /** True where this file turned out to be a copy of another phone's: a new installation began. */
    public val restored: Boolean,
    /** How far the server's clock is ahead of this device's, milliseconds, where it is more than a day. It does no harm. */
    public val clockSkew: Long?,
    /**
     * True where a later edition of the policy came into force in this call. The next sync asks for everything anew, so that what was said
     * elsewhere of its new purposes is heard.
     */
    public val policyChanged: Boolean,
    /**
     * How many states the server told of purposes that the policy in force does not have. They are counted and not kept; once an edition
     * with these purposes comes into force they are asked for again. Many of them over many syncs: the app's policy is out of date.
     */
    public val unknownPurposes: Long,
    /** True where an edition of the policy became known in this call that comes into force on a later day: see [Consent.announced]. */
    public val policyAnnounced: Boolean,
    /**
     * Why an edition that the server has was not taken, with the place of each fault in its document. The edition in force stays. Where this
     * version of the library cannot read the document, a newer version of the app can.
     */
    public val policyFaults: List<PolicyFault>,
) {
    private val parts: Parts
        get() = Parts(
            "state" to state, "acknowledged" to acknowledged, "pending" to pending, "stuck" to stuck, "troubles" to troubles,
            "retryAt" to retryAt, "serverLostData" to serverLostData, "restored" to restored, "clockSkew" to clockSkew,
            "policyChanged" to policyChanged, "unknownPurposes" to unknownPurposes,
            "policyAnnounced" to policyAnnounced, "policyFaults" to policyFaults,
        )

    override fun equals(other: Any?): Boolean = other is SyncReport && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "SyncReport$parts"
}

/** What a sign-out left behind; see [Consent.signOut]. */
public class SignOutReport(
    /** What the sync before it did; `null` where none could be made: no server, no time, nobody signed in, or another sync is running. */
    public val sync: SyncReport?,
    /**
     * The account's changes that the server has not acknowledged, oldest first, at most 1,000. Refusals and withdrawals among them are still
     * sent by every later sync. Grants wait until this account signs in here again.
     */
    public val waiting: List<PendingChange>,
    /**
     * Why there was no sync although there was to be one, in the words of the error that [Consent.sync] would have given. `null` where one
     * was made, and where there was none to make: no server, no time, nobody signed in.
     */
    public val failure: String?,
) {
    private val parts: Parts get() = Parts("sync" to sync, "waiting" to waiting, "failure" to failure)

    override fun equals(other: Any?): Boolean = other is SignOutReport && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "SignOutReport$parts"
}

/** What a change is. */
public enum class ChangeKind {
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
public class PendingChange(
    /** What it is. */
    public val kind: ChangeKind,
    /** The purpose; empty for signals, links and merges. */
    public val purpose: String,
    /** Name of the operation. */
    public val op: String,
    /** Position in the ledger. */
    public val seq: Long,
    /** True for what takes a permission away: a refusal, a withdrawal, a person below the age of consent. */
    public val lowers: Boolean,
    /** Stable code of why the server did not take it; `null` while it simply waits. */
    public val stuck: String?,
) {
    private val parts: Parts
        get() = Parts(
            "kind" to kind, "purpose" to purpose, "op" to op, "seq" to seq, "lowers" to lowers, "stuck" to stuck,
        )

    override fun equals(other: Any?): Boolean = other is PendingChange && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "PendingChange$parts"
}

/** What a denial in memory is about. */
public enum class DenialKind {
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
public class Unrecorded(
    /** What it is about. */
    public val kind: DenialKind,
    /** The purpose, for a no. */
    public val purpose: String?,
    /** Since when it counts, Unix milliseconds on this device's clock. */
    public val since: Long,
) {
    private val parts: Parts get() = Parts("kind" to kind, "purpose" to purpose, "since" to since)

    override fun equals(other: Any?): Boolean = other is Unrecorded && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "Unrecorded$parts"
}
