#if canImport(AppTrackingTransparency) && canImport(UIKit)
import AppTrackingTransparency
import Foundation
import UIKit

/// What became of a wish to show the tracking prompt.
public enum TrackingPrompt: Sendable, Hashable {
    /// The person has answered, now or before. `settings` leads to the app's page in Settings: only after a no, and only where the person
    /// may change it (APL-3).
    case settled(Consent.Tracking, settings: URL?)
    /// Nothing was shown: the app is not active, or the system let the moment pass. Asked again by itself at the next activation (APL-4),
    /// or at the end of the prompt that is in its way then.
    case postponed
    /// Nothing that was granted waits for it, or another prompt is on the screen.
    case notDue
}

/// Why the tracking prompt cannot be shown at all.
public enum TrackingPromptError: Error, Sendable, Hashable, LocalizedError {
    /// Info.plist lacks NSUserTrackingUsageDescription; the system would end the app (APL-5).
    case usageDescriptionMissing

    /// One sentence for a developer.
    public var errorDescription: String? {
        "Info.plist has no NSUserTrackingUsageDescription, and the system ends an app that asks without one."
    }
}

/// Shows App Tracking Transparency's prompt when it may be shown, and tells `Consent` what the system says.
///
/// Keep one beside the `Consent`. From `start` on the status is read again at each return to the foreground (APL-9).
@MainActor
@available(iOSApplicationExtension, unavailable)
public final class TrackingAuthorization {
    private let consent: Consent
    private let usageDescription: () -> String?
    private let center: NotificationCenter
    private var activation: Activation?
    private let activations = Count()
    /// True while a prompt that could not be shown waits for its moment: until the system is asked, or nothing is left to ask.
    private var isArmed = false
    private var outstanding: Task<TrackingPrompt, Never>?
    private var otherPrompts = 0

    /// For the app's own bundle.
    public convenience init(_ consent: Consent) {
        self.init(consent, center: .default) { Bundle.main.object(forInfoDictionaryKey: "NSUserTrackingUsageDescription") as? String }
    }

    package init(_ consent: Consent, center: NotificationCenter, usageDescription: @escaping () -> String?) {
        self.consent = consent
        self.center = center
        self.usageDescription = usageDescription
    }

    /// Tells `Consent` the status now, and at each activation from now on. Call it at launch.
    public func start() async {
        if activation == nil {
            activation = Activation(center) { @Sendable [weak self, activations] in
                activations.add()
                Task { @MainActor in await self?.becameActive() }
            }
        }
        await report()
    }

    /// The system's status now; one that is not known counts as a no (APL-1).
    public var status: Consent.Tracking {
        Consent.Tracking(ATTrackingManager.trackingAuthorizationStatus)
    }

    /// Shows the prompt, if it may be shown: nothing was answered yet, a grant waits for it (`Consent.nextPrompt`), no other prompt is on
    /// the screen, and the app is active. Whoever asks while it is open gets its answer.
    public func request() async throws(TrackingPromptError) -> TrackingPrompt {
        guard usageDescription()?.isEmpty == false else { throw .usageDescriptionMissing }
        if let outstanding { return await outstanding.value }
        guard status == .notDetermined else {
            isArmed = false
            return settled
        }
        // The other prompt ends, and a wish that was postponed before it is still one.
        guard otherPrompts == 0 else { return .notDue }
        guard consent.nextPrompt() == .tracking else {
            isArmed = false
            return .notDue
        }
        guard UIApplication.shared.applicationState == .active else {
            isArmed = true
            return .postponed
        }
        isArmed = false
        let task = Task { await ask() }
        outstanding = task
        return await task.value
    }

    /// Runs the app's own prompt, such as the one for notifications; the tracking prompt is not shown beside it.
    public func holdBack<Value: Sendable>(while prompt: @MainActor () async throws -> Value) async rethrows -> Value {
        otherPrompts += 1
        defer {
            otherPrompts -= 1
            // The activation that its closing brought may be over already, and the next one far away.
            if otherPrompts == 0 { Task { await catchUp() } }
        }
        return try await prompt()
    }

    private func ask() async -> TrackingPrompt {
        var (told, before) = await Self.showPrompt(counting: activations)
        // What the callback says is no answer while the status knows of none: it may come while the prompt is still on the screen.
        if told != .notDetermined && status == .notDetermined {
            await nextActivation()
            before = activations.value
        }
        outstanding = nil
        guard status != .notDetermined else {
            // Nothing was shown or nothing was answered.
            isArmed = true
            // An activation that came after the callback may have been over before this line: it found no wish to ask for.
            if activations.value != before { Task { await catchUp() } }
            return .postponed
        }
        await report()
        return settled
    }

    /// What the callback says, and how many activations there were when it was called. Formed outside the main actor, and so is the
    /// closure: the system calls it on a thread of its own.
    private nonisolated static func showPrompt(counting activations: Count) async -> (Consent.Tracking, Int) {
        await withCheckedContinuation { (continuation: CheckedContinuation<(Consent.Tracking, Int), Never>) in
            ATTrackingManager.requestTrackingAuthorization { @Sendable in
                continuation.resume(returning: (Consent.Tracking($0), activations.value))
            }
        }
    }

    /// Waits for the app to become active: the prompt makes it inactive, and its end makes it active again.
    private func nextActivation() async {
        let answered = FirstAnswer<Void>()
        let activation = Activation(center) { answered.give(.success(())) }
        try? await answered.value()
        withExtendedLifetime(activation) {}
    }

    private var settled: TrackingPrompt {
        .settled(status, settings: status == .denied ? URL(string: UIApplication.openSettingsURLString) : nil)
    }

    private func becameActive() async {
        await report()
        await catchUp()
    }

    /// Asks what could not be asked before.
    private func catchUp() async {
        if isArmed { _ = try? await request() }
    }

    private func report() async {
        do {
            try await consent.reportSignals(Consent.Signals(tracking: status))
        } catch {
            // A denial counts in memory all the same. After `close` there is nobody to tell, and nothing is allowed anyway.
            consent.calls.tell(Consent.LogEvent(name: "signals_not_recorded", codes: [error.code]))
        }
    }
}

/// A count that any thread may read and raise.
private final class Count: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    var value: Int { lock.withLock { count } }

    func add() { lock.withLock { count += 1 } }
}

/// Hears of each return to the foreground, until it is let go.
private final class Activation: @unchecked Sendable {
    private let center: NotificationCenter
    private let observer: any NSObjectProtocol

    init(_ center: NotificationCenter, _ body: @escaping @Sendable () -> Void) {
        self.center = center
        observer = center.addObserver(forName: UIApplication.didBecomeActiveNotification, object: nil, queue: nil) { @Sendable _ in body() }
    }

    deinit {
        center.removeObserver(observer)
    }
}

extension Consent.Tracking {
    fileprivate init(_ status: ATTrackingManager.AuthorizationStatus) {
        self.init(rawStatus: status.rawValue)
    }
}
#endif
