import ConsentKitBase
internal import ConsentKitFFI
import Foundation

/// The Rust core as the engine of a `Consent`.
final class CoreEngine: ConsentEngine {
    private let core: ConsentCore

    init(_ core: ConsentCore) {
        self.core = core
    }

    func snapshot() -> Snapshot { Snapshot(core.snapshot(), of: core) }
    func policy() -> ConsentKitBase.PolicyView { ConsentKitBase.PolicyView(core.policy()) }
    func unrecorded() -> [ConsentKitBase.Unrecorded] { core.unrecorded().map(ConsentKitBase.Unrecorded.init) }
    func nextPrompt() -> ConsentKitBase.Prompt? { core.nextPrompt().map(ConsentKitBase.Prompt.init) }

    func questions(surface: String) throws(ConsentKitBase.ConsentError) -> ConsentKitBase.Questions {
        try translated { ConsentKitBase.Questions(try core.questions(surface: surface)) }
    }

    func record(shown: Shown, answers: [ConsentKitBase.Answer]) throws(ConsentKitBase.ConsentError) -> ConsentKitBase.Receipt {
        try translated { ConsentKitBase.Receipt(try core.record(shown: shown.rawValue, answers: answers.map(ConsentKitFFI.Answer.init))) }
    }

    func withdraw(_ purposes: [String]) throws(ConsentKitBase.ConsentError) -> ConsentKitBase.Receipt {
        try translated { ConsentKitBase.Receipt(try core.withdraw(purposes: purposes)) }
    }

    func importChoices(_ choices: [ConsentKitBase.ImportChoice]) throws(ConsentKitBase.ConsentError) -> ConsentKitBase.ImportReceipt {
        try translated { ConsentKitBase.ImportReceipt(try core.importChoices(choices: choices.map(ConsentKitFFI.ImportChoice.init))) }
    }

    func signIn(_ subject: String) throws(ConsentKitBase.ConsentError) { try translated { try core.signIn(subject: subject) } }
    func signOut() throws(ConsentKitBase.ConsentError) { try translated { try core.signOut() } }

    func signOutWithin(timeoutMs: Int64) throws(ConsentKitBase.ConsentError) -> ConsentKitBase.SignOutReport {
        try translated { ConsentKitBase.SignOutReport(try core.signOutWithin(timeoutMs: timeoutMs)) }
    }

    func reportSignals(_ signals: ConsentKitBase.Signals) throws(ConsentKitBase.ConsentError) {
        try translated { try core.reportSignals(signals: ConsentKitFFI.Signals(signals)) }
    }

    func advertisingID(for purpose: String) throws(ConsentKitBase.ConsentError) -> AdvertisingID {
        try translated { AdvertisingID(try core.advertisingId(purpose: purpose)) }
    }

    func sync(timeoutMs: Int64) throws(ConsentKitBase.ConsentError) -> ConsentKitBase.SyncReport { try translated { ConsentKitBase.SyncReport(try core.sync(timeoutMs: timeoutMs)) } }
    func connectivityRestored() throws(ConsentKitBase.ConsentError) { try translated { try core.connectivityRestored() } }
    func pending() throws(ConsentKitBase.ConsentError) -> [ConsentKitBase.PendingChange] { try translated { try core.pending().map(ConsentKitBase.PendingChange.init) } }
    func stuck() throws(ConsentKitBase.ConsentError) -> [ConsentKitBase.PendingChange] { try translated { try core.stuck().map(ConsentKitBase.PendingChange.init) } }

    func history(after: Int64, limit: Int64) throws(ConsentKitBase.ConsentError) -> [ConsentKitBase.HistoryEntry] {
        try translated { try core.history(after: after, limit: limit).map(ConsentKitBase.HistoryEntry.init) }
    }

    func state(at time: Int64) throws(ConsentKitBase.ConsentError) -> ConsentKitBase.StateAt { try translated { ConsentKitBase.StateAt(try core.stateAt(at: time)) } }
    func verify() throws(ConsentKitBase.ConsentError) -> ConsentKitBase.Verification { try translated { ConsentKitBase.Verification(try core.verify()) } }
    func adoptPolicy(_ document: String) throws(ConsentKitBase.ConsentError) { try translated { try core.adoptPolicy(document: document) } }
    func refresh() throws(ConsentKitBase.ConsentError) { try translated { try core.refresh() } }
    func shutdown() throws(ConsentKitBase.ConsentError) { try translated { try core.shutdown() } }

    func subscribe(_ changed: @escaping @Sendable (Snapshot) -> Void) -> any Sendable & AnyObject {
        // Weakly: the core holds its observers, and an observer that held the core would keep both for ever.
        core.subscribe(observer: Listener { [weak core] snapshot in
            if let core { changed(Snapshot(snapshot, of: core)) }
        })
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

extension Snapshot {
    init(_ snapshot: ConsentSnapshot, of core: ConsentCore) {
        // Which purposes are push messages only the core knows, and it matters only while the system blocks them.
        let isBlocked = { snapshot.pushBlocked && core.explain(purpose: $0).osBlocked }
        self.init(
            generation: snapshot.generation,
            at: snapshot.at,
            policyVersion: snapshot.policyVersion,
            pending: snapshot.pending,
            signedIn: snapshot.signedIn,
            available: snapshot.available,
            pushBlocked: snapshot.pushBlocked,
            signals: ConsentKitBase.Signals(snapshot.signals),
            googleConsent: ConsentKitBase.GoogleConsent(snapshot.google),
            answers: snapshot.answers.map { answer in
                ConsentKitBase.PurposeAnswer(
                    purpose: answer.purpose,
                    allowed: answer.allowed,
                    reasons: answer.reasons.map(ConsentKitBase.Reason.init),
                    status: ConsentKitBase.Status(answer.status),
                    validUntil: answer.validUntil,
                    osBlocked: isBlocked(answer.purpose)
                )
            }
        )
    }
}

extension AdvertisingID {
    init(_ core: ConsentKitFFI.AdvertisingId) {
        switch core {
        case .available(let id): self = .available(id: id)
        case .refused(let reasons): self = .refused(reasons: reasons.map(ConsentKitBase.Reason.init))
        }
    }
}

extension ConsentKitBase.GoogleConsent {
    init(_ core: ConsentKitFFI.GoogleConsent) {
        self.init(
            adStorage: core.adStorage,
            analyticsStorage: core.analyticsStorage,
            adUserData: core.adUserData,
            adPersonalization: core.adPersonalization
        )
    }
}
