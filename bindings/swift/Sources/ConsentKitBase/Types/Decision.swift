extension Consent {
    /// The answer, with every reason against it.
    public struct Decision: Sendable, Hashable {
        /// The purpose asked about.
        public let purpose: String
        /// True where nothing blocks.
        public let allowed: Bool
        /// All that blocks, in the documented order.
        public let reasons: [Reason]
        /// True for a push purpose while notifications are turned off in the system, so that a message would not be seen.
        /// No reason, and no part of `allowed`: the OS permission is not the consent (KR-6).
        public let osBlocked: Bool

        /// All fields, in their order.
        public init(purpose: String, allowed: Bool, reasons: [Reason], osBlocked: Bool) {
            self.purpose = purpose
            self.allowed = allowed
            self.reasons = reasons
            self.osBlocked = osBlocked
        }
    }

    /// What was allowed at a time.
    public struct StateAt: Sendable, Hashable {
        /// The time asked about, Unix milliseconds.
        public let at: Int64
        /// Label of the policy version in force then; nil before the first.
        public let policyVersion: String?
        /// One a purpose of that policy.
        public let decisions: [Decision]

        /// All fields, in their order.
        public init(at: Int64, policyVersion: String? = nil, decisions: [Decision]) {
            self.at = at
            self.policyVersion = policyVersion
            self.decisions = decisions
        }
    }
}
