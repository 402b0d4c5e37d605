import ConsentKit
import ConsentKitTesting
import XCTest

/// One random story, told to both.
final class Story {
    private static let ids = [
        "6d92078a-8246-4ba4-ae5b-76104861e7dc", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "3f333df6-90a4-4fda-8dd3-9485d27cee36",
        "00000000-0000-0000-0000-000000000000", "no id", "",
    ]
    private static let kinds: [AdvertisingIDUnavailable] = [.timedOut, .failed, .noPlayServices]

    private let device: NativeDevice
    private let fake: FakeDevice
    private var random: Random
    private let purposes: [String]
    /// Those about which the person has a say.
    private let askable: [String]
    private let seed: UInt64
    /// What was imported so far, and dice of their own that bring some of it again: the rest of a story does not change with them.
    private var brought: [Consent.ImportChoice] = []
    private var dice: Random
    private var forms: [(native: Consent.Shown, fake: Consent.Shown)] = []
    private var step = 0
    private var told = ""
    private var differs = false
    /// Codes of all reasons that were compared.
    private(set) var reached: Set<String> = []

    init(seed: UInt64, _ policy: String, _ platform: Consent.Platform) {
        self.seed = seed
        random = Random(state: seed)
        dice = Random(state: seed &+ 1)
        let settings = Settings(platform: platform, osVersion: "", language: "ko", policy: policy)
        let clock = TestClock()
        // The folder of a test can always be made.
        device = try! NativeDevice(settings, clock: clock, server: nil)
        fake = FakeDevice(settings, clock: clock)
        let listed = (try? JSON(policy)["purposes"]?.list) ?? []
        purposes = listed.compactMap { $0["id"]?.string }
        askable = listed.filter { ["consent", "legitimate_interest", "opt_out"].contains($0["basis"]?.string) }.compactMap { $0["id"]?.string }
    }

    func tell(steps: Int) async throws {
        try await device.open(shipping: nil)
        try await fake.open(shipping: nil)
        let (native, imitation) = (try XCTUnwrap(device.consent), try XCTUnwrap(fake.consent))
        for number in 1...steps where !differs {
            step = number
            try await act(native, imitation)
            let (left, right) = (native.snapshot, imitation.snapshot)
            for (expected, got) in zip(left.answers, right.answers) { compare("answer", expected, got) }
            compare("snapshot", Facts(left), Facts(right))
            reached.formUnion(native.snapshot.answers.flatMap { $0.reasons.map(\.code) })
            compare("prompt", native.nextPrompt(), imitation.nextPrompt())
            for purpose in purposes {
                compare("allows \(purpose)", native.allows(purpose), imitation.allows(purpose))
            }
        }
        compare("history", try await native.history().map(Line.init), try await imitation.history().map(Line.init))
        compare("pending", try await native.pending().map(Waiting.init), try await imitation.pending().map(Waiting.init))
        compare("held", native.unrecorded(), imitation.unrecorded())
        let time = device.clock.now() - 3_600_000
        compare("past", try await native.stateAt(time), try await imitation.stateAt(time))
    }

    private func act(_ native: Consent, _ imitation: Consent) async throws {
        switch random.below(14) {
        case 0: try await ask(native, imitation)
        case 1, 2, 3:
            try await ask(native, imitation)
            await answer(native, imitation)
        case 4: await answer(native, imitation)
        case 13:
            guard let form = forms.last else { return }
            told = "close"
            await compare(native, imitation) { consent in
                try await consent.closed(consent === native ? form.native : form.fake)
                return []
            }
        case 5:
            let some = pick(most: 3)
            told = "withdraw \(some)"
            await compare(native, imitation) { try await $0.withdraw(some).items.map(\.choice.rawValue) }
        case 6:
            let signals = Consent.Signals(
                tracking: random.maybe([.notDetermined, .restricted, .denied, .authorized, .authorized, .authorized]),
                gpc: random.maybe([true, false, false, false]),
                age: random.maybe([.below, .above, .above, .above, .unknown]), guardian: random.maybe([.verified, .notVerified]),
                push: random.maybe([.notDetermined, .denied, .granted]))
            told = "signals \(signals)"
            await compare(native, imitation) {
                try await $0.reportSignals(signals)
                return []
            }
        case 7, 8:
            let span = random.of([60_000, 3_600_000, 11 * 3_600_000, 86_400_000, -7_200_000]) as Int64
            told = "clock \(span)"
            device.clock.advance(milliseconds: span)
        case 9, 10: await gate(native, imitation)
        case 11:
            let account = random.of(["acct_81", "acct_82", "", "within"])
            told = "account \(account)"
            await compare(native, imitation) {
                if account == "within" { return try await $0.signOut(within: 0.001).waiting.map { "\($0.kind) \($0.lowers)" } }
                if account.isEmpty { try await $0.signOut() } else { try await $0.signIn(account) }
                return []
            }
        default:
            let picked = pick(most: 2)
            let news = (picked + picked.prefix(1)).map { purpose in
                Consent.ImportChoice(
                    purpose: purpose, choice: random.of([.granted, .refused, .withdrawn]),
                    saidAt: random.maybe([device.clock.now() - 86_400_000, device.clock.now() + 7_200_000, device.clock.now(), 5]),
                    source: "old_app", actor: random.maybe([.guardian, .person]))
            }
            // Some apps bring the same rows at every start.
            let choices = brought.isEmpty || dice.below(2) == 0 ? news : dice.some(of: brought, at: 3)
            brought += choices
            told = "import \(choices)"
            await compare(native, imitation) { consent in
                let receipt = try await consent.import(choices)
                return receipt.imported.map(\.purpose) + ["kept"] + receipt.kept
            }
        }
    }

    private func ask(_ native: Consent, _ imitation: Consent) async throws {
        told = "ask"
        let surface = random.of(["first_run", "settings", "settings"])
        let (left, right) = (try await native.questions(surface: surface), try await imitation.questions(surface: surface))
        compare("form", left.questions, right.questions)
        compare("due", left.due, right.due)
        forms.append((left.shown, right.shown))
    }

    /// Some purposes, mostly ones that a call takes.
    private func pick(most: Int) -> [String] {
        if random.below(8) == 0 { return random.some(of: purposes + ["none"], at: most) }
        return Array(random.shuffled(askable).prefix(random.below(most) + 1))
    }

    private func answer(_ native: Consent, _ imitation: Consent) async {
        guard !forms.isEmpty else { return }
        // Mostly the newest, sometimes one that no longer fits.
        let form = random.below(6) == 0 ? random.of(forms) : forms[forms.count - 1]
        let actor: Consent.Actor = random.below(4) == 0 ? .guardian : .person
        let answers = pick(most: random.below(3) == 0 ? askable.count : 4).map {
            Consent.Answer(purpose: $0, choice: random.below(6) == 0 ? .refused : .granted, method: .toggle, actor: actor)
        }
        told = "answer \(answers)"
        await compare(native, imitation) { consent in
            let receipt = try await consent.record(consent === native ? form.native : form.fake, answers)
            return receipt.items.map(\.choice.rawValue) + ["\(receipt.pending)"]
        }
    }

    private func gate(_ native: Consent, _ imitation: Consent) async {
        let purpose = random.of([
            "ad_id.measurement", "ad_id.measurement", "ad_id.personalised_ads", "ad_id.personalised_ads", "ad_id.link_account",
            random.of(["marketing.email", "none"]),
        ])
        let provider: Provider =
            random.below(5) == 0
            ? .unavailable(random.of(Self.kinds)) : .id(value: random.of(Self.ids), limited: random.below(8) == 0)
        device.answers(provider)
        fake.answers(provider)
        told = "gate \(purpose) \(provider)"
        await compare(native, imitation) { consent in
            switch try await consent.advertisingID(for: purpose) {
            case .available(let id): [id]
            case .refused(let reasons): reasons.map(\.code)
            }
        }
        compare("asked", device.asked, fake.asked)
    }

    private func compare(
        _ native: Consent, _ imitation: Consent, _ call: @Sendable (Consent) async throws -> [String]
    ) async {
        let (left, right) = (await ending(call, native), await ending(call, imitation))
        compare("ending", left, right)
    }

    private func ending(_ call: @Sendable (Consent) async throws -> [String], _ consent: Consent) async -> Result<[String], ConsentError> {
        do {
            return .success(try await call(consent))
        } catch {
            return .failure(error as? ConsentError ?? .internal)
        }
    }

    private func compare<Value: Equatable>(_ what: String, _ native: Value, _ fake: Value) {
        if native == fake || differs { return }
        // What follows from the first difference tells nothing more.
        differs = true
        XCTFail("seed \(seed) step \(step) (\(told)): \(what): library \(native), fake \(fake)")
    }
}

/// What of a snapshot must be alike: all but the number that counts changes up.
struct Facts: Equatable {
    let at: Int64
    let policyVersion: String
    let pending: Int64
    let signedIn: Bool
    let available: Bool
    let pushBlocked: Bool
    let signals: Consent.Signals
    let googleConsent: Consent.GoogleConsent
    let answers: [Consent.PurposeAnswer]

    init(_ snapshot: Consent.Snapshot) {
        at = snapshot.at
        policyVersion = snapshot.policyVersion
        pending = snapshot.pending
        signedIn = snapshot.signedIn
        available = snapshot.available
        pushBlocked = snapshot.pushBlocked
        signals = snapshot.signals
        googleConsent = snapshot.googleConsent
        answers = snapshot.answers
    }
}

/// What of a change must be alike: all but the name of its operation.
private struct Waiting: Equatable {
    let kind: Consent.ChangeKind
    let purpose: String
    let seq: Int64
    let lowers: Bool

    init(_ change: Consent.PendingChange) {
        (kind, purpose, seq, lowers) = (change.kind, change.purpose, change.seq, change.lowers)
    }
}

/// What of an entry must be alike: all but the offset of this machine's clock and the hash of the text.
private struct Line: Equatable {
    let seq: Int64
    let at: Int64
    let kind: String
    let purpose: String?
    let status: Consent.Status?
    let actor: Consent.Actor?
    let method: Consent.Method?
    let policyVersion: String?
    let language: String?
    let signedIn: Bool?
    let source: String?
    let saidAt: Int64?

    init(_ entry: Consent.HistoryEntry) {
        seq = entry.seq
        at = entry.at
        kind = entry.kind
        purpose = entry.purpose
        status = entry.status
        actor = entry.actor
        method = entry.method
        policyVersion = entry.policyVersion
        language = entry.language
        signedIn = entry.signedIn
        source = entry.source
        saidAt = entry.saidAt
    }
}

/// SplitMix64: the same stories on every run.
struct Random {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    mutating func of<Value>(_ values: [Value]) -> Value {
        values[below(values.count)]
    }

    mutating func maybe<Value>(_ values: [Value]) -> Value? {
        below(2) == 0 ? nil : of(values)
    }

    mutating func shuffled<Value>(_ values: [Value]) -> [Value] {
        var values = values
        for at in values.indices.dropFirst() { values.swapAt(at, below(at + 1)) }
        return values
    }

    mutating func some<Value>(of values: [Value], at count: Int) -> [Value] {
        (0..<count).map { _ in of(values) }
    }
}
