extension Consent {
    /// The platform the app runs on.
    public enum Platform: String, CaseIterable, Sendable {
        /// iOS, iPadOS: tracking needs App Tracking Transparency.
        case ios
        /// Android with Google Play services.
        case android
        /// Android with Huawei Mobile Services.
        case harmony
        /// Amazon Fire OS.
        case fireOS = "fire_os"
        /// A desktop or a server: no advertising id.
        case desktop
    }

    /// App Tracking Transparency status (APL-1).
    public enum Tracking: String, CaseIterable, Sendable {
        /// The system has not asked yet.
        case notDetermined = "not_determined"
        /// A profile or parental control forbids it; the person cannot change it.
        case restricted
        /// The person said no.
        case denied
        /// The person said yes.
        case authorized
    }
}

/// Why the advertising id cannot be had.
public enum AdvertisingIDUnavailable: String, CaseIterable, Sendable {
    /// The merged manifest lacks the AD_ID permission (AND-3).
    case permissionMissing = "permission_missing"
    /// No Google Play services on this device.
    case noPlayServices = "no_play_services"
    /// Google Play services need an update or are disabled.
    case playServicesRepairable = "play_services_repairable"
    /// The platform has no advertising id, or no provider was given.
    case noProvider = "no_provider"
    /// Asked on the main thread.
    case mainThread = "main_thread"
    /// The provider did not answer in time.
    case timedOut = "timed_out"
    /// The provider failed.
    case failed
}

/// What the advertising-id provider said last.
public enum AdvertisingIDSignal: Sendable, Hashable {
    /// There is an id and no limit.
    case available
    /// The person limited or deleted it (limit flag, all zeros).
    case limited
    /// It cannot be had.
    case unavailable(kind: AdvertisingIDUnavailable)
}

extension Consent {
    /// Whether the person has reached the policy's age of consent (14 where it says nothing). A birth date is never taken.
    public enum AgeBand: String, CaseIterable, Sendable {
        /// Not known, or not known any more: where the policy expects children the person is treated as one. A snapshot shows nil then.
        case unknown
        /// Below the age of consent: the guardian consents (PIPA-8).
        case below
        /// Of the age of consent, or older.
        case above
    }

    /// State of the guardian's consent for a person below the age of consent.
    public enum Guardian: String, CaseIterable, Sendable {
        /// Not verified.
        case notVerified = "not_verified"
        /// Verified by one of the means of PIPA-8.
        case verified
    }

    /// The OS permission to show notifications. Never a consent (KR-6).
    public enum PushPermission: String, CaseIterable, Sendable {
        /// Not asked yet.
        case notDetermined = "not_determined"
        /// Denied.
        case denied
        /// Granted.
        case granted
    }

    /// Everything the platform and the host said last; nil where nothing was said.
    public struct Signals: Sendable, Hashable {
        /// App Tracking Transparency; only iOS has it.
        public var tracking: Tracking?
        /// The advertising-id provider's last answer.
        public var adID: AdvertisingIDSignal?
        /// Global Privacy Control, where the host knows it (GCM-6).
        public var gpc: Bool?
        /// The age band of the person in front of the screen. It ends with the person: report it again after each sign-in and sign-out.
        public var age: AgeBand?
        /// The guardian's state, for a person below the age of consent. It ends with the person, as the age band does.
        public var guardian: Guardian?
        /// Notifications.
        public var push: PushPermission?

        /// All fields, in their order.
        public init(
            tracking: Tracking? = nil,
            adID: AdvertisingIDSignal? = nil,
            gpc: Bool? = nil,
            age: AgeBand? = nil,
            guardian: Guardian? = nil,
            push: PushPermission? = nil
        ) {
            self.tracking = tracking
            self.adID = adID
            self.gpc = gpc
            self.age = age
            self.guardian = guardian
            self.push = push
        }
    }

    /// A question that the operating system asks on the app's behalf.
    public enum Prompt: String, CaseIterable, Sendable {
        /// App Tracking Transparency. The system shows it once per installation.
        case tracking
        /// The permission to show notifications.
        case push
    }
}

extension Consent.Tracking {
    /// By the number of App Tracking Transparency's status. A number that is not known is a no (APL-1).
    public init(rawStatus: UInt) {
        switch rawStatus {
        case 0: self = .notDetermined
        case 1: self = .restricted
        case 3: self = .authorized
        default: self = .denied
        }
    }
}
