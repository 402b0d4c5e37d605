extension Consent {
    /// One thing that happened, for a person or a privacy officer to read.
    public struct HistoryEntry: Sendable, Hashable {
        /// Position in the ledger, from 1.
        public let seq: Int64
        /// When, Unix milliseconds on the device's clock.
        public let at: Int64
        /// Minutes that local time was ahead of UTC.
        public let offset: Int
        /// `install`, `choice`, `import`, `signal`, `policy` (an edition came into force), `announced` (an edition became known before its
        /// day), `closed` (a form was closed while this question was open), `link`, `merge`, `remote`, `outcome`, `restore` or `redated` (a
        /// date that cannot be was noticed: from here on the answer counts from now).
        public let kind: String
        /// The purpose, where it is about one.
        public let purpose: String?
        /// Where it put the purpose; for `remote` the server's word.
        public let status: Status?
        /// By whom, for a choice and an import.
        public let actor: Actor?
        /// How, for a choice.
        public let method: Method?
        /// Label of the policy version it answers.
        public let policyVersion: String?
        /// SHA-256 (hex) of the notice that was shown.
        public let text: String?
        /// Language of that notice.
        public let language: String?
        /// The edition of the policy that it answers. Its text stays readable: see `edition`.
        public let edition: Int64?
        /// For a link: true where an account signed in, false where it signed out.
        public let signedIn: Bool?
        /// For an import: the name of the older store.
        public let source: String?
        /// For an import: when it was said there, Unix milliseconds; nil where the older store did not keep it.
        public let saidAt: Int64?

        /// All fields, in their order.
        public init(
            seq: Int64,
            at: Int64,
            offset: Int,
            kind: String,
            purpose: String? = nil,
            status: Status? = nil,
            actor: Actor? = nil,
            method: Method? = nil,
            policyVersion: String? = nil,
            text: String? = nil,
            language: String? = nil,
            edition: Int64? = nil,
            signedIn: Bool? = nil,
            source: String? = nil,
            saidAt: Int64? = nil
        ) {
            self.seq = seq
            self.at = at
            self.offset = offset
            self.kind = kind
            self.purpose = purpose
            self.status = status
            self.actor = actor
            self.method = method
            self.policyVersion = policyVersion
            self.text = text
            self.language = language
            self.edition = edition
            self.signedIn = signedIn
            self.source = source
            self.saidAt = saidAt
        }
    }

    /// Where a ledger does not hold.
    public struct VerificationFault: Sendable, Hashable {
        /// Position of the record; 0 where the fault is in what follows from the records.
        public let seq: Int64
        /// What does not fit.
        public let what: String

        /// All fields, in their order.
        public init(seq: Int64, what: String) {
            self.seq = seq
            self.what = what
        }
    }

    /// Result of a full check of the ledger.
    public struct Verification: Sendable, Hashable {
        /// True where every record is the one that was written, in its place, and the state follows from them.
        public let ok: Bool
        /// Records checked.
        public let records: Int64
        /// The first fault.
        public let fault: VerificationFault?

        /// All fields, in their order.
        public init(ok: Bool, records: Int64, fault: VerificationFault? = nil) {
            self.ok = ok
            self.records = records
            self.fault = fault
        }
    }
}
