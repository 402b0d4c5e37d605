package dev.consentkit

import dev.consentkit.internal.Parts

/** What went wrong. Nothing is half written when one of these is thrown, and no text here carries personal data. */
public sealed class ConsentException(
    /** Stable code, such as `notice_not_shown`: for logs and for hosts in other languages. */
    public val code: String,
    message: String,
    cause: Throwable? = null,
) : RuntimeException(message, cause) {
    /** An argument is not usable. */
    public class Invalid(
        /** The argument, as a path: `answers[2].purpose`. */
        public val field: String,
        /** What was wrong, and what to do; follows the field's name in a sentence. */
        public val reason: String,
    ) : ConsentException("invalid", "$field $reason.")

    /** A grant without the notice it answers. Ask with [Consent.questions] first. */
    public class NoticeNotShown(
        /** The purpose. */
        public val purpose: String,
    ) : ConsentException("notice_not_shown", "A grant for $purpose was not recorded, because its notice was not shown.")

    /** The shown token is not this ledger's, or no longer fits. Ask again. */
    public class ShownRefused(
        /** What was wrong. */
        public val reason: String,
    ) : ConsentException("shown_refused", "The shown token was not accepted: $reason.")

    /** The policy document has faults. */
    public class PolicyInvalid(
        /** Every fault, with its place in the document. */
        public val faults: List<PolicyFault>,
    ) : ConsentException("policy_invalid", "The policy document has faults: ${faults.joinToString("; ")}.")

    /** The policy may not follow the one in force. */
    public class PolicyRefused(
        /** Every reason. */
        public val faults: List<PolicyFault>,
    ) : ConsentException("policy_refused", "The policy may not replace the one in force: ${faults.joinToString("; ")}.")

    /** The file is no ConsentKit database. It was not touched. */
    public class NotADatabase : ConsentException("not_a_database", "The file is not a ConsentKit database. It was not touched.")

    /** A newer version of this library wrote the file. It was not touched. */
    public class NewerStore(
        /** Its schema. */
        public val found: Long,
        /** The newest schema this library knows. */
        public val known: Long,
    ) : ConsentException("newer_store", "A newer version of the library wrote the database (schema $found, this one knows $known). It was not touched.")

    /** What is stored contradicts itself. It was not touched. */
    public class Damaged(
        /** What does not fit. */
        public val reason: String,
    ) : ConsentException("damaged", "The database contradicts itself: $reason. It was not touched.")

    /**
     * The file cannot be read or written now: locked device, full disk, another process that holds it too long. What the call took away (a
     * no, a denying signal, a sign-out) counts in memory all the same: see [Consent.unrecorded]. A yes, or anything else that the call was
     * to do, did not happen: make the call again.
     */
    public class StoreUnavailable(
        /** What happened. */
        public val reason: String,
        /** SQLite's extended result code, 0 where there is none. */
        public val sqliteCode: Int,
    ) : ConsentException("store_unavailable", "The database cannot be used at the moment: $reason${if (sqliteCode == 0) "" else " (SQLite $sqliteCode)"}.")

    /** The [Consent] was closed. */
    public class ShutDown : ConsentException("shut_down", "The Consent was closed.")

    /** Another sync runs, in this process or another. */
    public class AlreadySyncing : ConsentException("already_syncing", "A sync is running already.")

    /** No server was given at open. */
    public class NoServer : ConsentException("no_server", "There is no server to sync with: none was given at open.")

    /** Too many changes wait; grants are refused until a sync, withdrawals never are. */
    public class TooManyPending(
        /** Most changes that may wait. */
        public val limit: Long,
    ) : ConsentException("too_many_pending", "The grant was not recorded, because $limit changes wait to be sent already.")

    /** The native library is not in the app, or is not the one this package was made for. */
    public class LibraryMissing(cause: Throwable) :
        ConsentException("library_missing", "The native library could not be loaded. Is libconsentkit packaged for this device's processor?", cause)

    /** A fault of the library itself. Nothing was written. It has no cause: the fault's own words may quote what was stored. */
    public class Internal : ConsentException("internal", "The library failed. Please report this.")
}

/** One fault in a policy document. */
public class PolicyFault(
    /** Its place: a JSON pointer (RFC 6901), empty for the whole document. */
    public val pointer: String,
    /** What kind of fault. */
    public val code: FaultCode,
    /** What is wrong. */
    public val what: String,
    /** What to do about it. */
    public val fix: String,
) {
    override fun toString(): String = "${pointer.ifEmpty { "the document" }}: $what ($code), $fix"

    private val parts: Parts get() = Parts("pointer" to pointer, "code" to code, "what" to what, "fix" to fix)

    override fun equals(other: Any?): Boolean = other is PolicyFault && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()
}
