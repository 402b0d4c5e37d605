import Foundation

/// Asking and saying.
extension Consent {
    /// What the form `surface` asks now, with the notices to show. Writes nothing: a form that dies leaves nothing.
    public func questions(surface: String) async throws(ConsentError) -> Questions {
        try await calls.onDisk { engine throws(ConsentError) in try engine.questions(surface: surface) }
    }

    /// Records the answers to a form: one record a purpose, all or none. Returns when they are on disk.
    ///
    /// ```swift
    /// try await consent.record(form.shown) {
    ///     $0.grant("marketing.email")
    ///     $0.refuse("marketing.push")
    /// }
    /// ```
    ///
    /// The closure runs at once and where the caller is, so it may read a view model of the main actor.
    ///
    /// - Parameter isolation: The caller's actor; leave it out.
    @discardableResult
    public func record(
        _ shown: Shown, isolation: isolated (any _Concurrency.Actor)? = #isolation, _ answer: (inout Answers) -> Void
    ) async throws(ConsentError) -> Receipt {
        var answers = Answers()
        answer(&answers)
        return try await record(shown, answers.list)
    }

    /// The same with the answers in a list.
    @discardableResult
    public func record(_ shown: Shown, _ answers: [Answer]) async throws(ConsentError) -> Receipt {
        try await writing("recorded") { engine throws(ConsentError) in try engine.record(shown: shown, answers: answers) }
    }

    /// The form was closed, or died with the screen, and not every question of it was answered. That answers nothing (PIPA-6). But it is
    /// not `due` again for as many days as the policy keeps a form away (PIPA-16), unless a notice changes in meaning meanwhile or an
    /// answer runs out. A form that the person opens always has its questions. Call it whenever a form goes away: where nothing of it is
    /// open, it writes nothing.
    public func closed(_ shown: Shown) async throws(ConsentError) {
        try await writing("form_closed") { engine throws(ConsentError) in try engine.closed(shown) }
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
        try await writing("withdrawn") { engine throws(ConsentError) in try engine.withdraw(purposes) }
    }

    /// Brings consents from an older store of the app, with their dates. Twice does no more than once.
    ///
    /// Of several answers to one purpose, in one call or in several, the latest counts, and of two of one date the no; a yes without a
    /// date gives way to any answer with one, and a no without a date, which may be the latest, to none. What was answered here stands
    /// against every imported yes, and gives way to a later no. A grant without a date is asked again. For a person who is below the age
    /// of consent, or may be, a grant is refused unless its actor is the guardian, as by `record`.
    @discardableResult
    public func `import`(_ choices: [ImportChoice]) async throws(ConsentError) -> ImportReceipt {
        try await writing("imported") { engine throws(ConsentError) in try engine.import(choices) }
    }

    private func writing<Value: Sendable>(_ event: String, _ call: @escaping Calls.Call<Value>) async throws(ConsentError) -> Value {
        let value = try await calls.onDisk(telling: event, call)
        wrote()
        return value
    }
}

/// The person and the platform.
extension Consent {
    /// The app's log-in succeeded. The subject is the account's pseudonym, never an e-mail address or a telephone number, and never a
    /// placeholder such as `null` or `0`, which people would share.
    public func signIn(_ subject: String) async throws(ConsentError) {
        try await writing("signed_in") { engine throws(ConsentError) in try engine.signIn(subject) }
    }

    /// The person signed out. Device choices stay. The account's choices count no longer from the call on, also where it fails.
    public func signOut() async throws(ConsentError) {
        try await writing("signed_out") { engine throws(ConsentError) in try engine.signOut() }
    }

    /// Sends what waits, for at most so many seconds, then signs the person out, and says what of the account still waits. It signs out
    /// whatever becomes of the sync: a network that is down, a time of 0, a sync that runs already. A task that is cancelled ends the
    /// sending, and the person is signed out at once. Use `signOut()` where the app cannot wait.
    @discardableResult
    public func signOut(within seconds: TimeInterval) async throws(ConsentError) -> SignOutReport {
        let exchange = Exchange()
        let report: Result<SignOutReport, ConsentError> = await withTaskCancellationHandler {
            do throws(ConsentError) {
                return .success(
                    try await calls.onOthers(telling: { _ in LogEvent(name: "signed_out") }) { engine throws(ConsentError) in
                        try engine.signOut(timeoutMs: Self.milliseconds(seconds), exchange: exchange)
                    })
            } catch {
                return .failure(error)
            }
        } onCancel: {
            exchange.end()
        }
        if case .success = report { wrote() }
        return try report.get()
    }

    /// Reports what the platform says now, and what the app knows of the person, at open, at each return to the foreground, and after
    /// each sign-in and sign-out: age band and guardian belong to the person and end with it. A field left out keeps its last value.
    public func reportSignals(_ signals: Signals) async throws(ConsentError) {
        try await writing("signals_reported") { engine throws(ConsentError) in try engine.reportSignals(signals) }
    }

    /// The advertising id, if the person and the platform allow it. Takes as long as the platform's source, at most three seconds.
    public func advertisingID(for purpose: String) async throws(ConsentError) -> AdvertisingID {
        try await calls.onOthers(telling: LogEvent.advertisingID) { engine throws(ConsentError) in try engine.advertisingID(for: purpose) }
    }

    /// The system prompt that may be shown next, after the form; nil where none is due. Answers from memory.
    public func nextPrompt() -> Prompt? {
        engine.nextPrompt()
    }

    /// What the policy in force says, in the person's language. Builds many texts: keep what it returns.
    public func policy() async throws(ConsentError) -> PolicyView {
        try await calls.onDisk { engine throws(ConsentError) in try engine.policy() }
    }

    /// The editions of the policy that are announced and not yet in force, the next one first: what changes, whom it asks again, and how
    /// many days are left. Builds many texts: keep what it returns.
    public func announced() async throws(ConsentError) -> [AnnouncedEdition] {
        try await calls.onDisk { engine throws(ConsentError) in try engine.announced() }
    }

    /// The text of an edition that was or is in force here, or is announced: what a grant of that time agreed to, see
    /// `HistoryEntry.edition`.
    public func edition(_ edition: Int64) async throws(ConsentError) -> PolicyView {
        try await calls.onDisk { engine throws(ConsentError) in try engine.edition(edition) }
    }

    /// Takes over a later edition of the policy. It may not move a purpose away from consent nor loosen what guards a person. Where its
    /// day lies ahead, it is announced and comes into force then.
    public func adoptPolicy(_ document: String) async throws(ConsentError) {
        try await writing("policy_adopted") { engine throws(ConsentError) in try engine.adoptPolicy(document) }
    }
}

/// The server.
extension Consent {
    /// Sends what waits and pulls what changed elsewhere. Trouble on the way is in the report, and the changes stay on the device. By
    /// itself it happens after a write, at open, at the return to the foreground and when the network comes back, see
    /// `ConsentOptions.syncsByItself`; such a one gives way to this call.
    ///
    /// A task that is cancelled gets no report and ends the exchange: what the server took of it is found out by the next sync, which may
    /// begin at once. `close` ends it as well.
    ///
    /// - Parameter seconds: Time it may take. What your `tokens` take is not counted, and is waited for half a minute at most.
    /// - Throws: `ConsentError`, or `CancellationError` where the task was cancelled.
    @discardableResult
    public func sync(within seconds: TimeInterval = 60) async throws -> SyncReport {
        try Task.checkCancellation()
        let (answer, exchange) = (FirstAnswer<SyncReport>(), Exchange())
        calls.startOnOthers(telling: LogEvent.synced) { engine throws(ConsentError) in
            guard seconds > 0 else { throw .invalid(field: "within", reason: "must be more than 0 seconds") }
            return try engine.sync(timeoutMs: Self.milliseconds(seconds), exchange: exchange)
        } ended: {
            answer.give($0.mapError { $0 })
        }
        return try await withTaskCancellationHandler {
            try await answer.value()
        } onCancel: {
            exchange.end()
        }
    }

    /// The network is back: the next sync need not wait.
    public func connectivityRestored() async throws(ConsentError) {
        try await calls.onDisk(telling: "connectivity_restored") { engine throws(ConsentError) in try engine.connectivityRestored() }
    }

    /// Changes saved on this device and not yet acknowledged by the server, oldest first, at most 1,000.
    public func pending() async throws(ConsentError) -> [PendingChange] {
        try await calls.onDisk { engine throws(ConsentError) in try engine.pending() }
    }

    /// Those among them that the server could not or would not take. They are kept.
    public func stuck() async throws(ConsentError) -> [PendingChange] {
        try await calls.onDisk { engine throws(ConsentError) in try engine.stuck() }
    }

    /// What counts and is not in the database yet, because that could not be written. The next call that can write records it, and where the
    /// process ends before, the next start does: it lies in a mailbox beside the database. Only where no file at all can be written would it
    /// be lost with the process. Answers from memory; empty where everything is recorded.
    public func unrecorded() -> [Unrecorded] {
        engine.unrecorded()
    }

    /// The records of this file that were lost last: it was put back to an earlier state, or a part of it is gone. An app may say that what
    /// was said since then has to be said again. Answers from memory; nil where none ever were.
    public func rolledBack() -> RolledBack? {
        engine.rolledBack()
    }

    /// The core counts in milliseconds. No number is one of no time; the largest is one without an end.
    private static func milliseconds(_ seconds: TimeInterval) -> Int64 {
        let millis = (seconds * 1_000).rounded(.up)
        return millis.isNaN ? 0 : millis >= 0x1p63 ? .max : Int64(max(millis, 0))
    }
}

/// The past, and the file.
extension Consent {
    /// What happened after a position of the ledger (0 for all), oldest first, at most 1,000 records.
    public func history(after: Int64 = 0, limit: Int64 = 1_000) async throws(ConsentError) -> [HistoryEntry] {
        try await calls.onDisk { engine throws(ConsentError) in try engine.history(after: after, limit: limit) }
    }

    /// What was allowed at a time, Unix milliseconds. A time before the first record, such as one that was given in seconds by mistake,
    /// answers without a version and without decisions. A time after the last record, also one in the future, answers what the records come
    /// to at that time.
    public func stateAt(_ time: Int64) async throws(ConsentError) -> StateAt {
        try await calls.onDisk { engine throws(ConsentError) in try engine.stateAt(time) }
    }

    /// Checks every record, the chain, and that the state follows from them.
    public func verify() async throws(ConsentError) -> Verification {
        try await calls.onDisk { engine throws(ConsentError) in try engine.verify() }
    }

    /// Reads the file again: another process, such as an app extension, may have written to it.
    public func refresh() async throws(ConsentError) {
        try await calls.onDisk(telling: "refreshed") { engine throws(ConsentError) in try engine.refresh() }
    }

    /// Closes the file, and ends a sync that runs. Where something of `unrecorded` could not be recorded it throws `.storeUnavailable`, and
    /// is closed all the same. Afterwards nothing that needs consent is allowed, and every other call throws `.shutDown`.
    public func close() async throws(ConsentError) {
        try await calls.close()
    }
}

extension Consent.LogEvent {
    fileprivate static func advertisingID(_ answer: AdvertisingID) -> Self {
        switch answer {
        case .available: Self(name: "advertising_id_given")
        case .refused(let reasons): Self(name: "advertising_id_refused", codes: reasons.map(\.codeForLog))
        }
    }
}

extension Consent.Reason {
    /// The code without the purpose that it may name: what a log may carry.
    fileprivate var codeForLog: String {
        if case .requires = self { "requires" } else { code }
    }
}
