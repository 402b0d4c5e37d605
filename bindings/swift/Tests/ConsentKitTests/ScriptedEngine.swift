import ConsentKitBase
import XCTest

/// An engine whose answers a test sets; it counts how often it is asked.
final class ScriptedEngine: ConsentEngine {
    let answers = Guarded<[Consent.PurposeAnswer]>([])
    let asked = Guarded(0)
    let id = Guarded<AdvertisingID?>(nil)
    let failure = Guarded<ConsentError?>(nil)
    private let generation = Guarded<Int64>(1)
    private let heard = Guarded<[@Sendable (Consent.Snapshot) -> Void]>([])
    private let clock: any ConsentClock

    init(clock: any ConsentClock) {
        self.clock = clock
    }

    /// A change elsewhere in the process.
    func change(_ answers: [Consent.PurposeAnswer]) {
        self.answers.value = answers
        generation.change { $0 += 1 }
        let snapshot = present()
        heard.value.forEach { $0(snapshot) }
    }

    private func present() -> Consent.Snapshot {
        Consent.Snapshot(
            generation: generation.value, at: clock.now(), policyVersion: "1", pending: 0, signedIn: false, available: true,
            pushBlocked: false, signals: Consent.Signals(), googleConsent: .denied, answers: answers.value
        )
    }

    func snapshot() -> Consent.Snapshot {
        asked.change { $0 += 1 }
        return present()
    }

    func subscribe(_ changed: @escaping @Sendable (Consent.Snapshot) -> Void) -> any Sendable & AnyObject {
        heard.change { $0.append(changed) }
        return Guarded(0)
    }

    private func refuse<Value>() throws(ConsentError) -> Value { throw failure.value ?? .internal }

    func text(of reason: Consent.Reason) -> String { reason.code }
    func policy() throws(ConsentError) -> Consent.PolicyView { try refuse() }
    func nextPrompt() -> Consent.Prompt? { nil }
    func questions(surface: String) throws(ConsentError) -> Consent.Questions { try refuse() }
    func record(shown: Consent.Shown, answers: [Consent.Answer]) throws(ConsentError) -> Consent.Receipt { try refuse() }
    func withdraw(_ purposes: [String]) throws(ConsentError) -> Consent.Receipt { try refuse() }
    func `import`(_ choices: [Consent.ImportChoice]) throws(ConsentError) -> Consent.ImportReceipt { try refuse() }
    func signIn(_ subject: String) throws(ConsentError) { try refuse() as Void }
    func unrecorded() -> [Consent.Unrecorded] { [] }
    func rolledBack() -> Consent.RolledBack? { nil }
    func signOut(timeoutMs: Int64, exchange: Exchange) throws(ConsentError) -> Consent.SignOutReport { try refuse() }
    func signOut() throws(ConsentError) { try refuse() as Void }
    func reportSignals(_ signals: Consent.Signals) throws(ConsentError) { try refuse() as Void }
    func advertisingID(for purpose: String) throws(ConsentError) -> AdvertisingID {
        if let id = id.value { return id }
        return try refuse()
    }
    func sync(timeoutMs: Int64, exchange: Exchange) throws(ConsentError) -> Consent.SyncReport { try refuse() }
    func connectivityRestored() throws(ConsentError) { try refuse() as Void }
    func webPages(_ origins: [String]) throws(ConsentError) -> any WebPagesEngine { try refuse() }
    func pending() throws(ConsentError) -> [Consent.PendingChange] { try refuse() }
    func stuck() throws(ConsentError) -> [Consent.PendingChange] { try refuse() }
    func history(after: Int64, limit: Int64) throws(ConsentError) -> [Consent.HistoryEntry] { try refuse() }
    func stateAt(_ time: Int64) throws(ConsentError) -> Consent.StateAt { try refuse() }
    func verify() throws(ConsentError) -> Consent.Verification { try refuse() }
    func announced() throws(ConsentError) -> [Consent.AnnouncedEdition] { try refuse() }
    func edition(_ edition: Int64) throws(ConsentError) -> Consent.PolicyView { try refuse() }
    func closed(_ shown: Consent.Shown) throws(ConsentError) { try refuse() as Void }
    func cookies(_ options: Consent.CookieOptions) throws(ConsentError) -> any CookieEngine { try refuse() }
    func cookiesRemoved(_ steps: [Consent.PurgeStep], left: [Consent.SeenCookie]) throws(ConsentError) { try refuse() as Void }
    func adoptPolicy(_ document: String) throws(ConsentError) { try refuse() as Void }
    func refresh() throws(ConsentError) { try refuse() as Void }
    func close() throws(ConsentError) { try refuse() as Void }
}
