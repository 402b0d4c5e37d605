extension Consent {
    /// One consent in an older store of the app.
    public struct ImportChoice: Sendable, Hashable {
        /// The purpose it answers here.
        public var purpose: String
        /// What was said.
        public var choice: ChoiceKind
        /// When, Unix milliseconds; nil where the older store did not keep it: such a grant is asked again.
        public var saidAt: Int64?
        /// Name of the older store.
        public var source: String
        /// Version of the text that was shown there; nil where unknown.
        public var textVersion: String?
        /// By whom; nil for the person. Below the age of consent only the guardian's grant is taken (PIPA-8).
        public var actor: Actor?

        /// All fields, in their order.
        public init(
            purpose: String, choice: ChoiceKind, saidAt: Int64? = nil, source: String, textVersion: String? = nil, actor: Actor? = nil
        ) {
            self.purpose = purpose
            self.choice = choice
            self.saidAt = saidAt
            self.source = source
            self.textVersion = textVersion
            self.actor = actor
        }
    }

    /// What became of an import.
    public struct ImportReceipt: Sendable, Hashable {
        /// Choices that were taken over.
        public let imported: [ReceiptItem]
        /// Purposes whose answer stands as it was: they were answered here already, or the row was brought before.
        public let kept: [String]

        /// All fields, in their order.
        public init(imported: [ReceiptItem], kept: [String]) {
            self.imported = imported
            self.kept = kept
        }
    }
}
