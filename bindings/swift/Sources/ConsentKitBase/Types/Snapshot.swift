extension Consent {
    /// The four values of Google Consent Mode (GCM-1 to GCM-4), as the policy maps its purposes to them.
    public struct GoogleConsent: Sendable, Hashable {
        /// `ad_storage`.
        public let adStorage: Bool
        /// `analytics_storage`.
        public let analyticsStorage: Bool
        /// `ad_user_data`.
        public let adUserData: Bool
        /// `ad_personalization`.
        public let adPersonalization: Bool

        /// All fields, in their order.
        public init(adStorage: Bool, analyticsStorage: Bool, adUserData: Bool, adPersonalization: Bool) {
            self.adStorage = adStorage
            self.analyticsStorage = analyticsStorage
            self.adUserData = adUserData
            self.adPersonalization = adPersonalization
        }

        /// Everything denied: what holds before an answer.
        public static let denied = GoogleConsent(adStorage: false, analyticsStorage: false, adUserData: false, adPersonalization: false)
    }

    /// The answer about one purpose at the snapshot's time.
    public struct PurposeAnswer: Sendable, Hashable {
        /// The purpose.
        public let purpose: String
        /// May it be done?
        public let allowed: Bool
        /// Every reason against it, in the documented order.
        public let reasons: [Reason]
        /// What the person said last.
        public let status: Status
        /// From this time on, Unix milliseconds, the answer and its reasons may be others. nil where only a change can alter them.
        public let validUntil: Int64?
        /// True for a push purpose while notifications are turned off in the system. No reason, and no part of `allowed` (KR-6).
        public let osBlocked: Bool

        /// All fields, in their order.
        public init(purpose: String, allowed: Bool, reasons: [Reason], status: Status, validUntil: Int64? = nil, osBlocked: Bool = false) {
            self.purpose = purpose
            self.allowed = allowed
            self.reasons = reasons
            self.status = status
            self.validUntil = validUntil
            self.osBlocked = osBlocked
        }
    }

    /// The state of all purposes at one moment, immutable.
    public struct Snapshot: Sendable, Hashable {
        /// Counts up with every change of this `Consent`.
        public let generation: Int64
        /// When it was taken, Unix milliseconds.
        public let at: Int64
        /// Label of the policy version in force.
        public let policyVersion: String
        /// Changes saved on this device and not yet acknowledged by the server.
        public let pending: Int64
        /// True while an account is signed in.
        public let signedIn: Bool
        /// False once it is shut down: nothing that needs consent is allowed then.
        public let available: Bool
        /// True where the system blocks notifications: reported apart, never a consent (KR-6).
        public let pushBlocked: Bool
        /// What the platform says.
        public let signals: Signals
        /// What Google's SDKs in the app may do.
        public let googleConsent: GoogleConsent
        /// One a purpose, in the policy's order.
        public let answers: [PurposeAnswer]

        /// All fields, in their order.
        public init(
            generation: Int64,
            at: Int64,
            policyVersion: String,
            pending: Int64,
            signedIn: Bool,
            available: Bool,
            pushBlocked: Bool,
            signals: Signals,
            googleConsent: GoogleConsent,
            answers: [PurposeAnswer]
        ) {
            self.generation = generation
            self.at = at
            self.policyVersion = policyVersion
            self.pending = pending
            self.signedIn = signedIn
            self.available = available
            self.pushBlocked = pushBlocked
            self.signals = signals
            self.googleConsent = googleConsent
            self.answers = answers
        }

        /// The answer about a purpose; nil for one that the policy does not have, which is never allowed.
        public subscript(purpose: String) -> PurposeAnswer? {
            answers.first { $0.purpose == purpose }
        }

        /// Was it allowed at the snapshot's time? For the present ask `Consent.allows`.
        public func allows(_ purpose: String) -> Bool {
            self[purpose]?.allowed ?? false
        }
    }
}
