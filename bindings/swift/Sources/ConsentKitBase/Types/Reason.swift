extension Consent {
    /// Why an answer that was given must be asked for again.
    public enum AskAgain: String, CaseIterable, Sendable {
        /// The notice changed in meaning since (PIPA-1).
        case policyChanged = "policy_changed"
        /// The grant's time is over.
        case expired
        /// The giver of the grant could not see a withdrawal: it was made elsewhere, or here after the form was drawn.
        case staleGrant = "stale_grant"
        /// The file came from a backup or another phone.
        case restored
        /// An imported consent without a date.
        case undated
        /// The advertising id was replaced: the new one is a stranger's (AND-4).
        case adIDChanged = "ad_id_changed"
        /// The person gave it, and is below the age of consent or may be: the guardian has to answer (PIPA-8).
        case notByGuardian = "not_by_guardian"
        /// The server could not or would not take the grant. It is kept on this device and tried again; see `stuck`.
        case rejected
        /// The server says that there is a grant, and gave no record of it that fits.
        case unproven
        /// The grant has an expiry and bears a date that cannot be: after the present clock, or before any app could ask. It counts again
        /// from the moment at which that is noticed, at the next open or write.
        case impossibleDate = "impossible_date"
    }

    /// Why a purpose is not allowed.
    public enum Reason: Sendable, Hashable {
        /// The policy has no such purpose.
        case unknownPurpose
        /// The store is closed or cannot be read.
        case storeUnavailable
        /// The store is not open yet: see `Consent.opening`.
        case opening
        /// The person is below the age of consent, or may be, and the guardian is not verified (PIPA-8).
        case guardianRequired
        /// The person is below the age of consent, or may be: no advertising id and no sharing for advertising, whatever the guardian
        /// says (AND-5, BA-1).
        case child
        /// The person denied tracking in the system.
        case osDenied
        /// The system forbids tracking and the person cannot change it.
        case osRestricted
        /// The system has not asked about tracking yet.
        case osNotDetermined
        /// The person limited or deleted the advertising id.
        case adIDLimited
        /// There is no advertising id to be had.
        case adIDUnavailable(kind: AdvertisingIDUnavailable)
        /// Global Privacy Control is on.
        case gpc
        /// A purpose this one requires is not allowed.
        case requires(purpose: String)
        /// It is allowed until the person objects, and it is not known yet whether the person objected elsewhere: since a sign-in, or since
        /// the file came from elsewhere, the server has not told all of it. Sync.
        case notPulled
        /// Nobody was asked, or nothing was said.
        case notAnswered
        /// The person said no.
        case refused
        /// The person withdrew.
        case withdrawn
        /// There was a grant, and it must be asked for again.
        case askAgain(cause: AskAgain)
        /// It is night in the policy's zone and there is no separate consent (KR-4).
        case night
        /// It is not known what time it is in the policy's zone, so it may be night, and there is no separate consent.
        case zoneUnknown
    }
}

extension Consent.Reason {
    /// The stable code: `night`, `requires:marketing.data_use`, `ask_again:stale_grant`, `ad_id_unavailable:timed_out`.
    public var code: String {
        switch self {
        case .unknownPurpose: "unknown_purpose"
        case .storeUnavailable: "store_unavailable"
        case .opening: "store_unavailable:opening"
        case .guardianRequired: "guardian_required"
        case .child: "child"
        case .osDenied: "os_denied"
        case .osRestricted: "os_restricted"
        case .osNotDetermined: "os_not_determined"
        case .adIDLimited: "ad_id_limited"
        case .adIDUnavailable(let kind): "ad_id_unavailable:\(kind.rawValue)"
        case .gpc: "gpc"
        case .requires(let purpose): "requires:\(purpose)"
        case .notPulled: "not_pulled"
        case .notAnswered: "not_answered"
        case .refused: "refused"
        case .withdrawn: "withdrawn"
        case .askAgain(let cause): "ask_again:\(cause.rawValue)"
        case .night: "night"
        case .zoneUnknown: "zone_unknown"
        }
    }
}
