extension Consent {
    /// What the person said.
    public enum ChoiceKind: String, CaseIterable, Sendable {
        /// Yes.
        case granted
        /// No, when asked.
        case refused
        /// No longer.
        case withdrawn
    }

    /// Where a purpose stands with a person.
    public enum Status: String, CaseIterable, Sendable {
        /// Nothing was said.
        case notAnswered = "not_answered"
        /// Yes.
        case granted
        /// No, when asked.
        case refused
        /// No longer.
        case withdrawn
    }

    /// How a choice was made.
    public enum Method: String, CaseIterable, Sendable {
        /// A switch in a form.
        case toggle
        /// A dialog's button.
        case dialog
        /// The guardian's own confirmation.
        case guardian
        /// Brought from an older store.
        case `import`
        /// A web page or an unsubscribe link.
        case web
        /// Said to the call centre.
        case call
    }

    /// Who made a choice.
    public enum Actor: String, CaseIterable, Sendable {
        /// The person.
        case person
        /// The legal guardian of a person below the age of consent (PIPA-8).
        case guardian
        /// An agent with a power of attorney (PIPA-10).
        case agent
        /// The company, on the person's word.
        case `operator`
    }

    /// One answer to one question.
    public struct Answer: Sendable, Hashable {
        /// The purpose.
        public var purpose: String
        /// What was said.
        public var choice: ChoiceKind
        /// How.
        public var method: Method
        /// By whom; below the age of consent only the guardian may grant (PIPA-8).
        public var actor: Actor

        /// All fields, in their order.
        public init(purpose: String, choice: ChoiceKind, method: Method, actor: Actor) {
            self.purpose = purpose
            self.choice = choice
            self.method = method
            self.actor = actor
        }
    }

    /// One record that a call wrote.
    public struct ReceiptItem: Sendable, Hashable {
        /// The purpose.
        public let purpose: String
        /// What was recorded: a no where there was a yes is a withdrawal.
        public let choice: ChoiceKind
        /// Name of the operation; the server's answer will name it.
        public let op: String
        /// Position in the ledger, from 1.
        public let seq: Int64
        /// Hash of the record in the chain, hex.
        public let hash: String

        /// All fields, in their order.
        public init(purpose: String, choice: ChoiceKind, op: String, seq: Int64, hash: String) {
            self.purpose = purpose
            self.choice = choice
            self.op = op
            self.seq = seq
            self.hash = hash
        }
    }

    /// Proof that a call's choices are on disk.
    public struct Receipt: Sendable, Hashable {
        /// One a choice, in the order given.
        public let items: [ReceiptItem]
        /// When, Unix milliseconds on this device's clock.
        public let at: Int64
        /// Changes that now wait to be sent: saved on this phone, not yet sent.
        public let pending: Int64

        /// All fields, in their order.
        public init(items: [ReceiptItem], at: Int64, pending: Int64) {
            self.items = items
            self.at = at
            self.pending = pending
        }
    }
}
