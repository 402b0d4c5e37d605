extension Consent {
    /// Why a question is in the form.
    public enum Why: Sendable, Hashable {
        /// Nothing was said yet.
        case firstTime
        /// There was a grant that no longer counts.
        case askAgain(cause: AskAgain)
        /// It was answered; it is here so that the answer can be changed.
        case answered
        /// It is allowed until the person objects, and nothing was said that counts against it: it is here so that the person can object.
        case mayObject
    }

    /// One question. Its switch starts off, whatever was said before, unless `why` is `.mayObject`, or is
    /// `.answered` and `status` is `.granted`.
    public struct Question: Sendable, Hashable {
        /// The purpose.
        public let purpose: String
        /// Why it is asked.
        public let why: Why
        /// What was said last.
        public let status: Status
        /// What must be shown beside the switch.
        public let notice: Notice

        /// All fields, in their order.
        public init(purpose: String, why: Why, status: Status, notice: Notice) {
            self.purpose = purpose
            self.why = why
            self.status = status
            self.notice = notice
        }
    }

    /// The questions of one form.
    public struct Questions: Sendable, Hashable {
        /// Hand this back to `record`. Opaque; good for this policy, this person and this form.
        public let shown: Shown
        /// The form.
        public let surface: String
        /// Language of the texts, BCP 47.
        public let language: String
        /// True where at least one question was never answered or must be asked again: open the form. A purpose that is allowed until the
        /// person objects makes no form due, as long as silence allows it.
        public let due: Bool
        /// True where somebody signed in and the account's answers were not pulled yet: sync before asking.
        public let pullFirst: Bool
        /// In the policy's order.
        public let questions: [Question]

        /// All fields, in their order.
        public init(shown: Shown, surface: String, language: String, due: Bool, pullFirst: Bool, questions: [Question]) {
            self.shown = shown
            self.surface = surface
            self.language = language
            self.due = due
            self.pullFirst = pullFirst
            self.questions = questions
        }
    }
}
