import ConsentKitBase

/// A form was closed while one of its questions was open.
struct FormClosed: Sendable {
    private static let day: Int64 = 86_400_000
    /// How far two clocks may differ.
    private static let slack: Int64 = 3_600_000

    let at: Int64
    /// Material number of the notice that was shown.
    let material: Int

    /// True where the question stays away because of this closing. A notice that changed in meaning since is another question, and a closing
    /// that lies after the clock says nothing.
    func keepsAway(_ material: Int, days: Int, at now: Int64) -> Bool {
        let (length, tooLong) = Self.day.multipliedReportingOverflow(by: Int64(days))
        let (end, overflow) = at.addingReportingOverflow(tooLong ? .max : length)
        let (latest, isLast) = now.addingReportingOverflow(Self.slack)
        return self.material >= material && at <= (isLast ? .max : latest) && now < (overflow ? .max : end)
    }
}

extension FakeLedger.Key {
    /// Most closings of one question that are remembered.
    private static let maxClosings = 4

    mutating func close(_ closing: FormClosed) {
        closed.append(closing)
        closed.removeFirst(max(0, closed.count - Self.maxClosings))
    }
}

// What was closed without an answer stays away for the days of the policy (PIPA-16).
extension FakeLedger {
    /// True where a form with this question was closed not long ago.
    func isKeptAway(_ purpose: PolicyPurpose, at now: Int64) -> Bool {
        let closed = keys[subject(of: purpose)]?[purpose.id]?.closed ?? []
        return closed.contains { $0.keepsAway(purpose.material, days: policy.coolDownDays, at: now) }
    }

    /// Notes that a form was closed: one record for all questions of it that are open.
    mutating func closed(_ shown: Consent.Shown, at now: Int64) throws(ConsentError) {
        let form = try form(shown)
        let circumstances = circumstances
        var isFirst = true
        for purpose in form.purposes.compactMap({ policy.purpose($0) }) {
            // The days count from the first closing.
            guard isOpen(purpose, circumstances, at: now), policy.coolDownDays > 0, !isKeptAway(purpose, at: now) else { continue }
            append("closed", at: now, purpose: purpose.id, toNewest: !isFirst)
            isFirst = false
            keys[subject(of: purpose), default: [:]][purpose.id, default: Key()].close(FormClosed(at: now, material: purpose.material))
        }
    }

    /// What an anonymous person closed stays away as well once that person signs in.
    mutating func bringClosed(from anonymous: String, to account: String) {
        for (purpose, key) in keys[anonymous] ?? [:] {
            for closing in key.closed { keys[account, default: [:]][purpose, default: Key()].close(closing) }
        }
    }
}
