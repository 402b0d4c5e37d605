extension Consent {
    /// What a form showed, as an opaque token: hand it back to `record`. It leads to a person, so it prints nothing of itself.
    public struct Shown: RawRepresentable, Sendable, Hashable, Redacted {
        /// The token, for a host that carries it across a bridge of its own.
        public let rawValue: String

        /// A token that came back over such a bridge.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }
    }
}
