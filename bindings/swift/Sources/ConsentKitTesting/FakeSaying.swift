import ConsentKitBase
import Foundation

// What was said: choices recorded, withdrawn, and brought from an older store.
extension FakeLedger {
    private static let noSurface = "none"
    private static let maxPending = 100_000
    /// 2008-01-01: no app store is older.
    private static let earliestImport: Int64 = 1_199_145_600_000
    private static let importSlack: Int64 = 24 * 60 * 60 * 1000

    /// Draws a form and remembers it.
    mutating func questions(_ surface: String, pulled: Bool, at now: Int64) throws(ConsentError) -> Questions {
        try Arguments.check(surface, "surface", limit: Arguments.maxSurfaceLength)
        guard policy.surfaces.contains(surface) else {
            throw .invalid(field: "surface", reason: "is no form of the policy in force")
        }
        let circumstances = circumstances
        let asked = policy.purposes.filter { $0.basis == .consent && $0.surfaces.contains(surface) }
        let questions = asked.map { purpose in
            let status = circumstances.standings[purpose.id]?.status ?? .notAnswered
            let why = Self.why(status, circumstances.decide(purpose.id, at: now).reasons)
            return Question(purpose: purpose.id, why: why, status: status, notice: policy.notice(of: purpose, in: language))
        }
        let shownIn = questions.first?.notice.language ?? language
        let form = Form(
            edition: policy.edition, language: shownIn, surface: surface, person: person, purposes: asked.map(\.id), seq: seq)
        let shown = Shown(rawValue: "\(UUID().uuidString).\(surface):\(form.purposes.joined(separator: ","))")
        forms[shown] = form
        return Questions(
            shown: shown, surface: surface, language: shownIn, due: questions.contains { $0.why != .answered },
            pullFirst: signedIn && !pulled, questions: questions)
    }

    private static func why(_ status: Status, _ reasons: [Reason]) -> Why {
        if status == .notAnswered { return .firstTime }
        for case .askAgain(let cause) in reasons { return .askAgain(cause: cause) }
        return .answered
    }

    /// Records the answers to a form, all or none.
    mutating func record(_ shown: Shown, _ answers: [Answer], at now: Int64) throws(ConsentError) -> Receipt {
        try Arguments.check(count: answers.count, "answers")
        try checkPurposes(answers.map(\.purpose), twice: "is answered twice in one call") { "answers[\($0)].purpose" }
        guard let form = forms[shown] else {
            throw .shownRefused(reason: "it was not made by this ledger; use the one that questions() returned")
        }
        if form.edition != policy.edition { throw .shownRefused(reason: "it was made for another version of the policy; ask again") }
        if form.person != person { throw .shownRefused(reason: "somebody signed in or out since; ask again") }
        if answers.contains(where: { $0.choice == .granted }) && waiting.count + answers.count > Self.maxPending {
            throw .tooManyPending(limit: Int64(Self.maxPending))
        }
        let guarded = circumstances.mayBeChild
        for (index, answer) in answers.enumerated() where answer.choice == .granted {
            if !form.purposes.contains(answer.purpose) { throw .noticeNotShown(purpose: answer.purpose) }
            if guarded && answer.actor != .guardian {
                throw .invalid(
                    field: "answers[\(index)].actor", reason: "must be the guardian: the person is under 14, or may be (PIPA-8)")
            }
        }
        var items: [ReceiptItem] = []
        for answer in answers {
            items.append(
                try say(
                    answer.choice, about: answer.purpose, at: now, method: answer.method, actor: answer.actor, language: form.language,
                    seen: form.seq))
        }
        return Receipt(items: items, at: now, pending: Int64(waiting.count))
    }

    /// Records a choice without a form.
    mutating func say(_ choice: ChoiceKind, about purposes: [String], at now: Int64) throws(ConsentError) -> Receipt {
        try Arguments.check(count: purposes.count, "purposes")
        try checkPurposes(purposes, twice: "is named twice in one call") { "purposes[\($0)]" }
        var items: [ReceiptItem] = []
        for purpose in purposes {
            items.append(
                try say(choice, about: purpose, at: now, method: .toggle, actor: .person, language: language, seen: seq))
        }
        return Receipt(items: items, at: now, pending: Int64(waiting.count))
    }

    private mutating func say(
        _ choice: ChoiceKind, about id: String, at now: Int64, method: ConsentKitBase.Method, actor: Actor, language: String, seen: Int64
    ) throws(ConsentError) -> ReceiptItem {
        let purpose = try consentPurpose(id, "purpose")
        let subject = subject(of: purpose)
        var key = keys[subject]?[id] ?? Key()
        let said = choice == .refused && key.standing.status == .granted ? .withdrawn : choice
        let seq = append(
            "choice", at: now, purpose: id, status: said.status, actor: actor, method: method, policyVersion: policy.version,
            language: language)
        send(.choice, purpose: id, lowers: said != .granted)
        key.standing = Standing(status: said.status, at: now, material: purpose.material, seq: seq)
        if said == .granted {
            // A form drawn before the person's own withdrawal cannot override it.
            if let lowered = key.lowered, lowered.seq > seen { key.standing.askAgain = .staleGrant }
        } else {
            key.lowered = (said, seq)
        }
        keys[subject, default: [:]][id] = key
        return receipt(id, said)
    }

    /// Brings consents from an older store; an answer given here stands.
    mutating func importChoices(_ choices: [ImportChoice], at now: Int64) throws(ConsentError) -> ImportReceipt {
        try Arguments.check(count: choices.count, "choices")
        for (index, choice) in choices.enumerated() {
            _ = try consentPurpose(choice.purpose, "choices[\(index)].purpose")
            if choices[..<index].contains(where: { $0.purpose == choice.purpose }) {
                throw .invalid(field: "choices[\(index)].purpose", reason: "comes twice in one call")
            }
            try Arguments.check(choice.source, "choices[\(index)].source", limit: Arguments.maxSourceLength)
            if let version = choice.textVersion {
                try Arguments.check(version, "choices[\(index)].text_version", limit: Arguments.maxSourceLength)
            }
            if let saidAt = choice.saidAt, saidAt < Self.earliestImport || saidAt - Self.importSlack > now {
                throw .invalid(
                    field: "choices[\(index)].said_at",
                    reason: "is before 2008 or in the future; give Unix milliseconds, or none where unknown")
            }
        }
        var (imported, kept) = ([ReceiptItem](), [String]())
        for choice in choices {
            let purpose = try consentPurpose(choice.purpose, "choices")
            let subject = subject(of: purpose)
            guard (keys[subject]?[purpose.id]?.standing.status ?? .notAnswered) == .notAnswered else {
                kept.append(purpose.id)
                continue
            }
            let seq = append(
                "import", at: now, purpose: purpose.id, status: choice.choice.status, method: .import, policyVersion: policy.version)
            send(.import, purpose: purpose.id, lowers: choice.choice != .granted)
            var key = Key()
            key.standing = Standing(
                status: choice.choice.status, askAgain: choice.choice == .granted && choice.saidAt == nil ? .undated : nil,
                at: choice.saidAt ?? now, material: purpose.material, seq: seq)
            if choice.choice != .granted { key.lowered = (choice.choice, seq) }
            keys[subject, default: [:]][purpose.id] = key
            imported.append(receipt(purpose.id, choice.choice))
        }
        return ImportReceipt(imported: imported, kept: kept)
    }

    private func checkPurposes(_ ids: [String], twice: String, field: (Int) -> String) throws(ConsentError) {
        for (index, id) in ids.enumerated() {
            _ = try consentPurpose(id, field(index))
            if ids[..<index].contains(id) { throw .invalid(field: field(index), reason: twice) }
        }
    }
}

extension ChoiceKind {
    /// Where it puts a purpose.
    var status: Status {
        switch self {
        case .granted: .granted
        case .refused: .refused
        case .withdrawn: .withdrawn
        }
    }
}
