extension Consent {
    /// An edition of the policy that is announced: it is known, and comes into force on its day. Until then the one before it counts.
    public struct AnnouncedEdition: Sendable, Hashable {
        /// Its place in the order of versions.
        public let edition: Int64
        /// The label of the version.
        public let version: String
        /// When it comes into force, Unix milliseconds.
        public let from: Int64
        /// How many days are left until then. A day that has begun counts as a whole one.
        public let daysLeft: Int64
        /// What changes from the edition before it, field by field.
        public let changes: [PolicyChange]
        /// The purposes that whoever granted them is asked about again.
        public let asksAgain: [String]
        /// The purposes that nobody was asked about before.
        public let asksFirst: [String]
        /// The whole document in the person's language, for a page that shows what comes.
        public let policy: PolicyView

        /// All fields, in their order.
        public init(
            edition: Int64,
            version: String,
            from: Int64,
            daysLeft: Int64,
            changes: [PolicyChange],
            asksAgain: [String],
            asksFirst: [String],
            policy: PolicyView
        ) {
            self.edition = edition
            self.version = version
            self.from = from
            self.daysLeft = daysLeft
            self.changes = changes
            self.asksAgain = asksAgain
            self.asksFirst = asksFirst
            self.policy = policy
        }
    }

    /// One change between two editions of a policy.
    public struct PolicyChange: Sendable, Hashable {
        /// Its place: a JSON pointer (RFC 6901) into the later document, or into the earlier one for what the later one no longer has.
        public let pointer: String
        /// What stood there: a text as it is, anything else as JSON. Nil for what is new.
        public let old: String?
        /// What stands there now. Nil for what is gone.
        public let new: String?
        /// True where it is part of what people agree to, so that a consent given before does not cover it.
        public let material: Bool
        /// The purposes that it is part of, where it is material.
        public let purposes: [String]

        /// All fields, in their order.
        public init(pointer: String, old: String?, new: String?, material: Bool, purposes: [String]) {
            self.pointer = pointer
            self.old = old
            self.new = new
            self.material = material
            self.purposes = purposes
        }
    }
}
