package dev.consentkit

/** The platform the app runs on. */
enum class Platform {
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
enum class Tracking {
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
enum class AdvertisingIdUnavailable {
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
    val code: String = name.lowercase()
}

/** What the advertising-id source said last. */
sealed class AdvertisingIdSignal {
    /** There is an id and no limit. */
    object Available : AdvertisingIdSignal()

    /** The person limited or deleted it (limit flag, all zeros). */
    object Limited : AdvertisingIdSignal()

    /** It cannot be had. */
    data class Unavailable(
        /** Why. */
        val kind: AdvertisingIdUnavailable,
    ) : AdvertisingIdSignal()

    /** Stable code: `available`, `limited`, `unavailable:timed_out`. */
    val code: String
        get() = when (this) {
            Available -> "available"
            Limited -> "limited"
            is Unavailable -> "unavailable:${kind.code}"
        }

    override fun toString(): String = code
}

/** Whether the person has reached the policy's age of consent (14 where it says nothing). A birth date is never taken. */
enum class AgeBand {
    /** Not known, or not known any more: where the policy expects children the person is treated as one. A snapshot shows `null` then. */
    UNKNOWN,

    /** Below the age of consent: the guardian consents (PIPA-8). */
    BELOW,

    /** Of the age of consent, or older. */
    ABOVE,
}

/** State of the guardian's consent for a person below the age of consent. */
enum class Guardian {
    /** Not verified. */
    NOT_VERIFIED,

    /** Verified by one of the means of PIPA-8. */
    VERIFIED,
}

/** The system's permission to show notifications. Never a consent (KR-6). */
enum class PushPermission {
    /** Not asked yet. */
    NOT_DETERMINED,

    /** Denied. */
    DENIED,

    /** Granted. */
    GRANTED,
}

/** Everything the platform and the host said last; `null` where nothing was said. A signal limits, and never grants. */
data class Signals @JvmOverloads constructor(
    /** App Tracking Transparency; only iOS has it. */
    val tracking: Tracking? = null,
    /** The advertising-id source's last answer. */
    val adId: AdvertisingIdSignal? = null,
    /** Global Privacy Control, where the host knows it (GCM-6). */
    val gpc: Boolean? = null,
    /** The age band of the person in front of the screen. It ends with the person: report it again after each sign-in and sign-out. */
    val age: AgeBand? = null,
    /** The guardian's state, for a person below the age of consent. It ends with the person, as the age band does. */
    val guardian: Guardian? = null,
    /** Notifications. */
    val push: PushPermission? = null,
)

/** A question that the operating system asks on the app's behalf. */
enum class Prompt {
    /** App Tracking Transparency. The system shows it once per installation. */
    TRACKING,

    /** The permission to show notifications. */
    PUSH,
}
