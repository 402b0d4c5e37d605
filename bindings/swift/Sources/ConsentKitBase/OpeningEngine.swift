import Foundation

/// An engine that is there before its file is open: it answers no until then, and whoever wants to read or write waits.
package final class OpeningEngine: ConsentEngine, @unchecked Sendable {
    private enum State {
        case opening
        case open(any ConsentEngine)
        case failed(ConsentError)
    }

    private let lock = NSLock()
    private let opened = DispatchGroup()
    private var state = State.opening
    private var changed: (@Sendable (Consent.Snapshot) -> Void)?
    private var subscription: (any Sendable & AnyObject)?
    private let clock: any ConsentClock
    private let textOfReason: @Sendable (Consent.Reason) -> String

    /// - Parameter textOfReason: A reason as a sentence while no policy is read that might have words of its own.
    package init(clock: any ConsentClock, textOfReason: @escaping @Sendable (Consent.Reason) -> String) {
        self.clock = clock
        self.textOfReason = textOfReason
        opened.enter()
    }

    /// Opens, on the calling thread, and lets go on whoever waits. Called once.
    package func open(_ make: () throws(ConsentError) -> any ConsentEngine) {
        let next: State
        do throws(ConsentError) {
            next = .open(try make())
        } catch {
            next = .failed(error)
        }
        let changed = lock.withLock { () -> (@Sendable (Consent.Snapshot) -> Void)? in
            state = next
            return self.changed
        }
        if case .open(let engine) = next, let changed {
            let subscription = engine.subscribe(changed)
            lock.withLock { self.subscription = subscription }
        }
        opened.leave()
        changed?(snapshot())
    }

    /// Why it could not be opened; nil while that is not known, and where it could.
    package var failure: ConsentError? {
        if case .failed(let error) = present { error } else { nil }
    }

    private var present: State { lock.withLock { state } }

    private func ready() throws(ConsentError) -> any ConsentEngine {
        opened.wait()
        switch present {
        case .open(let engine): return engine
        case .failed(let error): throw error
        case .opening: throw .internal
        }
    }

    package func snapshot() -> Consent.Snapshot {
        switch present {
        case .open(let engine): engine.snapshot()
        case .opening: .opening(at: clock.now())
        case .failed: .unavailable(at: clock.now())
        }
    }

    package func text(of reason: Consent.Reason) -> String {
        if case .open(let engine) = present { engine.text(of: reason) } else { textOfReason(reason) }
    }

    package func nextPrompt() -> Consent.Prompt? {
        if case .open(let engine) = present { engine.nextPrompt() } else { nil }
    }

    package func unrecorded() -> [Consent.Unrecorded] {
        if case .open(let engine) = present { engine.unrecorded() } else { [] }
    }

    package func rolledBack() -> Consent.RolledBack? {
        if case .open(let engine) = present { engine.rolledBack() } else { nil }
    }

    package func subscribe(_ changed: @escaping @Sendable (Consent.Snapshot) -> Void) -> any Sendable & AnyObject {
        lock.withLock { self.changed = changed }
        return self
    }

    package func policy() throws(ConsentError) -> Consent.PolicyView { try ready().policy() }
    package func questions(surface: String) throws(ConsentError) -> Consent.Questions { try ready().questions(surface: surface) }
    package func record(shown: Consent.Shown, answers: [Consent.Answer]) throws(ConsentError) -> Consent.Receipt {
        try ready().record(shown: shown, answers: answers)
    }
    package func webPages(_ origins: [String]) throws(ConsentError) -> any WebPagesEngine { try ready().webPages(origins) }
    package func withdraw(_ purposes: [String]) throws(ConsentError) -> Consent.Receipt { try ready().withdraw(purposes) }
    package func `import`(_ choices: [Consent.ImportChoice]) throws(ConsentError) -> Consent.ImportReceipt { try ready().import(choices) }
    package func signIn(_ subject: String) throws(ConsentError) { try ready().signIn(subject) }
    package func signOut() throws(ConsentError) { try ready().signOut() }
    package func signOut(timeoutMs: Int64, exchange: Exchange) throws(ConsentError) -> Consent.SignOutReport {
        try ready().signOut(timeoutMs: timeoutMs, exchange: exchange)
    }
    package func reportSignals(_ signals: Consent.Signals) throws(ConsentError) { try ready().reportSignals(signals) }
    package func advertisingID(for purpose: String) throws(ConsentError) -> AdvertisingID { try ready().advertisingID(for: purpose) }
    package func sync(timeoutMs: Int64, exchange: Exchange) throws(ConsentError) -> Consent.SyncReport {
        try ready().sync(timeoutMs: timeoutMs, exchange: exchange)
    }
    package func connectivityRestored() throws(ConsentError) { try ready().connectivityRestored() }
    package func pending() throws(ConsentError) -> [Consent.PendingChange] { try ready().pending() }
    package func stuck() throws(ConsentError) -> [Consent.PendingChange] { try ready().stuck() }
    package func history(after: Int64, limit: Int64) throws(ConsentError) -> [Consent.HistoryEntry] {
        try ready().history(after: after, limit: limit)
    }
    package func stateAt(_ time: Int64) throws(ConsentError) -> Consent.StateAt { try ready().stateAt(time) }
    package func verify() throws(ConsentError) -> Consent.Verification { try ready().verify() }
    package func announced() throws(ConsentError) -> [Consent.AnnouncedEdition] { try ready().announced() }
    package func edition(_ edition: Int64) throws(ConsentError) -> Consent.PolicyView { try ready().edition(edition) }
    package func closed(_ shown: Consent.Shown) throws(ConsentError) { try ready().closed(shown) }
    package func cookies(_ options: Consent.CookieOptions) throws(ConsentError) -> any CookieEngine { try ready().cookies(options) }
    package func cookiesRemoved(_ steps: [Consent.PurgeStep], left: [Consent.SeenCookie]) throws(ConsentError) {
        try ready().cookiesRemoved(steps, left: left)
    }
    package func adoptPolicy(_ document: String) throws(ConsentError) { try ready().adoptPolicy(document) }
    package func refresh() throws(ConsentError) { try ready().refresh() }
    package func close() throws(ConsentError) { try ready().close() }
}

extension Consent.Snapshot {
    /// Smaller than every snapshot's of an open file, so that the first of those takes its place.
    private static let beforeOpen: Int64 = -1

    static func opening(at time: Int64) -> Self { none(beforeOpen, at: time) }

    /// What holds where the file could not be opened: readers end with it.
    static func unavailable(at time: Int64) -> Self { none(0, at: time) }

    /// True until the file is open: nothing is known yet, and nothing that needs consent is allowed.
    var isOpening: Bool { generation == Self.beforeOpen }

    /// True once the file is closed, or could not be opened: nothing follows.
    var isOver: Bool { !available && !isOpening }

    private static func none(_ generation: Int64, at time: Int64) -> Self {
        Self(
            generation: generation, at: time, policyVersion: "", pending: 0, signedIn: false, available: false, pushBlocked: false,
            signals: Consent.Signals(), googleConsent: .denied, answers: [])
    }
}
