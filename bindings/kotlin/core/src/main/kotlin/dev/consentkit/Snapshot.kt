package dev.consentkit

import dev.consentkit.internal.KnownAnswer
import dev.consentkit.internal.Parts
import dev.consentkit.internal.asJson
import dev.consentkit.internal.changingWithTime

/** The four values of Google Consent Mode (GCM-1): true is `granted`. In doubt all are denied. */
public class GoogleConsent(
    /** `ad_storage`. */
    public val adStorage: Boolean = false,
    /** `analytics_storage`. */
    public val analyticsStorage: Boolean = false,
    /** `ad_user_data`. */
    public val adUserData: Boolean = false,
    /** `ad_personalization`. */
    public val adPersonalization: Boolean = false,
) {
    private val parts: Parts
        get() = Parts(
            "adStorage" to adStorage, "analyticsStorage" to analyticsStorage, "adUserData" to adUserData,
            "adPersonalization" to adPersonalization,
        )

    override fun equals(other: Any?): Boolean = other is GoogleConsent && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "GoogleConsent$parts"
}

/** The answer about one purpose at one moment. */
public class PurposeAnswer @JvmOverloads constructor(
    /** The purpose. */
    public val purpose: String,
    /** May it be done? */
    public val allowed: Boolean,
    /** Every reason against it. */
    public val reasons: List<Reason>,
    /** What the person said last. */
    public val status: Status,
    /** From this time on, Unix milliseconds, the answer and its reasons may be others; `null` where only a change can alter them. */
    public val validUntil: Long? = null,
    /** True for a push purpose while notifications are turned off in the system (KR-6). */
    public val osBlocked: Boolean = false,
) {
    /** The same answer as a [Decision]. */
    public val decision: Decision = Decision(purpose, allowed, reasons, osBlocked)

    private val parts: Parts
        get() = Parts(
            "purpose" to purpose, "allowed" to allowed, "reasons" to reasons, "status" to status, "validUntil" to validUntil,
            "osBlocked" to osBlocked,
        )

    override fun equals(other: Any?): Boolean = other is PurposeAnswer && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "PurposeAnswer$parts"
}

/** The state of all purposes at one moment: immutable, to be kept, compared and passed between threads. */
public class Snapshot @JvmOverloads constructor(
    /** Counts up with every change. */
    public val generation: Long,
    /** When it was taken, Unix milliseconds. */
    public val at: Long,
    /** Label of the policy version in force; empty while the file is not open yet. */
    public val policyVersion: String,
    /** Changes saved on this device and not yet acknowledged by the server. */
    public val pending: Long,
    /** True while an account is signed in. */
    public val signedIn: Boolean,
    /** False before the [Consent] is open and once it is closed: nothing that needs consent is allowed then. */
    public val available: Boolean,
    /** True where the system blocks notifications: reported apart, never a consent (KR-6). */
    public val pushBlocked: Boolean,
    /** What the platform says. */
    public val signals: Signals,
    /** One a purpose, in the policy's order. */
    public val answers: List<PurposeAnswer>,
    /** For the Google SDKs in the app. */
    public val googleConsent: GoogleConsent = GoogleConsent(),
) {
    private val index: Map<String, KnownAnswer> = changingWithTime(answers).let { changing ->
        answers.associateTo(HashMap()) { it.purpose to KnownAnswer(it, it.purpose in changing) }
    }

    /** True where one of the answers may be another one at another time, earlier or later. */
    internal val changesWithTime: Boolean = index.values.any { it.changesWithTime }

    internal fun known(purpose: String): KnownAnswer? = index[purpose]

    /** Why a purpose that has no answer here is not allowed: another one than usual where no answer is known at all. */
    internal var withoutAnswer: Reason = Reason.UnknownPurpose
        private set

    /** What is known before a file is open, or where it cannot be opened: nothing. */
    internal constructor(generation: Long, at: Long, why: Reason) : this(generation, at, "", 0, false, false, false, Signals(), emptyList()) {
        withoutAnswer = why
    }

    /** From this time on, Unix milliseconds, one of the answers or its reasons may be another; `null` where only a change can alter any. */
    public val validUntil: Long? = answers.mapNotNull { it.validUntil }.minOrNull()

    /** The answer about a purpose at [at]; `null` where the policy has no such purpose. */
    public fun answer(purpose: String): PurposeAnswer? = index[purpose]?.answer

    /** Was it allowed at [at]? [Consent.allows] answers for now. */
    public fun allows(purpose: String): Boolean = answer(purpose)?.allowed ?: false

    /** The same with every reason against it. */
    public fun explain(purpose: String): Decision = answer(purpose)?.decision ?: Decision(purpose, false, listOf(withoutAnswer))

    /** The snapshot as JSON, for hosts in Flutter or React Native. `docs/snapshot-json.md` describes the form; it does not change under them. */
    public fun toJson(): String = asJson()

    private val parts: Parts
        get() = Parts(
            "generation" to generation, "at" to at, "policyVersion" to policyVersion, "pending" to pending, "signedIn" to signedIn,
            "available" to available, "pushBlocked" to pushBlocked, "signals" to signals, "answers" to answers,
            "googleConsent" to googleConsent,
        )

    override fun equals(other: Any?): Boolean = other is Snapshot && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "Snapshot$parts"
}
