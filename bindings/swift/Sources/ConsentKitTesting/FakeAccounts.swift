import ConsentKitBase

// Signing in and out: whose person-scope choices these are. Device-scope choices stay either way.
extension FakeLedger {
    private typealias Brought = (purpose: String, choice: ChoiceKind, material: Int)

    /// Signs an account in and brings in what was said before by nobody in particular: a no lands, a yes counts only where the
    /// account said nothing.
    mutating func signIn(_ account: String, at now: Int64) throws(ConsentError) {
        try Arguments.check(subject: account)
        if signedIn && accounts[account] == person { return }
        let answers = signedIn ? [] : anonymousAnswers
        let subject = accounts[account] ?? newSubject()
        accounts[account] = subject
        (person, signedIn) = (subject, true)
        append("link", at: now)
        send(.link)
        // What lowers and what grants go apart, as in the core.
        bring(answers.filter { $0.choice != .granted }, to: subject, at: now)
        bring(answers.filter { $0.choice == .granted }, to: subject, at: now)
    }

    /// Brings answers into an account, as one record.
    private mutating func bring(_ answers: [Brought], to subject: String, at now: Int64) {
        if answers.isEmpty { return }
        for (index, answer) in answers.enumerated() {
            append("merge", at: now, purpose: answer.purpose, status: answer.choice.status, toNewest: index > 0)
            let said = keys[subject]?[answer.purpose]?.standing.status ?? .notAnswered
            if answer.choice == .granted && said != .notAnswered { continue }
            var key = keys[subject]?[answer.purpose] ?? Key()
            key.standing = Standing(status: answer.choice.status, at: now, material: answer.material, seq: seq)
            if answer.choice != .granted { key.lowered = (answer.choice, seq) }
            keys[subject, default: [:]][answer.purpose] = key
        }
        send(.merge, lowers: answers.contains { $0.choice != .granted })
    }

    /// Signs out; a new anonymous person begins.
    mutating func signOut(at now: Int64) {
        guard signedIn else { return }
        (person, signedIn) = (newSubject(), false)
        append("link", at: now)
    }

    /// What the anonymous person said, as it counts here: a grant blind to a withdrawal brings that withdrawal along, not itself.
    private var anonymousAnswers: [Brought] {
        (keys[person] ?? [:]).sorted { $0.key < $1.key }.compactMap { purpose, key in
            switch (key.standing.status, key.standing.askAgain) {
            case (.notAnswered, _): nil
            case (.granted, nil): (purpose, .granted, key.standing.material)
            case (.granted, _): key.lowered.map { (purpose, $0.choice, 0) }
            case (.refused, _): (purpose, .refused, key.standing.material)
            case (.withdrawn, _): (purpose, .withdrawn, key.standing.material)
            }
        }
    }
}
