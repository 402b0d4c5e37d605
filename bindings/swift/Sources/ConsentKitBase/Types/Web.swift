extension Consent {
    /// What the pages of a web view are handed. It is made of one moment. It prints nothing of itself, since the scripts bear the nonce.
    public struct WebHandOff: Sendable, Hashable, Redacted {
        /// The script that every page runs before its own, in all its frames. It has at most 4 KiB.
        public let script: String
        /// The script that tells a page that is open already of the change.
        public let update: String
        /// Whether Global Privacy Control is asserted (GCM-6). The script says so to the page's scripts. To servers the app says so itself: it
        /// sends the header `Sec-GPC` with the value `1` where this is true, and no such header where it is false.
        public let gpc: Bool
        /// Unix milliseconds. From then on something that the pages take for allowed may not be any more; nil where only a change can alter it.
        public let validUntil: Int64?
        /// Purposes and cookies that did not fit into the script, at most 20 of them. They are denied in the pages, whatever the person said.
        public let leftOut: [String]

        package init(script: String, update: String, gpc: Bool, validUntil: Int64?, leftOut: [String]) {
            self.script = script
            self.update = update
            self.gpc = gpc
            self.validUntil = validUntil
            self.leftOut = leftOut
        }
    }

    /// What came of a message of a page, and what the page is answered. It prints nothing of itself, since the reply bears the nonce.
    public struct WebAnswer: Sendable, Hashable, Redacted {
        /// What came of it.
        public let outcome: WebOutcome
        /// What to send back to the page that sent the message; nil where nobody is answered, as a foreign page is not.
        public let reply: String?

        package init(outcome: WebOutcome, reply: String?) {
            self.outcome = outcome
            self.reply = reply
        }
    }

    /// What came of a message of a page.
    public enum WebOutcome: Sendable, Hashable {
        /// The page was told what a form asks. Nothing was recorded.
        case asked
        /// The answers to a form were recorded. The receipt proves that they are on disk.
        case recorded(receipt: Receipt)
        /// A form went away without an answer to each question. That answers nothing.
        case closed
        /// Consents were withdrawn. The receipt proves that it is on disk.
        case withdrawn(receipt: Receipt)
        /// The message was not heard, and nothing was recorded.
        case refused(refusal: WebRefusal)
        /// The message was heard, and what it asks for could not be done. The reason says what to do and carries no personal data. What a no in
        /// it takes away counts where the file is at fault.
        case failed(reason: String)
    }

    /// Why a message of a page was not heard.
    public enum WebRefusal: String, CaseIterable, Sendable {
        /// It came from a page of another origin.
        case origin
        /// It came from a frame within a page, which whoever embeds it may have laid under a button of its own.
        case frame
        /// It is longer than any message of the script.
        case tooLarge = "too_large"
        /// The page says too much. It is heard again after a while.
        case tooMany = "too_many"
        /// It is no message of the script: no JSON, an unknown kind or member, a member that is missing.
        case malformed
        /// It does not bear the nonce of this channel.
        case nonce
        /// It came before.
        case repeated
        /// The form that it answers is not known here, or not any more. The page asks again.
        case unknownForm = "unknown_form"
    }
}
