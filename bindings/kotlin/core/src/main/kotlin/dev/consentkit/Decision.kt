package dev.consentkit

import dev.consentkit.internal.Parts
import dev.consentkit.internal.textOf

/** The answer about one purpose, with every reason against it. */
public class Decision @JvmOverloads constructor(
    /** The purpose asked about. */
    public val purpose: String,
    /** True where nothing blocks. */
    public val allowed: Boolean,
    /** All that blocks, in the documented order; empty where it is allowed. */
    public val reasons: List<Reason>,
    /** True for a push purpose while notifications are turned off in the system. No reason, and no part of [allowed] (KR-6). */
    public val osBlocked: Boolean = false,
) {
    private val parts: Parts get() = Parts("purpose" to purpose, "allowed" to allowed, "reasons" to reasons, "osBlocked" to osBlocked)

    override fun equals(other: Any?): Boolean = other is Decision && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "Decision$parts"
}

/** Why an answer that was given must be asked for again. */
public enum class AskAgain {
    /** The notice changed in meaning since (PIPA-1). */
    POLICY_CHANGED,

    /** The grant's time is over. */
    EXPIRED,

    /** The giver of the grant could not see a withdrawal: it was made elsewhere, or here after the form was drawn. */
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
    public val code: String = name.lowercase()
}

/** Why a purpose is not allowed. */
public sealed class Reason(
    /** Stable code, such as `night` or `requires:marketing.data_use`: for logs, JSON and comparisons. */
    public val code: String,
) {
    /** The policy has no such purpose. */
    public object UnknownPurpose : Reason("unknown_purpose")

    /** The store is closed or cannot be read. */
    public object StoreUnavailable : Reason("store_unavailable")

    /** The store is being opened: see [Consent.opening]. Nothing is known yet, so nothing is allowed. */
    public object Opening : Reason("store_unavailable:opening")

    /** The person is below the age of consent, or may be, and the guardian is not verified (PIPA-8). */
    public object GuardianRequired : Reason("guardian_required")

    /**
     * The person is below the age of consent, or may be: no advertising id and no sharing for advertising, whatever the guardian says
     * (AND-5, BA-1).
     */
    public object Child : Reason("child")

    /** The person denied tracking in the system. */
    public object OsDenied : Reason("os_denied")

    /** The system forbids tracking and the person cannot change it. */
    public object OsRestricted : Reason("os_restricted")

    /** The system has not asked about tracking yet. */
    public object OsNotDetermined : Reason("os_not_determined")

    /** The person limited or deleted the advertising id. */
    public object AdIdLimited : Reason("ad_id_limited")

    /** There is no advertising id to be had. */
    public class AdIdUnavailable(
        /** Why. */
        public val kind: dev.consentkit.AdvertisingIdUnavailable,
    ) : Reason("ad_id_unavailable:${kind.code}")

    /** Global Privacy Control is on. */
    public object Gpc : Reason("gpc")

    /** A purpose this one requires is not allowed. */
    public class Requires(
        /** That purpose. */
        public val purpose: String,
    ) : Reason("requires:$purpose")

    /**
     * It is allowed until the person objects, and it is not known yet whether the person objected elsewhere: since a sign-in, or since the
     * file came from elsewhere, the server has not told all of it. Sync.
     */
    public object NotPulled : Reason("not_pulled")

    /** Nobody was asked, or nothing was said. */
    public object NotAnswered : Reason("not_answered")

    /** The person said no. */
    public object Refused : Reason("refused")

    /** The person withdrew. */
    public object Withdrawn : Reason("withdrawn")

    /** There was a grant, and it must be asked for again. */
    public class AskAgain(
        /** Why. */
        public val cause: dev.consentkit.AskAgain,
    ) : Reason("ask_again:${cause.code}")

    /** It is night in the policy's zone and there is no separate consent (KR-4). */
    public object Night : Reason("night")

    /** It is not known what time it is in the policy's zone, so it may be night, and there is no separate consent. */
    public object ZoneUnknown : Reason("zone_unknown")

    /**
     * One sentence for a person or a privacy officer, in Korean for a `ko` language tag, in Japanese for `ja` and in English for any other.
     *
     * The sentence comes from the native library; where that cannot be loaded (a test with the fake), it is [code]. Never throws.
     */
    public fun text(language: String): String = textOf(this, language)

    /** [code] without the purpose that it may name: what a log may carry. */
    internal val codeForLog: String get() = if (this is Requires) "requires" else code

    final override fun equals(other: Any?): Boolean = other is Reason && other.code == code

    final override fun hashCode(): Int = code.hashCode()

    final override fun toString(): String = code
}
