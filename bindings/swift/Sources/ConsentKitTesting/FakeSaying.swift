import ConsentKitBase
import Foundation

// What was said: choices recorded and withdrawn.
extension FakeLedger {
    private static let noSurface = "none"
    /// Most forms that an error names.
    private static let maxNamedForms = 20
    private static let maxPending = 100_000

    /// Draws a form and remembers it.
    mutating func questions(_ surface: String, pulled: Bool, at now: Int64) throws(ConsentError) -> Consent.Questions {
        try Arguments.check(surface, "surface", limit: Arguments.maxSurfaceLength)
        guard policy.surfaces.isEmpty || policy.surfaces.contains(surface) else {
            let forms = policy.surfaces.prefix(Self.maxNamedForms).joined(separator: ", ")
            throw .invalid(field: "surface", reason: "is no form of the policy in force, whose forms are: \(forms)")
        }
        let circumstances = circumstances
        let asked = policy.purposes.filter { $0.basis.mayBeAnswered && (policy.surfaces.isEmpty || $0.surfaces.contains(surface)) }
        var due = false
        let questions = asked.map { purpose in
            let status = circumstances.standings[purpose.id]?.status ?? .notAnswered
            let needsYes = circumstances.needsYes(purpose)
            let why = Self.why(status, circumstances.decide(purpose.id, at: now).reasons, needsYes: needsYes)
            due = due || (needsYes && why != .answered && !isKeptAway(purpose, at: now))
            return Consent.Question(purpose: purpose.id, why: why, status: status, notice: policy.notice(of: purpose, in: language))
        }
        let shownIn = questions.first?.notice.language ?? language
        let form = Form(
            edition: policy.edition, language: shownIn, surface: surface, person: person, purposes: asked.map(\.id), seq: seq,
            saw: held.map(\.number))
        let shown = Consent.Shown(rawValue: "\(UUID().uuidString).\(surface):\(form.purposes.joined(separator: ","))")
        forms[shown] = form
        return Consent.Questions(
            shown: shown, surface: surface, language: shownIn, due: due, pullFirst: signedIn && (!pulled || circumstances.waitsForAPull), questions: questions)
    }

    /// True where a question waits for an answer.
    func isOpen(_ purpose: PolicyPurpose, _ circumstances: Circumstances, at now: Int64) -> Bool {
        let status = circumstances.standings[purpose.id]?.status ?? .notAnswered
        let reasons = circumstances.decide(purpose.id, at: now).reasons
        return circumstances.needsYes(purpose) && Self.why(status, reasons, needsYes: true) != .answered
    }

    private static func why(_ status: Consent.Status, _ reasons: [Consent.Reason], needsYes: Bool) -> Consent.Why {
        if status == .notAnswered && needsYes { return .firstTime }
        if status == .notAnswered && !reasons.contains(.withdrawn) { return .mayObject }
        for case .askAgain(let cause) in reasons { return .askAgain(cause: cause) }
        return .answered
    }

    /// The form that a token stands for, where it fits and the answers are usable.
    func fitting(_ shown: Consent.Shown, _ answers: [Consent.Answer]) throws(ConsentError) -> Form {
        try Arguments.check(count: answers.count, "answers")
        try checkPurposes(answers.map(\.purpose), twice: "is answered twice in one call; answer it once") { "answers[\($0)].purpose" }
        return try form(shown)
    }

    /// The form that a token stands for, where it fits.
    func form(_ shown: Consent.Shown) throws(ConsentError) -> Form {
        guard let form = forms[shown] else {
            throw .shownRefused(reason: "it was not made by this ledger; use the one that questions() returned")
        }
        if form.edition != policy.edition { throw .shownRefused(reason: "it was made for another version of the policy; ask again with questions()") }
        if form.person != person { throw .shownRefused(reason: "somebody signed in or out since; ask again with questions()") }
        return form
    }

    /// Records the answers to a form, all or none.
    mutating func record(_ shown: Consent.Shown, _ answers: [Consent.Answer], at now: Int64) throws(ConsentError) -> Consent.Receipt {
        let form = try fitting(shown, answers)
        if answers.contains(where: { $0.choice == .granted }) && waiting.count + answers.count > Self.maxPending {
            throw .tooManyPending(limit: Int64(Self.maxPending))
        }
        for (index, answer) in answers.enumerated() where answer.choice == .granted {
            if !form.purposes.contains(answer.purpose) { throw .noticeNotShown(purpose: answer.purpose) }
            try checkGuardian(answer.actor, "answers[\(index)].actor")
        }
        var items: [Consent.ReceiptItem] = []
        for answer in answers {
            let purpose = try answerablePurpose(answer.purpose, "purpose")
            items.append(
                say(
                    answer.choice, about: purpose, of: subject(of: purpose), at: now, method: answer.method, actor: answer.actor,
                    language: form.language, form: form))
        }
        return Consent.Receipt(items: items, at: now, pending: Int64(waiting.count))
    }

    /// Below the age of consent only the guardian may grant, and where children are expected nobody else may until an age is known.
    func checkGuardian(_ actor: Consent.Actor?, _ field: String) throws(ConsentError) {
        if actor == .guardian || !circumstances.mayBeChild { return }
        let reason =
            present.age != nil
            ? "must be the guardian: the person is below the age of consent (PIPA-8)"
            : "must be the guardian while no age is known and the policy expects children (PIPA-8): report the person's age band with report_signals"
        throw .invalid(field: field, reason: reason)
    }

    /// Records a choice without a form, for a test that needs a state and no story.
    mutating func say(_ choice: Consent.ChoiceKind, about purposes: [String], at now: Int64) throws(ConsentError) {
        try Arguments.check(count: purposes.count, "purposes")
        try checkPurposes(purposes, twice: "is named twice in one call") { "purposes[\($0)]" }
        let actor: Consent.Actor = circumstances.mayBeChild ? .guardian : .person
        for id in purposes {
            let purpose = try answerablePurpose(id, "purpose")
            say(choice, about: purpose, of: subject(of: purpose), at: now, method: .toggle, actor: actor, language: language, form: nil)
        }
    }

    /// Withdraws.
    mutating func withdraw(_ purposes: [String], at now: Int64) throws(ConsentError) -> Consent.Receipt {
        let items = try withdrawable(purposes).map { purpose in
            say(.withdrawn, about: purpose, of: subject(of: purpose), at: now, method: .toggle, actor: .person, language: language, form: nil)
        }
        return Consent.Receipt(items: items, at: now, pending: Int64(waiting.count))
    }

    /// The purposes to withdraw: those that the policy in force asks for, and those that an earlier edition asked for here.
    func withdrawable(_ ids: [String]) throws(ConsentError) -> [PolicyPurpose] {
        try Arguments.check(count: ids.count, "purposes")
        for (index, id) in ids.enumerated() {
            try Arguments.check(id, "purposes[\(index)]", limit: Arguments.maxIDLength)
            if ids[..<index].contains(id) { throw .invalid(field: "purposes[\(index)]", reason: "is named twice in one call; name it once") }
        }
        var found: [PolicyPurpose] = []
        for (index, id) in ids.enumerated() {
            let asked = ([policy] + formerPolicies).lazy.compactMap { $0.purpose(id) }.first { $0.basis.mayBeAnswered }
            guard let asked else {
                let reason =
                    policy.purpose(id) != nil
                    ? "never needed consent; leave it out, since there is none to withdraw"
                    : "is no purpose that anybody was asked about here; \(policy.meant(by: id)) or had"
                throw .invalid(field: "purposes[\(index)]", reason: reason)
            }
            found.append(asked)
        }
        return found
    }

    @discardableResult
    mutating func say(
        _ choice: Consent.ChoiceKind, about purpose: PolicyPurpose, of subject: String, at now: Int64, method: Consent.Method, actor: Consent.Actor,
        language: String, form: Form?
    ) -> Consent.ReceiptItem {
        var key = keys[subject]?[purpose.id] ?? Key()
        let said = choice == .refused && key.standing.status == .granted ? .withdrawn : choice
        let seq = append(
            "choice", at: now, purpose: purpose.id, status: said.status, actor: actor, method: method, policyVersion: policy.version,
            language: language)
        send(.choice, of: subject, purpose: purpose.id, lowers: said != .granted)
        key.standing = Standing(status: said.status, at: now, material: purpose.material, seq: seq, actor: actor, written: now)
        if said == .granted {
            // A form drawn before the person's own withdrawal cannot override it.
            if let form, let lowered = key.lowered, lowered.seq > form.seq, !form.sawAt.contains(lowered.seq) {
                key.standing.askAgain = .staleGrant
            }
        } else {
            key.lowered = (said, seq, now)
        }
        key.closed = []
        keys[subject, default: [:]][purpose.id] = key
        return receipt(purpose.id, said)
    }

    private func checkPurposes(_ ids: [String], twice: String, field: (Int) -> String) throws(ConsentError) {
        for (index, id) in ids.enumerated() {
            _ = try answerablePurpose(id, field(index))
            if ids[..<index].contains(id) { throw .invalid(field: field(index), reason: twice) }
        }
    }
}

extension Consent.ChoiceKind {
    /// Where it puts a purpose.
    var status: Consent.Status {
        switch self {
        case .granted: .granted
        case .refused: .refused
        case .withdrawn: .withdrawn
        }
    }
}
