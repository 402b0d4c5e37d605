/// Which answers time can change.
enum TimeWindow {
    /// The purposes whose answer may be another one at another time, earlier or later.
    ///
    /// A yes without an end is one for all times. A no may still be due to the time alone (a grant that has run out, the night), in itself
    /// or in a purpose it requires: there a clock that was set back brings it to life again.
    static func changing(_ answers: [Consent.PurposeAnswer]) -> Set<String> {
        var changing = Set(answers.filter { $0.validUntil != nil || $0.reasons.contains(where: isOfTime) }.map(\.purpose))
        var grew = true
        while grew {
            grew = false
            for answer in answers where !changing.contains(answer.purpose) && answer.reasons.contains(where: { requiresOne(of: changing, $0) }) {
                changing.insert(answer.purpose)
                grew = true
            }
        }
        return changing
    }

    private static func isOfTime(_ reason: Consent.Reason) -> Bool {
        reason == .night || reason == .zoneUnknown || reason == .askAgain(cause: .expired)
    }

    private static func requiresOne(of changing: Set<String>, _ reason: Consent.Reason) -> Bool {
        guard case .requires(let purpose) = reason else { return false }
        return changing.contains(purpose)
    }
}
