package dev.consentkit

import dev.consentkit.internal.Parts

/** The platform the app runs on. */
public enum class Platform {
    /** iOS, iPadOS: tracking needs App Tracking Transparency. */
    IOS,

    /** Android with Google Play services. */
    ANDROID,

    /** Android with Huawei Mobile Services. */
    HARMONY,

    /** Amazon Fire OS. */
    FIRE_OS,

    /** A desktop or a server: no advertising id. */
    DESKTOP,
}

/** App Tracking Transparency status (APL-1). */
public enum class Tracking {
    /** The system has not asked yet. */
    NOT_DETERMINED,

    /** A profile or parental control forbids it; the person cannot change it. */
    RESTRICTED,

    /** The person said no. */
    DENIED,

    /** The person said yes. */
    AUTHORIZED,
}

/** Why the advertising id cannot be had. */
public enum class AdvertisingIdUnavailable {
    /** The merged manifest lacks the AD_ID permission (AND-3). */
    PERMISSION_MISSING,

    /** No Google Play services on this device. */
    NO_PLAY_SERVICES,

    /** Google Play services need an update or are disabled. */
    PLAY_SERVICES_REPAIRABLE,

    /** The platform has no advertising id, or no source was given. */
    NO_PROVIDER,

    /** Asked on the main thread. */
    MAIN_THREAD,

    /** The source did not answer in time. */
    TIMED_OUT,

    /** The source failed. */
    FAILED,
    ;

    /** Stable code, such as `timed_out`. */
    public val code: String = name.lowercase()
}

/** What the advertising-id source said last. */
public sealed class AdvertisingIdSignal(
    /** Stable code: `available`, `limited`, `unavailable:timed_out`. */
    public val code: String,
) {
    /** There is an id and no limit. */
    public object Available : AdvertisingIdSignal("available")

    /** The person limited or deleted it (limit flag, all zeros). */
    public object Limited : AdvertisingIdSignal("limited")

    /** It cannot be had. */
    public class Unavailable(
        /** Why. */
        public val kind: AdvertisingIdUnavailable,
    ) : AdvertisingIdSignal("unavailable:${kind.code}")

    final override fun equals(other: Any?): Boolean = other is AdvertisingIdSignal && other.code == code

    final override fun hashCode(): Int = code.hashCode()

    final override fun toString(): String = code
}

/** Whether the person has reached the policy's age of consent (14 where it says nothing). A birth date is never taken. */
public enum class AgeBand {
    /** Not known, or not known any more: where the policy expects children the person is treated as one. A snapshot shows `null` then. */
    UNKNOWN,

    /** Below the age of consent: the guardian consents (PIPA-8). */
    BELOW,

    /** Of the age of consent, or older. */
    ABOVE,
}

/** State of the guardian's consent for a person below the age of consent. */
public enum class Guardian {
    /** Not verified. */
    NOT_VERIFIED,

    /** Verified by one of the means of PIPA-8. */
    VERIFIED,
}

/** The system's permission to show notifications. Never a consent (KR-6). */
public enum class PushPermission {
    /** Not asked yet. */
    NOT_DETERMINED,

    /** Denied. */
    DENIED,

    /** Granted. */
    GRANTED,
}

/** Everything the platform and the host said last; `null` where nothing was said. A signal limits, and never grants. */
public class Signals @JvmOverloads constructor(
    /** App Tracking Transparency; only iOS has it. */
    public val tracking: Tracking? = null,
    /** The advertising-id source's last answer. */
    public val adId: AdvertisingIdSignal? = null,
    /** Global Privacy Control, where the host knows it (GCM-6). */
    public val gpc: Boolean? = null,
    /** The age band of the person in front of the screen. It ends with the person: report it again after each sign-in and sign-out. */
    public val age: AgeBand? = null,
    /** The guardian's state, for a person below the age of consent. It ends with the person, as the age band does. */
    public val guardian: Guardian? = null,
    /** Notifications. */
    public val push: PushPermission? = null,
) {
    private val parts: Parts
        get() = Parts(
            "tracking" to tracking, "adId" to adId, "gpc" to gpc, "age" to age, "guardian" to guardian, "push" to push,
        )

    override fun equals(other: Any?): Boolean = other is Signals && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "Signals$parts"
}

/** A question that the operating system asks on the app's behalf. */
public enum class Prompt {
    /** App Tracking Transparency. The system shows it once per installation. */
    TRACKING,

    /** The permission to show notifications. */
    PUSH,
}
