import ConsentKitBase

/// A denial that counts and could not be recorded, because the test let the store refuse.
struct FakeDenial: Sendable {
    /// What denies.
    enum What: Sendable {
        /// A refusal or a withdrawal of a subject.
        case no(subject: String, PolicyPurpose, Consent.ChoiceKind, method: Consent.Method, actor: Consent.Actor, language: String)
        /// A no from an older store.
        case imported(subject: String, PolicyPurpose, Consent.ImportChoice)
        /// One field of the device's signals.
        case device(Consent.Signals)
        /// One field of what is said of a person.
        case person(String, Consent.Signals)
        /// A person left, and an anonymous one follows.
        case left(String, next: String)
        /// An account was to take this anonymous person's place: until the next write the grants do not answer for the account.
        case arriving(String)
    }

    let what: What
    /// Since when it counts.
    var at: Int64
    /// Names it within one fake; 0 until it is held.
    var number = 0

    var listed: Consent.Unrecorded {
        Consent.Unrecorded(kind: kind, purpose: no?.purpose, since: at)
    }

    private var no: (subject: String, purpose: String)? {
        switch what {
        case .no(let subject, let purpose, _, _, _, _), .imported(let subject, let purpose, _): (subject, purpose.id)
        default: nil
        }
    }

    /// True where one of the two is enough.
    func isOfTheSame(_ other: FakeDenial) -> Bool {
        if let no, let theirs = other.no { return no == theirs }
        return switch (what, other.what) {
        case (.device, .device): kind == other.kind
        case (.person(let one, _), .person(let two, _)): one == two && kind == other.kind
        case (.left(let one, _), .left(let two, _)), (.arriving(let one), .arriving(let two)): one == two
        default: false
        }
    }

    private var kind: Consent.DenialKind {
        switch what {
        case .no: .no
        case .imported: .import
        case .device(let signals) where signals.tracking != nil: .tracking
        case .device(let signals) where signals.adID != nil: .advertisingID
        case .device: .gpc
        case .person(_, let signals): signals.age != nil ? .age : .guardian
        case .left: .signOut
        case .arriving: .signIn
        }
    }
}

extension FakeLedger {
    /// What is seen of it: the records with what is held over them. That only ever takes permissions away.
    var shown: FakeLedger {
        var over = self
        held.forEach { over.apply($0) }
        return over
    }

    private mutating func apply(_ denial: FakeDenial) {
        switch denial.what {
        case .no(let subject, let purpose, let choice, _, _, _): deny(subject, purpose, choice, denial.at)
        case .imported(let subject, let purpose, let row): deny(subject, purpose, row.choice, denial.at)
        case .device(let reported): signals = signals.with(reported)
        case .person(let person, let reported): facts[person] = told(person, reported)
        case .left(let left, let next):
            if person == left {
                (person, signedIn) = (next, false)
                facts[next] = facts[left]?.denying
            }
        case .arriving(let anonymous):
            keys[anonymous] = keys[anonymous]?.filter { $0.value.standing.status != .granted }
            // Nor does that person's silence.
            arriving.insert(anonymous)
        }
    }

    private mutating func deny(_ subject: String, _ purpose: PolicyPurpose, _ choice: Consent.ChoiceKind, _ at: Int64) {
        keys[subject, default: [:]][purpose.id, default: Key()].standing = Standing(status: choice.status, at: at)
    }

    private func told(_ person: String, _ reported: Consent.Signals) -> PersonFacts {
        // Neither band takes anything from what an age of consent means.
        (facts[person] ?? PersonFacts()).with(reported, PolicyDocument.defaultAgeOfConsent)
    }

    /// Lets denials count from now on; one of the same takes the older one's place and counts since then.
    mutating func hold(_ denials: [FakeDenial]) {
        for var denial in denials {
            lastHeld += 1
            denial.number = lastHeld
            if let older = held.firstIndex(where: { $0.isOfTheSame(denial) }) {
                denial.at = held[older].at
                held[older] = denial
            } else {
                held.append(denial)
            }
        }
    }

    /// Before a call writes: records what is held, the first tap first, and which dates cannot be.
    mutating func settle(at now: Int64) {
        for denial in held {
            let before = seq
            record(denial)
            // Who drew a form while it was held has seen it.
            if seq > before { forms = forms.mapValues { $0.saw.contains(denial.number) ? $0.having(seen: seq) : $0 } }
        }
        held = []
        redate(at: now)
    }

    private mutating func record(_ denial: FakeDenial) {
        switch denial.what {
        case .no(let subject, let purpose, let choice, let method, let actor, let language):
            say(choice, about: purpose, of: subject, at: denial.at, method: method, actor: actor, language: language, form: nil)
        case .imported(let subject, let purpose, let row):
            if gives(way: subject, purpose.id, to: row) { bring(row, about: purpose, of: subject, at: denial.at) }
        case .device(let reported): record(signals.with(reported), advertisingIDChanged: false, at: denial.at)
        case .person(let person, let reported): tell(person, told(person, reported), at: denial.at)
        case .left(let left, let next): if person == left { signOut(to: next, at: denial.at) }
        case .arriving: break
        }
    }
}

// What each call takes away. Bad input is refused also where the store refuses.
extension FakeLedger {
    func denials(of answers: [Consent.Answer], to shown: Consent.Shown, at now: Int64) throws(ConsentError) -> [FakeDenial] {
        let form = try fitting(shown, answers)
        return answers.filter { $0.choice != .granted }.compactMap { answer in
            policy.purpose(answer.purpose).map { purpose in
                let what = FakeDenial.What.no(
                    subject: subject(of: purpose), purpose, answer.choice, method: answer.method, actor: answer.actor,
                    language: form.language)
                return FakeDenial(what: what, at: now)
            }
        }
    }

    func denials(withdrawing purposes: [String], at now: Int64) throws(ConsentError) -> [FakeDenial] {
        try withdrawable(purposes).map { purpose in
            let what = FakeDenial.What.no(
                subject: subject(of: purpose), purpose, .withdrawn, method: .toggle, actor: .person, language: language)
            return FakeDenial(what: what, at: now)
        }
    }

    func denials(importing choices: [Consent.ImportChoice], at now: Int64) throws(ConsentError) -> [FakeDenial] {
        try checked(choices, at: now).filter { $0.row.choice != .granted }.map { _, row, purpose in
            FakeDenial(what: .imported(subject: subject(of: purpose), purpose, row), at: now)
        }
    }

    func denials(reporting reported: Consent.Signals, at now: Int64) -> [FakeDenial] {
        let present = present
        return reported.denials.filter { present.denied(by: $0) != present }.map { field in
            let ofPerson = field.age != nil || field.guardian != nil
            return FakeDenial(what: ofPerson ? .person(person, field) : .device(field), at: now)
        }
    }

    func denials(signingIn account: String, next: String, at now: Int64) throws(ConsentError) -> [FakeDenial] {
        try Arguments.check(subject: account)
        if !signedIn { return [FakeDenial(what: .arriving(person), at: now)] }
        return accounts[account] == person ? [] : denials(signingOutTo: next, at: now)
    }

    func denials(signingOutTo next: String, at now: Int64) -> [FakeDenial] {
        signedIn ? [FakeDenial(what: .left(person, next: next), at: now)] : []
    }
}
