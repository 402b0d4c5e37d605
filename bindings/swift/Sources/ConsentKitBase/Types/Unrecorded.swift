extension Consent {
    /// What a denial in memory is about.
    public enum DenialKind: String, CaseIterable, Sendable {
        /// A refusal or a withdrawal, said here or heard from the server.
        case no
        /// A no brought from an older store of the app.
        case `import`
        /// Tracking is denied, restricted or not yet asked for.
        case tracking
        /// The advertising id is limited or cannot be had.
        case advertisingID = "advertising_id"
        /// The advertising id was replaced by another one.
        case anotherAdvertisingID = "another_advertising_id"
        /// Global Privacy Control is on.
        case gpc
        /// The person may be too young to consent alone.
        case age
        /// No guardian is verified.
        case guardian
        /// The person who was signed in has left.
        case signOut = "sign_out"
        /// An account was to sign in over an anonymous person.
        case signIn = "sign_in"
        /// A delivered edition of the policy that asks again or guards more.
        case policy
    }

    /// A denial that counts and is held in memory alone, because the file could not be written. The next call that can write records it.
    public struct Unrecorded: Sendable, Hashable {
        /// What it is about.
        public let kind: DenialKind
        /// The purpose, for a no.
        public let purpose: String?
        /// Since when it counts, Unix milliseconds on this device's clock.
        public let since: Int64

        /// All fields, in their order.
        public init(kind: DenialKind, purpose: String? = nil, since: Int64) {
            self.kind = kind
            self.purpose = purpose
            self.since = since
        }
    }
}
