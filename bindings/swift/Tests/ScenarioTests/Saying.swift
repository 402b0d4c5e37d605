import ConsentKit
import Foundation

// The steps that call one device.
extension World {
    /// Longest that one sync may take: loopback needs a fraction of it.
    private static let syncSeconds: TimeInterval = 30

    func say(_ action: Action, _ device: any Device) async throws {
        if case .restart(let policy) = action {
            device.form = nil
            return try await device.open(shipping: policy?.document())
        }
        let consent = try device.consent.orFault("the device is not open")
        switch action {
        case .close: try await consent.close()
        case .ask(let surface, let name, let expected):
            let questions = try await consent.questions(surface: surface)
            device.form = questions.shown
            if let name { forms[name] = questions.shown }
            try Self.compare(expected, questions)
        case .dismiss: device.form = nil
        case .closed:
            let shown = try device.form.orFault("no form is on the screen; ask first")
            device.form = nil
            try await consent.closed(shown)
        case .answer(let answers): try await answer(answers, device, consent)
        case .withdraw(let purposes): try await consent.withdraw(purposes)
        case .import(let choices, let expected):
            let receipt = try await consent.import(choices)
            var differences = Differences()
            differences.maybe("imported", expected?.imported, receipt.imported.map(\.purpose))
            differences.maybe("kept", expected?.kept, receipt.kept)
            try differences.end()
        case .signals(let signals): try await consent.reportSignals(signals)
        case .advertisingID(let purpose, let provider, let expected):
            try await gate(purpose, provider, expected, device, consent)
        case .prompt(let expected):
            var differences = Differences()
            differences.compare("prompt", expected, consent.nextPrompt()?.rawValue ?? "none")
            try differences.end()
        case .signIn(let subject): try await consent.signIn(subject)
        case .signOut: try await consent.signOut()
        case .online: try await consent.connectivityRestored()
        case .sync(let expected): try Self.compare(expected, try await consent.sync(within: Self.syncSeconds))
        case .adoptPolicy(let policy): try await consent.adoptPolicy(policy.document())
        case .stateAt(let time, let expected): try Self.compare(expected, try await consent.stateAt(time))
        default: throw ScenarioFault("is no step of a device")
        }
    }

    private func answer(_ answers: FormAnswers, _ device: any Device, _ consent: Consent) async throws {
        let kept = try answers.form.map { name in try forms[name].orFault("no form \"\(name)\" was kept") }
        var shown = try (kept ?? device.form).orFault("no form is on the screen; ask first")
        if let (replace, with) = answers.forge {
            guard shown.rawValue.contains(replace) else { throw ScenarioFault("the token holds no \"\(replace)\" to replace") }
            shown = Consent.Shown(rawValue: shown.rawValue.replacingOccurrences(of: replace, with: with))
        }
        let receipt = try await consent.record(shown) { form in
            for purpose in answers.grant { form.grant(purpose, method: answers.method, actor: answers.actor) }
            for purpose in answers.refuse { form.refuse(purpose, method: answers.method, actor: answers.actor) }
        }
        var differences = Differences()
        if let expected = answers.expect {
            let got = Dictionary(receipt.items.map { ($0.purpose, $0.choice.rawValue) }) { first, _ in first }
            differences.compare("recorded", expected.mapValues(\.rawValue), got)
        }
        try differences.end()
    }

    private func gate(
        _ purpose: String, _ provider: Provider?, _ expected: ExpectedGate?, _ device: any Device, _ consent: Consent
    ) async throws {
        device.answers(provider)
        let before = device.asked
        let answer = try await consent.advertisingID(for: purpose)
        let wanted = try expected.orFault("an ad_id step needs an expectation, or an error")
        var differences = Differences()
        differences.compare("the provider was asked", provider != nil, device.asked > before)
        switch (wanted, answer) {
        case (.available(let id), .available(let got)): differences.compare("id", id, got)
        case (.refused(let reasons), .refused(let got)): differences.compare("refused", reasons, got.map(\.code))
        case (.available, .refused(let got)): differences.add("expected an id, got refused \(got.map(\.code))")
        case (.refused(let reasons), .available): differences.add("expected refused \(reasons), got an id")
        }
        try differences.end()
    }

    private static func compare(_ expected: ExpectedForm, _ got: Consent.Questions) throws {
        var differences = Differences()
        differences.maybe("due", expected.due, got.due)
        differences.maybe("pull_first", expected.pullFirst, got.pullFirst)
        differences.maybe("language", expected.language, got.language)
        differences.maybe("purposes", expected.purposes, got.questions.map(\.purpose))
        func question(_ purpose: String) -> Consent.Question? {
            got.questions.first { $0.purpose == purpose }
        }
        for (purpose, why) in expected.why.sorted(by: { $0.key < $1.key }) {
            differences.compare("why \(purpose)", why, question(purpose)?.why.named ?? "not asked")
        }
        for (purpose, status) in expected.status.sorted(by: { $0.key < $1.key }) {
            differences.maybe("status \(purpose)", status, question(purpose)?.status)
        }
        try differences.end()
    }

    private static func compare(_ expected: ExpectedSync, _ got: Consent.SyncReport) throws {
        var differences = Differences()
        differences.maybe("state", expected.state, got.state.rawValue)
        differences.maybe("pending", expected.pending, got.pending)
        differences.maybe("stuck", expected.stuck, got.stuck)
        differences.maybe("acknowledged", expected.acknowledged, got.acknowledged)
        differences.maybe("troubles", expected.troubles, got.troubles.map(\.named))
        differences.maybe("server_lost_data", expected.serverLostData, got.serverLostData)
        differences.maybe("restored", expected.restored, got.restored)
        differences.maybe("policy_changed", expected.policyChanged, got.policyChanged)
        differences.maybe("policy_announced", expected.policyAnnounced, got.policyAnnounced)
        try differences.end()
    }

    private static func compare(_ expected: ExpectedPast, _ got: Consent.StateAt) throws {
        var differences = Differences()
        differences.compare("policy_version", expected.policyVersion, got.policyVersion ?? "")
        for (purpose, reasons) in expected.reasons.sorted(by: { $0.key < $1.key }) {
            let decision = got.decisions.first { $0.purpose == purpose }
            differences.maybe("reasons \(purpose)", reasons, decision?.reasons.map(\.code))
        }
        try differences.end()
    }
}

extension Consent.Trouble {
    /// As the files name it.
    fileprivate var named: String {
        switch self {
        case .offline: "offline"
        case .serverBusy: "server_busy"
        case .unauthorised: "unauthorised"
        case .configuration: "configuration"
        case .portal: "portal"
        case .unexpectedStatus: "unexpected_status"
        case .malformedAnswer: "malformed_answer"
        case .answerTooLarge: "answer_too_large"
        case .noProgress: "no_progress"
        case .tooMuchTold: "too_much_told"
        case .conflict: "conflict"
        case .stuck: "stuck"
        case .paused: "paused"
        }
    }
}

extension Consent.Why {
    /// As the files name it.
    fileprivate var named: String {
        switch self {
        case .firstTime: "first_time"
        case .askAgain(let cause): Consent.Reason.askAgain(cause: cause).code
        case .answered: "answered"
        case .mayObject: "may_object"
        }
    }
}
