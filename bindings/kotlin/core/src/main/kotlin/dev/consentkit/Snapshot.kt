package dev.consentkit

import dev.consentkit.internal.asJson

/** The four values of Google Consent Mode (GCM-1): true is `granted`. In doubt all are denied. */
data class GoogleConsent(
    /** `ad_storage`. */
    val adStorage: Boolean = false,
    /** `analytics_storage`. */
    val analyticsStorage: Boolean = false,
    /** `ad_user_data`. */
    val adUserData: Boolean = false,
    /** `ad_personalization`. */
    val adPersonalization: Boolean = false,
)

/** The answer about one purpose at one moment. */
data class PurposeAnswer @JvmOverloads constructor(
    /** The purpose. */
    val purpose: String,
    /** May it be done? */
    val allowed: Boolean,
    /** Every reason against it. */
    val reasons: List<Reason>,
    /** What the person said last. */
    val status: Status,
    /** From this time on, Unix milliseconds, the answer and its reasons may be others; `null` where only a change can alter them. */
    val validUntil: Long? = null,
    /** True for a push purpose while notifications are turned off in the system (KR-6). */
    val osBlocked: Boolean = false,
) {
    /** The same answer as a [Decision]. */
    val decision: Decision = Decision(purpose, allowed, reasons, osBlocked)
}

/** The state of all purposes at one moment: immutable, to be kept, compared and passed between threads. */
data class Snapshot @JvmOverloads constructor(
    /** Counts up with every change. */
    val generation: Long,
    /** When it was taken, Unix milliseconds. */
    val at: Long,
    /** Label of the policy version in force; empty while the file is not open yet. */
    val policyVersion: String,
    /** Changes saved on this device and not yet acknowledged by the server. */
    val pending: Long,
    /** True while an account is signed in. */
    val signedIn: Boolean,
    /** False before the [Consent] is open and once it is closed: nothing that needs consent is allowed then. */
    val available: Boolean,
    /** True where the system blocks notifications: reported apart, never a consent (KR-6). */
    val pushBlocked: Boolean,
    /** What the platform says. */
    val signals: Signals,
    /** One a purpose, in the policy's order. */
    val answers: List<PurposeAnswer>,
    /** For the Google SDKs in the app. */
    val googleConsent: GoogleConsent = GoogleConsent(),
) {
    private val index: Map<String, PurposeAnswer> = answers.associateByTo(HashMap()) { it.purpose }

    /** Why a purpose that has no answer here is not allowed: another one than usual where no answer is known at all. */
    internal var withoutAnswer: Reason = Reason.UnknownPurpose
        private set

    /** What is known before a file is open, or where it cannot be opened: nothing. */
    internal constructor(generation: Long, at: Long, why: Reason) : this(generation, at, "", 0, false, false, false, Signals(), emptyList()) {
        withoutAnswer = why
    }

    /** From this time on, Unix milliseconds, one of the answers or its reasons may be another; `null` where only a change can alter any. */
    val validUntil: Long? = answers.mapNotNull { it.validUntil }.minOrNull()

    /** The answer about a purpose at [at]; `null` where the policy has no such purpose. */
    fun answer(purpose: String): PurposeAnswer? = index[purpose]

    /** Was it allowed at [at]? [Consent.allows] answers for now. */
    fun allows(purpose: String): Boolean = answer(purpose)?.allowed ?: false

    /** The same with every reason against it. */
    fun explain(purpose: String): Decision = answer(purpose)?.decision ?: Decision(purpose, false, listOf(withoutAnswer))

    /** The snapshot as JSON, for hosts in Flutter or React Native. `docs/snapshot-json.md` describes the form; it does not change under them. */
    fun toJson(): String = asJson()
}
