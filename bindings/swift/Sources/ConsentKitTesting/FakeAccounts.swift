import ConsentKitBase

// Signing in and out: whose person-scope choices these are. Device-scope choices stay either way.
extension FakeLedger {
    private typealias Brought = (purpose: String, standing: Standing)

    /// Signs an account in and brings in what was said before by nobody in particular: a no lands, a yes counts only where the
    /// account said nothing.
    mutating func signIn(_ account: String, at now: Int64) throws(ConsentError) {
        try Arguments.check(subject: account)
        if signedIn && accounts[account] == person { return }
        let answers = signedIn ? [] : anonymousAnswers
        let before = signedIn ? PersonFacts() : facts[person] ?? PersonFacts()
        let (subject, former) = (accounts[account] ?? newSubject(), signedIn ? nil : person)
        accounts[account] = subject
        (person, signedIn) = (subject, true)
        pulled[subject] = .notYet
        if let former { bringClosed(from: former, to: subject) }
        append("link", at: now, signedIn: true)
        send(.link, of: subject)
        // Age and guardian end with the person, but whoever was known for a child is none the older for a sign-in.
        var known = facts[subject] ?? PersonFacts()
        if before.age == .below && (known.age == nil || known.age == .unknown) {
            (known.age, known.ageOfConsent) = (before.age, before.ageOfConsent)
            tell(subject, known, at: now)
        }
        // What lowers and what grants go apart, as in the core.
        bring(answers.filter { $0.standing.status != .granted }, to: subject, at: now)
        bring(answers.filter { $0.standing.status == .granted }, to: subject, at: now)
    }

    /// Brings answers into an account, as one record.
    private mutating func bring(_ answers: [Brought], to subject: String, at now: Int64) {
        if answers.isEmpty { return }
        for (index, answer) in answers.enumerated() {
            var standing = answer.standing
            append("merge", at: now, purpose: answer.purpose, status: standing.status, toNewest: index > 0)
            let said = keys[subject]?[answer.purpose]?.standing.status ?? .notAnswered
            if standing.status == .granted && said != .notAnswered { continue }
            var key = keys[subject]?[answer.purpose] ?? Key()
            (standing.seq, standing.written, standing.imported) = (seq, standing.at, standing.undated)
            key.standing = standing
            key.closed = []
            if let choice = standing.status.lowering { key.lowered = (choice, seq, standing.at) }
            keys[subject, default: [:]][answer.purpose] = key
        }
        send(.merge, of: subject, lowers: answers.contains { $0.standing.status != .granted })
    }

    /// Signs out; a new anonymous person begins.
    mutating func signOut(at now: Int64) {
        signOut(to: newSubject(), at: now)
    }

    /// Signs out; this anonymous person begins.
    mutating func signOut(to next: String, at now: Int64) {
        guard signedIn else { return }
        (person, signedIn) = (next, false)
        pulled[next] = .never
        append("link", at: now, signedIn: false)
    }

    /// What the anonymous person said, as it counts here: a grant blind to a withdrawal brings that withdrawal along, not itself; one
    /// without a date is asked again there too.
    private var anonymousAnswers: [Brought] {
        (keys[person] ?? [:]).sorted { $0.key < $1.key }.compactMap { purpose, key in
            let standing = key.standing
            if standing.status == .notAnswered { return nil }
            if standing.status != .granted || standing.askAgain == nil || standing.askAgain == .undated { return (purpose, standing) }
            return key.lowered.map { (purpose, Standing(status: $0.choice.status, at: $0.at)) }
        }
    }
}

extension Consent.Status {
    /// The choice that it stands for, where that is a no.
    var lowering: Consent.ChoiceKind? {
        switch self {
        case .notAnswered, .granted: nil
        case .refused: .refused
        case .withdrawn: .withdrawn
        }
    }
}
