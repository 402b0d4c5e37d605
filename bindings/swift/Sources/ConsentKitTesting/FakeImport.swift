import ConsentKitBase

/// An answer of an older store of the app; the later of two is the greater. Of one date the no is. A yes without a date comes before all
/// others, a no without one after them, since it may have been the last: in doubt the answer is no.
private struct Elsewhere: Comparable {
    let lowers: Bool
    let at: Int64?

    private var rank: (Int, Int64, Int) {
        (at != nil ? 1 : lowers ? 2 : 0, at ?? 0, lowers ? 1 : 0)
    }

    static func < (left: Self, right: Self) -> Bool {
        left.rank < right.rank
    }
}

extension Consent.ImportChoice {
    fileprivate var elsewhere: Elsewhere {
        Elsewhere(lowers: choice != .granted, at: saidAt)
    }
}

// Consents brought from an older store.
extension FakeLedger {
    /// How far ahead of the clock an older grant may be dated.
    private static let slack: Int64 = 24 * 60 * 60 * 1000

    typealias Row = (index: Int, row: Consent.ImportChoice, purpose: PolicyPurpose)

    /// The latest choice for each purpose, with its place in the call, in the order in which the purposes come first.
    func checked(_ choices: [Consent.ImportChoice], at now: Int64) throws(ConsentError) -> [Row] {
        try Arguments.check(count: choices.count, "choices")
        var latest: [Row] = []
        for (index, choice) in choices.enumerated() {
            let purpose = try consentPurpose(choice.purpose, "choices[\(index)].purpose")
            try Arguments.check(choice.source, "choices[\(index)].source", limit: Arguments.maxSourceLength)
            if let version = choice.textVersion {
                try Arguments.check(version, "choices[\(index)].text_version", limit: Arguments.maxSourceLength)
            }
            // A clock of before any app says nothing of the future. A no is taken whatever its date.
            let isAhead = now >= Dates.earliest && (choice.saidAt ?? now) - Self.slack > now
            if choice.choice == .granted, let saidAt = choice.saidAt, saidAt < Dates.earliest || isAhead {
                throw .invalid(
                    field: "choices[\(index)].said_at",
                    reason: "is before 2008 or in the future; give Unix milliseconds, or none where unknown")
            }
            let row = (index, choice, purpose)
            if let known = latest.firstIndex(where: { $0.purpose.id == purpose.id }) {
                if choice.elsewhere > latest[known].row.elsewhere { latest[known] = row }
            } else {
                latest.append(row)
            }
        }
        return latest
    }

    /// Brings consents from an older store: the latest counts, and against an answer given here only a later no.
    mutating func `import`(_ choices: [Consent.ImportChoice], at now: Int64) throws(ConsentError) -> Consent.ImportReceipt {
        let rows = try checked(choices, at: now)
        for (index, row, _) in rows where row.choice == .granted { try checkGuardian(row.actor, "choices[\(index)].actor") }
        var (imported, kept) = ([Consent.ReceiptItem](), [String]())
        for (_, row, purpose) in rows {
            let subject = subject(of: purpose)
            if gives(way: subject, purpose.id, to: row) {
                bring(row, about: purpose, of: subject, at: now)
                imported.append(receipt(purpose.id, row.choice))
            } else {
                kept.append(purpose.id)
            }
        }
        return Consent.ImportReceipt(imported: imported, kept: kept)
    }

    /// True where an answer of an older store takes the place of what stands.
    func gives(way subject: String, _ purpose: String, to row: Consent.ImportChoice) -> Bool {
        let standing = keys[subject]?[purpose]?.standing ?? Standing()
        if standing.status == .notAnswered { return true }
        if standing.imported {
            return row.elsewhere > Elsewhere(lowers: standing.status != .granted, at: standing.undated ? nil : standing.at)
        }
        return standing.status == .granted && row.choice != .granted && row.saidAt.map { $0 > standing.at } ?? false
    }

    /// Records it.
    mutating func bring(_ row: Consent.ImportChoice, about purpose: PolicyPurpose, of subject: String, at now: Int64) {
        let seq = append(
            "import", at: now, purpose: purpose.id, status: row.choice.status, method: .import, policyVersion: policy.version)
        send(.import, of: subject, purpose: purpose.id, lowers: row.choice != .granted)
        var key = keys[subject]?[purpose.id] ?? Key()
        let said = row.saidAt ?? now
        key.standing = Standing(
            status: row.choice.status, askAgain: row.choice == .granted && row.saidAt == nil ? .undated : nil, at: said,
            material: purpose.material, seq: seq, actor: row.actor ?? .person, written: said, imported: true, undated: row.saidAt == nil)
        if row.choice != .granted { key.lowered = (row.choice, seq, said) }
        keys[subject, default: [:]][purpose.id] = key
    }
}
