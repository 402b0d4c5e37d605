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

/// AppsFlyerLib.
@MainActor
public final class AppsFlyerLib {
    private static let one = AppsFlyerLib()
    public static func shared() -> AppsFlyerLib { one }

    public var appsFlyerDevKey = ""
    public var appleAppID = ""
    public var disableAdvertisingIdentifier = false
    public var isStopped = false {
        didSet { Calls.made.append("appsflyer stopped \(isStopped)") }
    }

    public func start() { Calls.made.append("appsflyer start") }
}
