import ConsentKitBase

/// What one fake remembers: a plain value, changed as a whole or not at all.
struct FakeLedger: Sendable {
    /// One purpose of one subject.
    struct Key: Sendable {
        var standing = Standing()
        /// The newest refusal or withdrawal, where it stands and when it was made.
        var lowered: (choice: Consent.ChoiceKind, seq: Int64, at: Int64)?
        /// The rows that older stores brought, the newest last: brought again, they change nothing for anybody.
        var brought: [BroughtRow] = []
        /// When a form with this question was closed while the question was open, since the last answer; the newest last.
        var closed: [FormClosed] = []
    }

    /// Whether all is known that a subject said elsewhere.
    enum Pulled {
        case all, notYet
        /// An anonymous person after a sign-out: nobody can tell whether it is the one from before.
        case never
    }

    /// A form as it was drawn.
    struct Form: Sendable {
        let edition: Int
        let language: String
        let surface: String
        let person: String
        let purposes: [String]
        /// How far the ledger reached: a grant answers nothing that came later.
        let seq: Int64
        /// What was held in memory alone when it was drawn, by its number.
        let saw: [Int]
        /// Where that was recorded since.
        var sawAt: Set<Int64> = []

        /// The same form, which has seen this entry too.
        func having(seen seq: Int64) -> Form {
            var form = self
            form.sawAt.insert(seq)
            return form
        }
    }

    static let device = "device"

    let platform: Consent.Platform
    let language: String
    var policy: PolicyDocument
    /// Editions that were in force before, newest first.
    var formerPolicies: [PolicyDocument] = []
    /// Editions that come into force later, the next one first.
    var announced: [PolicyDocument] = []
    /// What the platform says; a person's age and guardian are in `facts`.
    var signals = Consent.Signals()
    /// What the app said of each person.
    var facts: [String: PersonFacts] = [:]
    /// What counts and could not be recorded, because the test let the store refuse; in the order of the taps.
    var held: [FakeDenial] = []
    /// The number of the last one that was held.
    var lastHeld = 0
    var available = true
    var entries: [Consent.HistoryEntry] = []
    /// What waits to be sent, each with whose it is.
    var waiting: [(subject: String, change: Consent.PendingChange)] = []
    /// By subject and purpose. Accounts are kept by a name of the fake's own, as in the core.
    var keys: [String: [String: Key]] = [:]
    var accounts: [String: String] = [:]
    /// Of whom all is known that was said elsewhere; of whoever is not here nothing is.
    var pulled: [String: Pulled] = [device: .all, "person-1": .all]
    /// Purposes that an edition allows until the person objects, and to which an earlier one asked consent.
    var askedBefore: Set<String> = []
    /// Anonymous persons in whose place an account was to come, while that is held in memory alone.
    var arriving: Set<String> = []
    var person = "person-1"
    var signedIn = false
    /// Forms by their token. One that is not here was not drawn here.
    var forms: [Consent.Shown: Form] = [:]
    var lastAdvertisingID: String?
    /// Where it was noticed that the advertising id is another one (AND-4).
    var advertisingIDChanged: Int64?
    /// Position of the newest record.
    private(set) var seq: Int64 = 0
    /// What the ledger was after each call that recorded something, without its own past.
    private(set) var past: [(at: Int64, ledger: FakeLedger)] = []
    private var subjects = 1

    /// Begins with the policy that the app ships.
    init(policy: PolicyDocument, platform: Consent.Platform, language: String, at now: Int64) {
        self.policy = policy
        self.platform = platform
        self.language = language
        append("install", at: now)
        append("policy", at: now, policyVersion: policy.version)
        remember(at: now)
    }

    mutating func remember(at now: Int64) {
        var present = self
        present.past = []
        past.append((now, present))
    }

    /// Everything that a decision is made of now.
    var circumstances: Circumstances {
        Circumstances(policy: policy, standings: standings, signals: present, platform: platform, available: available)
    }

    private var standings: [String: Standing] {
        var standings: [String: Standing] = [:]
        for purpose in policy.purposes {
            let (subject, key) = (subject(of: purpose), keys[subject(of: purpose)]?[purpose.id])
            if key == nil && !purpose.basis.silenceAllows { continue }
            var standing = key?.standing ?? Standing()
            standing.refusedBefore = key?.lowered != nil
            standing.silence = silence(of: subject, purpose.id, said: standing.status)
            let stranger = purpose.usesAdvertisingID && standing.seq < (advertisingIDChanged ?? 0)
            if stranger && standing.status == .granted && standing.askAgain == nil { standing.askAgain = .adIDChanged }
            standings[purpose.id] = standing
        }
        return standings
    }

    /// What it is worth that a subject said nothing to a purpose that is allowed until somebody objects.
    private func silence(of subject: String, _ purpose: String, said status: Consent.Status) -> Standing.Silence {
        if pulled[subject] != .all || (arriving.contains(subject) && status == .notAnswered) { return .notPulled }
        return askedBefore.contains(purpose) ? .needsAnswer : .allows
    }

    /// A sync told all that the server holds of whoever is in front of the screen.
    mutating func pullEnded(at now: Int64) {
        guard pulled[person] == .notYet, policy.purposes.contains(where: \.basis.silenceAllows) else { return }
        pulled[person] = .all
        append("pulled", at: now)
    }

    /// Whose the choices about a purpose are.
    func subject(of purpose: PolicyPurpose) -> String {
        purpose.scope == .device ? Self.device : person
    }

    /// The purpose, if the policy in force has it and the person has a say about it.
    func answerablePurpose(_ id: String, _ field: String) throws(ConsentError) -> PolicyPurpose {
        try Arguments.check(id, field, limit: Arguments.maxIDLength)
        guard let purpose = policy.purpose(id) else { throw .invalid(field: field, reason: "is no purpose of the policy in force; \(policy.meant(by: id))") }
        if !purpose.basis.mayBeAnswered {
            throw .invalid(field: field, reason: "needs no consent; leave it out, since it cannot be granted, refused or withdrawn")
        }
        return purpose
    }

    /// Adds a record, or another line of the newest one.
    @discardableResult
    mutating func append(
        _ kind: String,
        at now: Int64,
        purpose: String? = nil,
        status: Consent.Status? = nil,
        actor: Consent.Actor? = nil,
        method: Consent.Method? = nil,
        policyVersion: String? = nil,
        edition: Int? = nil,
        language: String? = nil,
        signedIn: Bool? = nil,
        source: String? = nil,
        saidAt: Int64? = nil,
        toNewest: Bool = false
    ) -> Int64 {
        if !toNewest { seq += 1 }
        entries.append(
            Consent.HistoryEntry(
                seq: seq, at: now, offset: 0, kind: kind, purpose: purpose, status: status, actor: actor, method: method,
                policyVersion: policyVersion, text: nil, language: language,
                edition: policyVersion == nil ? nil : Int64(edition ?? policy.edition), signedIn: signedIn, source: source, saidAt: saidAt))
        return seq
    }

    /// Takes the next place of the ledger for a record that has no line in its history.
    mutating func appendWithoutEntry() {
        seq += 1
    }

    /// Queues the newest entry for the server.
    mutating func send(_ kind: Consent.ChangeKind, of subject: String, purpose: String = "", lowers: Bool = false) {
        let change = Consent.PendingChange(kind: kind, purpose: purpose, op: Self.op(seq), seq: seq, lowers: lowers, stuck: nil)
        waiting.append((subject, change))
    }

    /// The receipt of the newest entry.
    func receipt(_ purpose: String, _ choice: Consent.ChoiceKind) -> Consent.ReceiptItem {
        Consent.ReceiptItem(purpose: purpose, choice: choice, op: Self.op(seq), seq: seq, hash: "")
    }

    /// Records which grants of the device and of the person in front of it bear a date that cannot be, and that they count from now.
    mutating func redate(at now: Int64) {
        // Whether the giver saw every withdrawal makes no difference to the date; but one that did not is no reason to look.
        func cannotBe(_ standing: Standing, also blind: Bool) -> Bool {
            let counts = standing.askAgain == nil || (blind && standing.askAgain == .staleGrant)
            return standing.status == .granted && counts && !Dates.isPossible(standing.at, at: now)
        }
        guard standings.values.contains(where: { cannotBe($0, also: false) }) else { return }
        for subject in [Self.device, person] {
            let noticed = (keys[subject] ?? [:]).filter { cannotBe($0.value.standing, also: true) }.keys.sorted()
            var isFirst = true
            for purpose in noticed {
                guard var standing = keys[subject]?[purpose]?.standing else { continue }
                let at = standing.written < Dates.earliest ? now : min(standing.written, now)
                if at == standing.at { continue }
                append("redated", at: now, purpose: purpose, toNewest: !isFirst)
                isFirst = false
                standing.at = at
                keys[subject]?[purpose]?.standing = standing
            }
        }
    }

    mutating func newSubject() -> String {
        subjects += 1
        return "person-\(subjects)"
    }

    private static func op(_ seq: Int64) -> String {
        "fake-\(seq)"
    }
}

extension AdvertisingIDAnswer {
    /// The signal it amounts to, and the id where there is one that may be used (APL-6, AND-2, AND-6).
    var read: (signal: AdvertisingIDSignal, id: String?) {
        switch self {
        case .unavailable(let kind): (.unavailable(kind: kind), nil)
        case .id(_, limited: true): (.limited, nil)
        case .id(let value, _) where value.allSatisfy({ $0 == "0" || $0 == "-" }): (.limited, nil)
        case .id(let value, _) where Self.isUUID(value): (.available, value)
        case .id: (.unavailable(kind: .failed), nil)
        }
    }

    private static func isUUID(_ value: String) -> Bool {
        let bytes = Array(value.utf8)
        return bytes.count == 36
            && bytes.enumerated().allSatisfy { at, byte in
                if [8, 13, 18, 23].contains(at) { byte == UInt8(ascii: "-") } else { Character(Unicode.Scalar(byte)).isHexDigit }
            }
    }
}
