import ConsentKitBase
internal import ConsentKitFFI
import Foundation

/// The Rust core as the engine of a `Consent`.
final class CoreEngine: ConsentEngine {
    private let core: ConsentCore
    private let exchanges: Exchanges

    init(_ core: ConsentCore, _ exchanges: Exchanges) {
        self.core = core
        self.exchanges = exchanges
    }

    func snapshot() -> Consent.Snapshot { Consent.Snapshot(core.snapshot()) }
    func text(of reason: Consent.Reason) -> String { core.reasonText(reason: ConsentKitFFI.Reason(reason)) }
    func policy() throws(ConsentKitBase.ConsentError) -> Consent.PolicyView { Consent.PolicyView(core.policy()) }
    func unrecorded() -> [Consent.Unrecorded] { core.unrecorded().map(Consent.Unrecorded.init) }
    func rolledBack() -> Consent.RolledBack? { core.rolledBack().map(Consent.RolledBack.init) }
    func nextPrompt() -> Consent.Prompt? { core.nextPrompt().map(Consent.Prompt.init) }

    func questions(surface: String) throws(ConsentKitBase.ConsentError) -> Consent.Questions {
        try translated { Consent.Questions(try core.questions(surface: surface)) }
    }

    func record(shown: Consent.Shown, answers: [Consent.Answer]) throws(ConsentKitBase.ConsentError) -> Consent.Receipt {
        try translated { Consent.Receipt(try core.record(shown: shown.rawValue, answers: answers.map(ConsentKitFFI.Answer.init))) }
    }

    func webPages(_ origins: [String]) throws(ConsentKitBase.ConsentError) -> any WebPagesEngine {
        CoreWebPages(core, try translated { try core.webPages(origins: origins) })
    }

    func withdraw(_ purposes: [String]) throws(ConsentKitBase.ConsentError) -> Consent.Receipt {
        try translated { Consent.Receipt(try core.withdraw(purposes: purposes)) }
    }

    func `import`(_ choices: [Consent.ImportChoice]) throws(ConsentKitBase.ConsentError) -> Consent.ImportReceipt {
        try translated { Consent.ImportReceipt(try core.importChoices(choices: choices.map(ConsentKitFFI.ImportChoice.init))) }
    }

    func signIn(_ subject: String) throws(ConsentKitBase.ConsentError) { try translated { try core.signIn(subject: subject) } }
    func signOut() throws(ConsentKitBase.ConsentError) { try translated { try core.signOut() } }

    func signOut(timeoutMs: Int64, exchange: Exchange) throws(ConsentKitBase.ConsentError) -> Consent.SignOutReport {
        // Where another sync runs the core says so in the report, and signs out all the same.
        let runs = exchanges.begin(exchange)
        defer { if runs { exchanges.finish(exchange) } }
        return try translated { Consent.SignOutReport(try core.signOutWithin(timeoutMs: timeoutMs)) }
    }

    func reportSignals(_ signals: Consent.Signals) throws(ConsentKitBase.ConsentError) {
        try translated { try core.reportSignals(signals: ConsentKitFFI.Signals(signals)) }
    }

    func advertisingID(for purpose: String) throws(ConsentKitBase.ConsentError) -> AdvertisingID {
        try translated { AdvertisingID(try core.advertisingId(purpose: purpose)) }
    }

    func sync(timeoutMs: Int64, exchange: Exchange) throws(ConsentKitBase.ConsentError) -> Consent.SyncReport {
        guard exchanges.begin(exchange) else { throw .alreadySyncing }
        defer { exchanges.finish(exchange) }
        return try translated { Consent.SyncReport(try core.sync(timeoutMs: timeoutMs)) }
    }

    func connectivityRestored() throws(ConsentKitBase.ConsentError) { try translated { try core.connectivityRestored() } }
    func pending() throws(ConsentKitBase.ConsentError) -> [Consent.PendingChange] { try translated { try core.pending().map(Consent.PendingChange.init) } }
    func stuck() throws(ConsentKitBase.ConsentError) -> [Consent.PendingChange] { try translated { try core.stuck().map(Consent.PendingChange.init) } }

    func history(after: Int64, limit: Int64) throws(ConsentKitBase.ConsentError) -> [Consent.HistoryEntry] {
        try translated { try core.history(after: after, limit: limit).map(Consent.HistoryEntry.init) }
    }

    func stateAt(_ time: Int64) throws(ConsentKitBase.ConsentError) -> Consent.StateAt { try translated { Consent.StateAt(try core.stateAt(at: time)) } }
    func verify() throws(ConsentKitBase.ConsentError) -> Consent.Verification { try translated { Consent.Verification(try core.verify()) } }
    func announced() throws(ConsentKitBase.ConsentError) -> [Consent.AnnouncedEdition] { core.announced().map(Consent.AnnouncedEdition.init) }

    func edition(_ edition: Int64) throws(ConsentKitBase.ConsentError) -> Consent.PolicyView {
        try translated { Consent.PolicyView(try core.edition(edition: edition)) }
    }

    func closed(_ shown: Consent.Shown) throws(ConsentKitBase.ConsentError) { try translated { try core.closed(shown: shown.rawValue) } }

    func cookies(_ options: Consent.CookieOptions) throws(ConsentKitBase.ConsentError) -> any CookieEngine {
        try translated { CoreCookieEngine(try core.cookies(options: ConsentKitFFI.CookieOptions(options))) }
    }

    func cookiesRemoved(_ steps: [Consent.PurgeStep], left: [Consent.SeenCookie]) throws(ConsentKitBase.ConsentError) {
        try translated {
            try core.cookiesRemoved(steps: steps.map(ConsentKitFFI.PurgeStep.init), left: left.map(ConsentKitFFI.SeenCookie.init))
        }
    }

    func adoptPolicy(_ document: String) throws(ConsentKitBase.ConsentError) { try translated { try core.adoptPolicy(document: document) } }
    func refresh() throws(ConsentKitBase.ConsentError) { try translated { try core.refresh() } }

    func close() throws(ConsentKitBase.ConsentError) {
        // After the file was closed: what the sync would still note of it is refused.
        defer { exchanges.end() }
        try translated { try core.shutdown() }
    }

    func subscribe(_ changed: @escaping @Sendable (Consent.Snapshot) -> Void) -> any Sendable & AnyObject {
        core.subscribe(observer: Listener { changed(Consent.Snapshot($0)) })
    }
}

private final class Listener: ConsentObserver {
    private let heard: @Sendable (ConsentSnapshot) -> Void

    init(_ heard: @escaping @Sendable (ConsentSnapshot) -> Void) {
        self.heard = heard
    }

    func changed(snapshot: ConsentSnapshot) throws {
        heard(snapshot)
    }
}

extension Consent.Snapshot {
    /// Everything is in what the core hands over: it is asked for nothing more, and of no other moment.
    init(_ snapshot: ConsentSnapshot) {
        self.init(
            generation: snapshot.generation,
            at: snapshot.at,
            policyVersion: snapshot.policyVersion,
            pending: snapshot.pending,
            signedIn: snapshot.signedIn,
            available: snapshot.available,
            pushBlocked: snapshot.pushBlocked,
            signals: Consent.Signals(snapshot.signals),
            googleConsent: Consent.GoogleConsent(snapshot.google),
            answers: snapshot.answers.map(Consent.PurposeAnswer.init)
        )
    }
}

extension Consent.PurposeAnswer {
    init(_ core: ConsentKitFFI.PurposeAnswer) {
        self.init(
            purpose: core.purpose,
            allowed: core.allowed,
            reasons: core.reasons.map(Consent.Reason.init),
            status: Consent.Status(core.status),
            validUntil: core.validUntil,
            osBlocked: core.osBlocked
        )
    }
}

extension AdvertisingID {
    init(_ core: ConsentKitFFI.AdvertisingId) {
        switch core {
        case .available(let id): self = .available(id: id)
        case .refused(let reasons): self = .refused(reasons: reasons.map(Consent.Reason.init))
        }
    }
}

extension Consent.GoogleConsent {
    init(_ core: ConsentKitFFI.GoogleConsent) {
        self.init(
            adStorage: core.adStorage,
            analyticsStorage: core.analyticsStorage,
            adUserData: core.adUserData,
            adPersonalization: core.adPersonalization
        )
    }
}
