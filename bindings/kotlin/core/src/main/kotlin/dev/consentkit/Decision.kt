package dev.consentkit

import dev.consentkit.internal.textOf

/** The answer about one purpose, with every reason against it. */
data class Decision @JvmOverloads constructor(
    /** The purpose asked about. */
    val purpose: String,
    /** True where nothing blocks. */
    val allowed: Boolean,
    /** All that blocks, in the documented order; empty where it is allowed. */
    val reasons: List<Reason>,
    /** True for a push purpose while notifications are turned off in the system. No reason, and no part of [allowed] (KR-6). */
    val osBlocked: Boolean = false,
)

/** Why an answer that was given must be asked for again. */
enum class AskAgain {
    /** The notice changed in meaning since (PIPA-1). */
    POLICY_CHANGED,

    /** The grant's time is over. */
    EXPIRED,

    /** A withdrawal was made elsewhere that the giver of the grant could not see. */
    STALE_GRANT,

    /** The file came from a backup or another phone. */
    RESTORED,

    /** An imported consent without a date. */
    UNDATED,

    /** The advertising id was replaced: the new one is a stranger's (AND-4). */
    AD_ID_CHANGED,

    /** The person gave it, and is below the age of consent or may be: the guardian has to answer (PIPA-8). */
    NOT_BY_GUARDIAN,

    /** The server could not or would not take the grant. It is kept on this device and tried again; see [Consent.stuck]. */
    REJECTED,

    /** The server says that there is a grant, and gave no record of it that fits. */
    UNPROVEN,

    /**
     * The grant has an expiry and bears a date that cannot be: after the present clock, or before any app could ask. It counts again from
     * the moment at which that is noticed, at the next open or write.
     */
    IMPOSSIBLE_DATE,
    ;

    /** Stable code, such as `stale_grant`. */
    val code: String = name.lowercase()
}

/** Why a purpose is not allowed. */
sealed class Reason(
    /** Stable code, such as `night` or `requires:marketing.data_use`: for logs, JSON and comparisons. */
    val code: String,
) {
    /** The policy has no such purpose. */
    object UnknownPurpose : Reason("unknown_purpose")

    /** The store is closed or cannot be read. */
    object StoreUnavailable : Reason("store_unavailable")

    /** The store is being opened: see [Consent.opening]. Nothing is known yet, so nothing is allowed. */
    object Opening : Reason("store_unavailable:opening")

    /** The person is below the age of consent, or may be, and the guardian is not verified (PIPA-8). */
    object GuardianRequired : Reason("guardian_required")

    /**
     * The person is below the age of consent, or may be: no advertising id and no sharing for advertising, whatever the guardian says
     * (AND-5, BA-1).
     */
    object Child : Reason("child")

    /** The person denied tracking in the system. */
    object OsDenied : Reason("os_denied")

    /** The system forbids tracking and the person cannot change it. */
    object OsRestricted : Reason("os_restricted")

    /** The system has not asked about tracking yet. */
    object OsNotDetermined : Reason("os_not_determined")

    /** The person limited or deleted the advertising id. */
    object AdIdLimited : Reason("ad_id_limited")

    /** There is no advertising id to be had. */
    data class AdIdUnavailable(
        /** Why. */
        val kind: dev.consentkit.AdvertisingIdUnavailable,
    ) : Reason("ad_id_unavailable:${kind.code}") {
        override fun toString(): String = code
    }

    /** Global Privacy Control is on. */
    object Gpc : Reason("gpc")

    /** A purpose this one requires is not allowed. */
    data class Requires(
        /** That purpose. */
        val purpose: String,
    ) : Reason("requires:$purpose") {
        override fun toString(): String = code
    }

    /** Nobody was asked, or nothing was said. */
    object NotAnswered : Reason("not_answered")

    /** The person said no. */
    object Refused : Reason("refused")

    /** The person withdrew. */
    object Withdrawn : Reason("withdrawn")

    /** There was a grant, and it must be asked for again. */
    data class AskAgain(
        /** Why. */
        val cause: dev.consentkit.AskAgain,
    ) : Reason("ask_again:${cause.code}") {
        override fun toString(): String = code
    }

    /** It is night in the policy's zone and there is no separate consent (KR-4). */
    object Night : Reason("night")

    /**
     * One sentence for a person or a privacy officer, in Korean for a `ko` language tag and in English for any other.
     *
     * The sentence comes from the native library; where that cannot be loaded (a test with the fake), it is [code]. Never throws.
     */
    fun text(language: String): String = textOf(this, language)

    /** [code] without the purpose that it may name: what a log may carry. */
    internal val codeForLog: String get() = if (this is Requires) "requires" else code

    override fun toString(): String = code
}
