extension Consent {
    /// The answers to a form, collected in the closure of `record`. Each purpose is answered apart; there is no "agree to all" (PIPA-4).
    public struct Answers: Sendable {
        /// In the order given.
        public private(set) var list: [Answer] = []

        /// None yet.
        public init() {}

        /// A yes. Below the age of consent only the guardian may give one (PIPA-8).
        public mutating func grant(_ purpose: String, method: Method = .toggle, actor: Actor = .person) {
            list.append(Answer(purpose: purpose, choice: .granted, method: method, actor: actor))
        }

        /// A no. Where there was a yes it is recorded as a withdrawal.
        public mutating func refuse(_ purpose: String, method: Method = .toggle, actor: Actor = .person) {
            list.append(Answer(purpose: purpose, choice: .refused, method: method, actor: actor))
        }

        /// A switch's position.
        public mutating func answer(_ purpose: String, _ granted: Bool, method: Method = .toggle, actor: Actor = .person) {
            granted ? grant(purpose, method: method, actor: actor) : refuse(purpose, method: method, actor: actor)
        }
    }
}
