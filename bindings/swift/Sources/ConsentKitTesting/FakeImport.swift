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

/// A row of an older store of the app that was brought.
struct BroughtRow: Hashable, Sendable {
    let source: String
    let choice: Consent.ChoiceKind
    let at: Int64?

    var lowers: Bool { choice != .granted }
}

extension Consent.ImportChoice {
    fileprivate var brought: BroughtRow {
        BroughtRow(source: source, choice: choice, at: saidAt)
    }

    fileprivate var elsewhere: Elsewhere {
        Elsewhere(lowers: choice != .granted, at: saidAt)
    }
}

// Which rows of an older store were brought before.
extension FakeLedger {
    /// Most refusals and withdrawals to one purpose that are remembered as brought for one subject. With one more the oldest is forgotten.
    /// Should it be brought again it is judged as if for the first time, and that can only take a permission away.
    private static let maxNoes = 200

    /// Most grants to one purpose that are remembered as brought, for all subjects together. None of them is ever forgotten: it could be
    /// brought in a second time, for somebody else. So once there are this many, no other grant to the purpose is taken.
    private static let maxYeses = 200

    /// True where this row was brought before, whether it changed anything or not, and whoever was in front of the screen then.
    private func wasBrought(_ purpose: String, _ row: BroughtRow) -> Bool {
        keys.values.contains { $0[purpose]?.brought.contains(row) ?? false }
    }

    /// True where a row like this one can be remembered without one that is remembered being forgotten.
    private func hasPlace(for row: BroughtRow, of subject: String, _ purpose: String) -> Bool {
        if row.lowers {
            return (keys[subject]?[purpose]?.brought.filter(\.lowers).count ?? 0) < Self.maxNoes
        }
        let yeses = keys.values.map { $0[purpose]?.brought.filter { !$0.lowers }.count ?? 0 }
        return yeses.reduce(0, +) < Self.maxYeses
    }

    /// Remembers that this row was brought.
    private mutating func remember(_ row: BroughtRow, of subject: String, _ purpose: String) {
        var key = keys[subject]?[purpose] ?? Key()
        if !key.brought.contains(row) { key.brought.append(row) }
        if key.brought.filter(\.lowers).count > Self.maxNoes, let oldest = key.brought.firstIndex(where: \.lowers) {
            key.brought.remove(at: oldest)
        }
        keys[subject, default: [:]][purpose] = key
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
            let purpose = try answerablePurpose(choice.purpose, "choices[\(index)].purpose")
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
        try keep(choices, at: now)
        return Consent.ImportReceipt(imported: imported, kept: kept)
    }

    /// Records which rows of an older store were brought, where they changed nothing and are not remembered yet.
    private mutating func keep(_ choices: [Consent.ImportChoice], at now: Int64) throws(ConsentError) {
        var subjects: Set<String> = []
        for choice in choices {
            let subject = subject(of: try answerablePurpose(choice.purpose, "purpose"))
            if wasBrought(choice.purpose, choice.brought) || !hasPlace(for: choice.brought, of: subject, choice.purpose) { continue }
            remember(choice.brought, of: subject, choice.purpose)
            // One record for all of one subject.
            if subjects.insert(subject).inserted { appendWithoutEntry() }
        }
    }

    /// True where an answer of an older store is taken over: it takes the place of what stands, was not brought before, and is no yes that
    /// could not be remembered as brought.
    func gives(way subject: String, _ purpose: String, to row: Consent.ImportChoice) -> Bool {
        if wasBrought(purpose, row.brought) { return false }
        if row.choice == .granted && !hasPlace(for: row.brought, of: subject, purpose) { return false }
        let key = keys[subject]?[purpose] ?? Key()
        let standing = key.standing
        if standing.status == .notAnswered { return true }
        if standing.imported {
            // By the date that it bore there: a clock that was wrong since makes no row of the store a later one.
            return row.elsewhere > Elsewhere(lowers: standing.status != .granted, at: standing.undated ? nil : standing.written)
        }
        return standing.status == .granted && row.choice != .granted && row.saidAt.map { $0 > standing.at } ?? false
    }

    /// Records it.
    mutating func bring(_ row: Consent.ImportChoice, about purpose: PolicyPurpose, of subject: String, at now: Int64) {
        let seq = append(
            "import", at: now, purpose: purpose.id, status: row.choice.status, actor: row.actor ?? .person, method: .import,
            policyVersion: policy.version, source: row.source, saidAt: row.saidAt)
        send(.import, of: subject, purpose: purpose.id, lowers: row.choice != .granted)
        var key = keys[subject]?[purpose.id] ?? Key()
        key.closed = []
        let said = row.saidAt ?? now
        key.standing = Standing(
            status: row.choice.status, askAgain: row.choice == .granted && row.saidAt == nil ? .undated : nil, at: said,
            material: purpose.material, seq: seq, actor: row.actor ?? .person, written: said, imported: true, undated: row.saidAt == nil)
        if row.choice != .granted { key.lowered = (row.choice, seq, said) }
        keys[subject, default: [:]][purpose.id] = key
        remember(row.brought, of: subject, purpose.id)
    }
}
