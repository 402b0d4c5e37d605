/// What the host's provider answers when it is asked for the advertising id.
public enum AdvertisingIDAnswer: Sendable, Hashable, Consent.Redacted {
    /// The platform gave a value. It may still be no id: all zeros, empty or malformed.
    case id(value: String, limited: Bool)
    /// The platform gave none.
    case unavailable(kind: AdvertisingIDUnavailable)
}

/// The answer of the gate before the advertising id.
public enum AdvertisingID: Sendable, Hashable, Consent.Redacted {
    /// The id, for this purpose and this moment only. Do not store it.
    case available(id: String)
    /// It may not or cannot be had: every reason, in the documented order.
    case refused(reasons: [Consent.Reason])
}
