import ConsentKitBase
import Foundation

/// The core of a fake. One lock over one value; whoever listens is told outside it.
final class FakeEngine: ConsentEngine, @unchecked Sendable {
    private static let maxHistory: Int64 = 1000

    private let clock: any ConsentClock
    private let osVersion: String
    private let lock = NSLock()
    private var ledger: FakeLedger
    private var generation: Int64 = 1
    private var failures: [FakeCall: ConsentError] = [:]
    private var server: FakeServer
    private var provider: AdvertisingIDAnswer = .unavailable(kind: .noProvider)
    private var asked = 0
    private var sent: Int64 = 0
    private var pace = FakePace()
    /// Accounts whose answers a sync has pulled.
    private var pulled: Set<String> = []
    private var listeners: [ObjectIdentifier: @Sendable (Consent.Snapshot) -> Void] = [:]

    init(ledger: FakeLedger, clock: any ConsentClock, osVersion: String, server: FakeServer) {
        self.ledger = ledger
        self.clock = clock
        self.osVersion = osVersion
        self.server = server
    }

    /// What a call takes away, seen from what is shown: that counts also where the store refuses.
    private typealias Denies = (FakeLedger, Int64) throws(ConsentError) -> [FakeDenial]
    private typealias News = (snapshot: Consent.Snapshot, listeners: [@Sendable (Consent.Snapshot) -> Void])

    /// Runs one call that reads over a copy of the ledger: what it throws leaves everything as it was.
    private func call<Value>(
        _ kind: FakeCall?, _ work: (inout FakeLedger, Int64) throws(ConsentError) -> Value
    ) throws(ConsentError) -> Value {
        try run(kind, { _, _ in [] }, work)
    }

    /// Runs one call that writes; what is held in memory alone is recorded first.
    private func write<Value>(
        _ kind: FakeCall?, denies: Denies = { _, _ in [] }, _ work: (inout FakeLedger, Int64) throws(ConsentError) -> Value
    ) throws(ConsentError) -> Value {
        try run(kind, denies, writes: kind != .close) { ledger, now throws(ConsentError) in
            ledger.settle(at: now)
            return try work(&ledger, now)
        }
    }

    private func run<Value>(
        _ kind: FakeCall?, _ denies: Denies, writes: Bool = false, _ work: (inout FakeLedger, Int64) throws(ConsentError) -> Value
    ) throws(ConsentError) -> Value {
        let (result, news) = locked(kind, denies, writes, work)
        if let news { news.listeners.forEach { $0(news.snapshot) } }
        return try result.get()
    }

    private func locked<Value>(
        _ kind: FakeCall?, _ denies: Denies, _ writes: Bool, _ work: (inout FakeLedger, Int64) throws(ConsentError) -> Value
    ) -> (Result<Value, ConsentError>, News?) {
        lock.lock()
        defer { lock.unlock() }
        if !ledger.available && kind != .close { return (.failure(.shutDown), nil) }
        let now = clock.now()
        let failure = kind.flatMap { failures[$0] }
        // As in the library it is recorded by itself: whatever becomes of this call, the edition is in force.
        let entered = writes && failure == nil && ledger.enterDueEdition(at: now)
        if entered {
            forgetPulls()
            ledger.remember(at: now)
            generation += 1
        }
        var changed = ledger
        let result: Result<Value, ConsentError>
        do throws(ConsentError) {
            if let failure {
                if case .storeUnavailable = failure { changed.hold(try denies(ledger.shown(at: now), now)) }
                result = .failure(failure)
            } else {
                result = .success(try work(&changed, now))
            }
        } catch {
            return (.failure(error), entered ? (present(), Array(listeners.values)) : nil)
        }
        let isNews =
            entered || changed.seq != ledger.seq || changed.waiting.count != ledger.waiting.count || !changed.available
            || changed.held.map(\.number) != ledger.held.map(\.number)
        if changed.seq != ledger.seq { changed.remember(at: now) }
        ledger = changed
        guard isNews else { return (result, nil) }
        generation += 1
        return (result, (present(), Array(listeners.values)))
    }

    // MARK: - The script

    func pretend(server: FakeServer) {
        lock.withLock {
            self.server = server
            pace.reset()
        }
    }

    func pretend(provider: AdvertisingIDAnswer) {
        lock.withLock { self.provider = provider }
    }

    func fail(_ call: FakeCall, with error: ConsentError?) {
        lock.withLock { failures[call] = error }
    }

    /// How often the provider was asked, and how many syncs would have gone out.
    var outgoing: (asked: Int, syncs: Int64) {
        lock.withLock { (asked, sent) }
    }

    /// Everything recorded, whether it was shut down or not.
    var entries: [Consent.HistoryEntry] {
        lock.withLock { ledger.entries }
    }

    // MARK: - Reading

    func snapshot() -> Consent.Snapshot {
        lock.withLock { present() }
    }

    func text(of reason: Consent.Reason) -> String {
        lock.withLock { ledger.at(clock.now()).policy.text(of: reason, in: ledger.language) }
    }

    func policy() throws(ConsentError) -> Consent.PolicyView {
        try call(nil) { ledger, now throws(ConsentError) in
            page(ledger.at(now).policy, ledger)
        }
    }

    private func page(_ policy: PolicyDocument, _ ledger: FakeLedger) -> Consent.PolicyView {
        policy.view(in: ledger.language, platform: ledger.platform, osVersion: osVersion)
    }

    func webPages(_ origins: [String]) throws(ConsentError) -> any WebPagesEngine {
        try call(nil) { _, _ throws(ConsentError) in try FakeWebPages(self, origins) }
    }

    /// As the library asserts Global Privacy Control to pages (GCM-6).
    var assertsGPC: Bool {
        lock.withLock {
            let (now, circumstances) = (clock.now(), ledger.shown(at: clock.now()).circumstances)
            let isHeldBack = circumstances.policy.purposes.contains { $0.sharing && !circumstances.decide($0.id, at: now).allowed }
            return circumstances.signals.gpc == true || isHeldBack
        }
    }

    func nextPrompt() -> Consent.Prompt? {
        lock.withLock {
            let now = clock.now()
            return ledger.shown(at: now).circumstances.nextPrompt(at: now)
        }
    }

    /// What a call took away while the test let the store refuse, until the next call that writes.
    func unrecorded() -> [Consent.Unrecorded] {
        lock.withLock { ledger.held.map(\.listed) }
    }

    /// Always nil: a fake has no file that could lose records.
    func rolledBack() -> Consent.RolledBack? { nil }

    private func present() -> Consent.Snapshot {
        let now = clock.now()
        let ledger = ledger.shown(at: now)
        let circumstances = ledger.circumstances
        let answers = ledger.policy.purposes.map { purpose in
            let decision = circumstances.decide(purpose.id, at: now)
            return Consent.PurposeAnswer(
                purpose: purpose.id, allowed: decision.allowed, reasons: decision.reasons,
                status: circumstances.standings[purpose.id]?.status ?? .notAnswered,
                validUntil: [circumstances.validUntil(purpose.id, at: now), ledger.nextEdition].compactMap { $0 }.min(), osBlocked: decision.osBlocked)
        }
        return Consent.Snapshot(
            generation: generation, at: now, policyVersion: ledger.policy.version, pending: Int64(ledger.waiting.count),
            signedIn: ledger.signedIn, available: ledger.available, pushBlocked: ledger.signals.push == .denied,
            signals: ledger.present, googleConsent: circumstances.googleConsent(at: now), answers: answers)
    }

    // MARK: - Asking and saying

    func questions(surface: String) throws(ConsentError) -> Consent.Questions {
        try call(.questions) { ledger, now throws(ConsentError) in
            var shown = ledger.shown(at: now)
            let questions = try shown.questions(surface, pulled: pulled.contains(shown.person), at: now)
            ledger.forms = shown.forms
            return questions
        }
    }

    func record(shown: Consent.Shown, answers: [Consent.Answer]) throws(ConsentError) -> Consent.Receipt {
        let denies: Denies = { ledger, now throws(ConsentError) in try ledger.denials(of: answers, to: shown, at: now) }
        return try write(.record, denies: denies) { ledger, now throws(ConsentError) in try ledger.record(shown, answers, at: now) }
    }

    func withdraw(_ purposes: [String]) throws(ConsentError) -> Consent.Receipt {
        let denies: Denies = { ledger, now throws(ConsentError) in try ledger.denials(withdrawing: purposes, at: now) }
        return try write(.withdraw, denies: denies) { ledger, now throws(ConsentError) in try ledger.withdraw(purposes, at: now) }
    }

    func `import`(_ choices: [Consent.ImportChoice]) throws(ConsentError) -> Consent.ImportReceipt {
        let denies: Denies = { ledger, now throws(ConsentError) in try ledger.denials(importing: choices, at: now) }
        return try write(.import, denies: denies) { ledger, now throws(ConsentError) in try ledger.import(choices, at: now) }
    }

    /// Says something without a form, for a test that needs a state and no story.
    func say(_ choice: Consent.ChoiceKind, about purposes: [String]) throws(ConsentError) {
        try write(nil) { ledger, now throws(ConsentError) in try ledger.say(choice, about: purposes, at: now) }
    }

    // MARK: - The person and the platform

    func signIn(_ subject: String) throws(ConsentError) {
        let next = UUID().uuidString
        let denies: Denies = { ledger, now throws(ConsentError) in try ledger.denials(signingIn: subject, next: next, at: now) }
        try write(.signIn, denies: denies) { ledger, now throws(ConsentError) in try ledger.signIn(subject, at: now) }
    }

    func signOut() throws(ConsentError) {
        try write(.signOut, denies: leaving()) { ledger, now throws(ConsentError) in ledger.signOut(at: now) }
    }

    func signOut(timeoutMs: Int64, exchange _: Exchange) throws(ConsentError) -> Consent.SignOutReport {
        try write(.signOutWithin, denies: leaving()) { ledger, now throws(ConsentError) in
            guard ledger.signedIn else { return Consent.SignOutReport(sync: nil, waiting: []) }
            let account = ledger.person
            let report = server == .none || timeoutMs <= 0 ? nil : exchange(&ledger, at: now)
            ledger.signOut(at: now)
            let waiting = ledger.waiting.filter { $0.subject == account }.map(\.change)
            return Consent.SignOutReport(sync: report, waiting: Array(waiting.prefix(Int(Self.maxHistory))))
        }
    }

    private func leaving() -> Denies {
        let next = UUID().uuidString
        return { ledger, now in ledger.denials(signingOutTo: next, at: now) }
    }

    func reportSignals(_ signals: Consent.Signals) throws(ConsentError) {
        let denies: Denies = { ledger, now in ledger.denials(reporting: signals, at: now) }
        try write(.reportSignals, denies: denies) { ledger, now throws(ConsentError) in ledger.report(signals, at: now) }
    }

    func advertisingID(for purpose: String) throws(ConsentError) -> AdvertisingID {
        try call(.advertisingID) { ledger, now throws(ConsentError) in
            try Arguments.check(purpose, "purpose", limit: Arguments.maxIDLength)
            if let found = ledger.at(now).policy.purpose(purpose), !found.usesAdvertisingID {
                throw .invalid(field: "purpose", reason: "does not use the advertising id; name a purpose that does")
            }
            let before = ledger.shown(at: now).circumstances.decideBeforeAsking(purpose, at: now)
            if !before.allowed { return .refused(reasons: before.reasons) }
            asked += 1
            let (signal, id) = provider.read
            // What is no news is not written.
            if ledger.isNews(signal, id: id) { ledger.settle(at: now) }
            ledger.note(signal, id: id, at: now)
            let after = ledger.shown(at: now).circumstances.decide(purpose, at: now)
            guard after.allowed, let id else { return .refused(reasons: after.reasons) }
            return .available(id: id)
        }
    }

    func announced() throws(ConsentError) -> [Consent.AnnouncedEdition] {
        try call(.announced) { ledger, now throws(ConsentError) in ledger.announcements(at: now) { page($0, ledger) } }
    }

    func edition(_ edition: Int64) throws(ConsentError) -> Consent.PolicyView {
        try call(.edition) { ledger, _ throws(ConsentError) in
            guard let found = ([ledger.policy] + ledger.formerPolicies + ledger.announced).first(where: { Int64($0.edition) == edition }) else {
                let reason = "is no edition that is or was in force or announced here; take one from history() or policy()"
                throw .invalid(field: "edition", reason: reason)
            }
            return page(found, ledger)
        }
    }

    func closed(_ shown: Consent.Shown) throws(ConsentError) {
        try write(.closed) { ledger, now throws(ConsentError) in try ledger.closed(shown, at: now) }
    }

    /// The names of the policy alone: a catalogue is not read, and a header is looked at for its name and not for its form.
    func cookies(_ options: Consent.CookieOptions) throws(ConsentError) -> any CookieEngine {
        try call(.cookies) { _, _ throws(ConsentError) in FakeCookies(now: { [clock] in clock.now() }, ledger: { [self] in lock.withLock { ledger.shown } }) }
    }

    func cookiesRemoved(_ steps: [Consent.PurgeStep], left: [Consent.SeenCookie]) throws(ConsentError) {
        try write(.cookiesRemoved) { ledger, now throws(ConsentError) in
            try FakeCookies.check(steps.count, "steps")
            try FakeCookies.check(left.count, "left")
            ledger.cookiesRemoved(steps, at: now)
        }
    }

    func adoptPolicy(_ document: String) throws(ConsentError) {
        // A document that cannot be read changes nothing, not even which edition is in force.
        try call(nil) { _, _ throws(ConsentError) in _ = try PolicyDocument.read(document) }
        try write(.adoptPolicy) { ledger, now throws(ConsentError) in
            let before = ledger.policy
            try ledger.adopt(document, at: now)
            if ledger.policy != before { forgetPulls() }
        }
    }

    /// What the server told of a purpose that an edition brings was not kept, so it is asked for everything again.
    private func forgetPulls() {
        pulled = []
    }

    // MARK: - The server

    func sync(timeoutMs: Int64, exchange _: Exchange) throws(ConsentError) -> Consent.SyncReport {
        try write(.sync) { ledger, now throws(ConsentError) in
            if server == .none { throw .noServer }
            if timeoutMs <= 0 { throw .invalid(field: "timeout_ms", reason: "must be more than 0 milliseconds") }
            return exchange(&ledger, at: now)
        }
    }

    private func exchange(_ ledger: inout FakeLedger, at now: Int64) -> Consent.SyncReport {
        let waiting = Int64(ledger.waiting.count)
        if !ledger.signedIn && ledger.keys.isEmpty { return Self.report(.quiet, pending: waiting) }
        if let until = pace.holds(at: now) { return Self.report(.waiting, pending: waiting, troubles: [.paused], retryAt: until) }
        sent += 1
        if case .failing(let trouble) = server {
            pace.failed(trouble, at: now)
            return Self.report(.waiting, pending: waiting, troubles: [trouble], retryAt: pace.holds(at: now))
        }
        pace.reset()
        ledger.waiting = []
        pulled.insert(ledger.person)
        ledger.pullEnded(at: now)
        return Self.report(.upToDate, acknowledged: waiting, pending: 0)
    }

    private static func report(
        _ state: Consent.SyncState, acknowledged: Int64 = 0, pending: Int64, troubles: [Consent.Trouble] = [], retryAt: Int64? = nil
    ) -> Consent.SyncReport {
        Consent.SyncReport(
            state: state, acknowledged: acknowledged, pending: pending, stuck: 0, troubles: troubles, retryAt: retryAt,
            serverLostData: false, restored: false, clockSkew: nil, policyChanged: false, unknownPurposes: 0)
    }

    func connectivityRestored() throws(ConsentError) {
        try write(.connectivityRestored) { _, _ throws(ConsentError) in pace.reset() }
    }

    func pending() throws(ConsentError) -> [Consent.PendingChange] {
        try call(.pending) { ledger, _ throws(ConsentError) in ledger.waiting.prefix(Int(Self.maxHistory)).map(\.change) }
    }

    func stuck() throws(ConsentError) -> [Consent.PendingChange] {
        try call(.stuck) { _, _ throws(ConsentError) in [] }
    }

    // MARK: - The past

    func history(after: Int64, limit: Int64) throws(ConsentError) -> [Consent.HistoryEntry] {
        try call(.history) { ledger, _ throws(ConsentError) in
            guard (1...Self.maxHistory).contains(limit) else {
                throw .invalid(field: "limit", reason: "must be 1 to \(Self.maxHistory); read more in several calls")
            }
            let (last, overflow) = max(after, 0).addingReportingOverflow(limit)
            return ledger.entries.filter { $0.seq > after && (overflow || $0.seq <= last) }
        }
    }

    func stateAt(_ time: Int64) throws(ConsentError) -> Consent.StateAt {
        try call(.stateAt) { ledger, _ throws(ConsentError) in
            guard let past = ledger.past.last(where: { $0.at <= time })?.ledger.at(time).circumstances else {
                return Consent.StateAt(at: time, decisions: [])
            }
            let decisions = past.policy.purposes.map { past.decide($0.id, at: time) }
            return Consent.StateAt(at: time, policyVersion: past.policy.version, decisions: decisions)
        }
    }

    func verify() throws(ConsentError) -> Consent.Verification {
        try call(.verify) { ledger, _ throws(ConsentError) in
            Consent.Verification(ok: false, records: ledger.seq, fault: Consent.VerificationFault(seq: 0, what: "a fake keeps no chain to prove"))
        }
    }

    func refresh() throws(ConsentError) {
        try call(.refresh) { _, _ throws(ConsentError) in }
    }

    func close() throws(ConsentError) {
        try write(.close) { ledger, _ throws(ConsentError) in ledger.available = false }
    }

    func subscribe(_ changed: @escaping @Sendable (Consent.Snapshot) -> Void) -> any Sendable & AnyObject {
        let token = FakeSubscription { [weak self] id in self?.forget(id) }
        lock.withLock { listeners[ObjectIdentifier(token)] = changed }
        return token
    }

    private func forget(_ id: ObjectIdentifier) {
        _ = lock.withLock { listeners.removeValue(forKey: id) }
    }
}

/// Ends a subscription when it is let go.
private final class FakeSubscription: Sendable {
    private let end: @Sendable (ObjectIdentifier) -> Void

    init(end: @escaping @Sendable (ObjectIdentifier) -> Void) {
        self.end = end
    }

    deinit {
        end(ObjectIdentifier(self))
    }
}
