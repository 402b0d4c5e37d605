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

/// A no that an older store of the app brought: its row there.
struct BroughtNo: Hashable, Sendable {
    let source: String
    let choice: Consent.ChoiceKind
    let at: Int64?
}

extension FakeLedger.Key {
    /// Most noes to one purpose that are remembered as brought: as many as one call may bring. What is brought past them is judged anew.
    private static let maxBrought = 200

    /// True where one more can be remembered without another being forgotten.
    var hasPlaceForBrought: Bool {
        brought.count < Self.maxBrought
    }

    /// Remembers that these noes were brought.
    mutating func remember(_ noes: [BroughtNo]) {
        for no in noes where !brought.contains(no) { brought.append(no) }
        brought.removeFirst(max(0, brought.count - Self.maxBrought))
    }
}

extension Consent.ImportChoice {
    /// The row of a no; nil for a yes, which is not remembered.
    fileprivate var no: BroughtNo? {
        choice == .granted ? nil : BroughtNo(source: source, choice: choice, at: saidAt)
    }

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
        try keep(choices, at: now)
        return Consent.ImportReceipt(imported: imported, kept: kept)
    }

    /// Records which noes of an older store were brought, where they changed nothing and are not remembered yet.
    private mutating func keep(_ choices: [Consent.ImportChoice], at now: Int64) throws(ConsentError) {
        var subjects: Set<String> = []
        for choice in choices {
            guard let no = choice.no else { continue }
            let subject = subject(of: try consentPurpose(choice.purpose, "purpose"))
            let known = keys[subject]?[choice.purpose] ?? Key()
            if known.brought.contains(no) || !known.hasPlaceForBrought { continue }
            keys[subject, default: [:]][choice.purpose, default: Key()].remember([no])
            // One record for all of one subject.
            if subjects.insert(subject).inserted { appendWithoutEntry() }
        }
    }

    /// True where an answer of an older store is taken over: it takes the place of what stands, and is no no that was brought before.
    func gives(way subject: String, _ purpose: String, to row: Consent.ImportChoice) -> Bool {
        let key = keys[subject]?[purpose] ?? Key()
        if let no = row.no, key.brought.contains(no) { return false }
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
            "import", at: now, purpose: purpose.id, status: row.choice.status, method: .import, policyVersion: policy.version)
        send(.import, of: subject, purpose: purpose.id, lowers: row.choice != .granted)
        var key = keys[subject]?[purpose.id] ?? Key()
        let said = row.saidAt ?? now
        key.standing = Standing(
            status: row.choice.status, askAgain: row.choice == .granted && row.saidAt == nil ? .undated : nil, at: said,
            material: purpose.material, seq: seq, actor: row.actor ?? .person, written: said, imported: true, undated: row.saidAt == nil)
        if row.choice != .granted { key.lowered = (row.choice, seq, said) }
        if let no = row.no { key.remember([no]) }
        keys[subject, default: [:]][purpose.id] = key
    }
}
