/// Asking and saying.
extension Consent {
    /// What the form `surface` asks now, with the notices to show. Writes nothing: a form that dies leaves nothing.
    public func questions(surface: String) async throws(ConsentError) -> Questions {
        try await onDisk("questions") { engine throws(ConsentError) in try engine.questions(surface: surface) }
    }

    /// Records the answers to a form: one record a purpose, all or none. Returns when they are on disk.
    ///
    /// ```swift
    /// try await consent.record(form.shown) {
    ///     $0.grant("marketing.email")
    ///     $0.refuse("marketing.push")
    /// }
    /// ```
    @discardableResult
    public func record(_ shown: Shown, _ answer: (inout Answers) -> Void) async throws(ConsentError) -> Receipt {
        var answers = Answers()
        answer(&answers)
        return try await record(shown, answers.list)
    }

    /// The same with the answers in a list.
    @discardableResult
    public func record(_ shown: Shown, _ answers: [Answer]) async throws(ConsentError) -> Receipt {
        try await onDisk("record") { engine throws(ConsentError) in try engine.record(shown: shown, answers: answers) }
    }

    /// Withdraws. Needs no form, no network and no sign-in, and always works (KR-17), for every purpose that the policy in force asks for
    /// or that an earlier edition asked for here. Returns when it is on disk; each counts from the call on, also where the file cannot be
    /// written: see `unrecorded`.
    @discardableResult
    public func withdraw(_ purposes: String...) async throws(ConsentError) -> Receipt {
        try await withdraw(purposes)
    }

    /// The same for a list.
    @discardableResult
    public func withdraw(_ purposes: [String]) async throws(ConsentError) -> Receipt {
        try await onDisk("withdraw") { engine throws(ConsentError) in try engine.withdraw(purposes) }
    }

    /// Brings consents from an older store of the app, with their dates. Twice does no more than once.
    ///
    /// Of several answers to one purpose, in one call or in several, the latest counts, and of two of one date the no; a yes without a
    /// date gives way to any answer with one, and a no without a date, which may be the latest, to none. What was answered here stands
    /// against every imported yes, and gives way to a later no. A grant without a date is asked again. For a person who is below the age
    /// of consent, or may be, a grant is refused unless its actor is the guardian, as by `record`.
    @discardableResult
    public func importChoices(_ choices: [ImportChoice]) async throws(ConsentError) -> ImportReceipt {
        try await onDisk("import") { engine throws(ConsentError) in try engine.importChoices(choices) }
    }
}

/// The person and the platform.
extension Consent {
    /// The app's log-in succeeded. The subject is the account's pseudonym, never an e-mail address or a telephone number, and never a
    /// placeholder such as `null` or `0`, which people would share.
    public func signIn(_ subject: String) async throws(ConsentError) {
        try await onDisk("sign_in") { engine throws(ConsentError) in try engine.signIn(subject) }
    }

    /// The person signed out. Device choices stay. The account's choices count no longer from the call on, also where it fails.
    public func signOut() async throws(ConsentError) {
        try await onDisk("sign_out") { engine throws(ConsentError) in try engine.signOut() }
    }

    /// Sends what waits, for at most so many milliseconds, then signs the person out, and says what of the account still waits. It signs
    /// out whatever becomes of the sync: a network that is down, a time of 0, a sync that runs already, a task that was cancelled. Use
    /// `signOut` where the app cannot wait.
    @discardableResult
    public func signOutWithin(timeoutMs: Int64) async throws(ConsentError) -> SignOutReport {
        try await onOthersAfterDisk("sign_out_within") { engine throws(ConsentError) in try engine.signOutWithin(timeoutMs: timeoutMs) }
    }

    /// Reports what the platform says now, and what the app knows of the person, at open, at each return to the foreground, and after
    /// each sign-in and sign-out: age band and guardian belong to the person and end with it. A field left out keeps its last value.
    public func reportSignals(_ signals: Signals) async throws(ConsentError) {
        try await onDisk("report_signals") { engine throws(ConsentError) in try engine.reportSignals(signals) }
    }

    /// The advertising id, if the person and the platform allow it. Takes as long as the platform's source, at most three seconds.
    public func advertisingID(for purpose: String) async throws(ConsentError) -> AdvertisingID {
        try await onOthers("advertising_id") { engine throws(ConsentError) in try engine.advertisingID(for: purpose) }
    }

    /// The system prompt that may be shown next, after the form; nil where none is due. Answers from memory.
    public func nextPrompt() -> Prompt? {
        engine.nextPrompt()
    }

    /// What the policy in force says, in the person's language. Answers from memory, but builds many texts: keep what it returns.
    public func policy() -> PolicyView {
        engine.policy()
    }

    /// Takes over a later edition of the policy. It may not move a purpose away from consent nor loosen what guards a person.
    public func adoptPolicy(_ document: String) async throws(ConsentError) {
        try await onDisk("adopt_policy") { engine throws(ConsentError) in try engine.adoptPolicy(document) }
    }
}

/// The server.
extension Consent {
    /// Sends what waits and pulls what changed elsewhere. Trouble on the way is in the report, and the changes stay on the device.
    ///
    /// A task that is cancelled gets no report and does not wait, since the system gives it no time for that; what is on its way goes on
    /// to its own end. Until then another sync throws `.alreadySyncing`.
    ///
    /// - Parameter timeoutMs: Milliseconds it may take. What your `tokens` take is not counted, and is waited for half a minute at most.
    /// - Throws: `ConsentError`, or `CancellationError` where the task was cancelled.
    @discardableResult
    public func sync(timeoutMs: Int64 = 60_000) async throws -> SyncReport {
        try await onOthersUnlessCancelled("sync", code: \.state.rawValue) { engine throws(ConsentError) in
            try engine.sync(timeoutMs: timeoutMs)
        }
    }

    /// The network is back: the next sync need not wait.
    public func connectivityRestored() async throws(ConsentError) {
        try await onDisk("connectivity_restored") { engine throws(ConsentError) in try engine.connectivityRestored() }
    }

    /// Changes saved on this device and not yet acknowledged by the server, oldest first, at most 1,000.
    public func pending() async throws(ConsentError) -> [PendingChange] {
        try await onDisk("pending") { engine throws(ConsentError) in try engine.pending() }
    }

    /// Those among them that the server could not or would not take. They are kept.
    public func stuck() async throws(ConsentError) -> [PendingChange] {
        try await onDisk("stuck") { engine throws(ConsentError) in try engine.stuck() }
    }

    /// What counts and is held in memory alone, because the file could not be written. The next call that can write records it; until
    /// then it would be lost with the process. Answers from memory; empty where everything is on disk.
    public func unrecorded() -> [Unrecorded] {
        engine.unrecorded()
    }
}

/// The past, and the file.
extension Consent {
    /// What happened after a position of the ledger (0 for all), oldest first, at most 1,000 records.
    public func history(after: Int64 = 0, limit: Int64 = 1_000) async throws(ConsentError) -> [HistoryEntry] {
        try await onDisk("history") { engine throws(ConsentError) in try engine.history(after: after, limit: limit) }
    }

    /// What was allowed at a time, Unix milliseconds.
    public func state(at time: Int64) async throws(ConsentError) -> StateAt {
        try await onDisk("state_at") { engine throws(ConsentError) in try engine.state(at: time) }
    }

    /// Checks every record, the chain, and that the state follows from them.
    public func verify() async throws(ConsentError) -> Verification {
        try await onDisk("verify") { engine throws(ConsentError) in try engine.verify() }
    }

    /// Reads the file again: another process, such as an app extension, may have written to it.
    public func refresh() async throws(ConsentError) {
        try await onDisk("refresh") { engine throws(ConsentError) in try engine.refresh() }
    }

    /// Closes the file. Where something of `unrecorded` could not be recorded it throws `.storeUnavailable`, and is closed all the same. Afterwards nothing that needs consent is allowed, and every other call throws `.shutDown`.
    public func shutdown() async throws(ConsentError) {
        try await onDisk("shutdown") { engine throws(ConsentError) in try engine.shutdown() }
    }
}
