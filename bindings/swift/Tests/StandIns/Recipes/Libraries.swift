import Foundation

// Of the shape of the libraries that the recipes start and stop. Each keeps what it was told, in order.

/// What was called, in order.
@MainActor
public enum Calls {
    public static var made: [String] = []
}

/// FirebaseCore.
@MainActor
public enum FirebaseApp {
    public static func configure() { Calls.made.append("firebase configure") }
}

/// FirebaseAnalytics.
@MainActor
public enum Analytics {
    public enum ConsentType: String { case adStorage, analyticsStorage, adUserData, adPersonalization }
    public enum ConsentStatus: String { case granted, denied }

    public static func setConsent(_ settings: [ConsentType: ConsentStatus]) {
        let words = settings.map { "\($0.key.rawValue)=\($0.value.rawValue)" }.sorted()
        Calls.made.append("firebase consent " + words.joined(separator: " "))
    }

    public static func setAnalyticsCollectionEnabled(_ enabled: Bool) { Calls.made.append("firebase collection \(enabled)") }
    public static func resetAnalyticsData() { Calls.made.append("firebase reset") }
}

/// Adjust 5.
@MainActor
public enum Adjust {
    public static func initSdk(_ config: ADJConfig) { Calls.made.append("adjust init") }
    public static func enable() { Calls.made.append("adjust enable") }
    public static func disable() { Calls.made.append("adjust disable") }
}

public final class ADJConfig {
    public init?(appToken: String, environment: String) {}
}

/// AppsFlyerLib 7: made once, tells when a session may begin, and sends nothing before `start`.
public final class AppsFlyerLib: @unchecked Sendable {
    private static let one = AppsFlyerLib()
    public static func shared() -> AppsFlyerLib { one }

    private let lock = NSLock()
    private var ready: (() -> Void)?
    private var isMade = false
    private var stopped = false

    public var isStopped: Bool {
        get { lock.withLock { stopped } }
        set {
            lock.withLock { stopped = newValue }
            note("appsflyer stopped \(newValue)")
        }
    }

    public func initialize(devKey: String, appId: String) {
        let wasMade = lock.withLock { () -> Bool in
            defer { isMade = true }
            return isMade
        }
        note(wasMade ? "appsflyer made twice" : "appsflyer init")
    }

    public func registerSessionReadyListener(_ ready: @escaping () -> Void) {
        lock.withLock { self.ready = ready }
        note("appsflyer listens")
    }

    public func start() {
        let isReady = lock.withLock { isMade && ready != nil && !stopped }
        note(isReady ? "appsflyer start" : "appsflyer start too early")
    }

    /// A session may begin: said on a thread of the library's own.
    public func beginSession() async {
        let ready = lock.withLock { self.ready }
        await withCheckedContinuation { said in
            DispatchQueue.global().async {
                ready?()
                said.resume()
            }
        }
    }

    /// The process is a new one.
    public func forget() {
        lock.withLock { (ready, isMade, stopped) = (nil, false, false) }
    }

    private func note(_ call: String) {
        DispatchQueue.main.async { Calls.made.append(call) }
    }
}
