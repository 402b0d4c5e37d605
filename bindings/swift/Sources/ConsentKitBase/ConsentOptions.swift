import Foundation

/// What a `Consent` is opened with besides its file and policy. Everything has a default.
public struct ConsentOptions: Sendable {
    /// The server's address, https (loopback excepted). nil keeps everything on the device.
    public var server: URL?
    /// The person's language, BCP 47; the system's first one where left out.
    public var language: String
    /// The app's version, for the records; the bundle's where left out.
    public var appVersion: String
    /// The platform; the one this runs on where left out.
    public var platform: Consent.Platform
    /// The system's version, such as 17.5; the one this runs on where left out.
    public var osVersion: String
    /// A second file that no backup copies; where it does not name the database's installation, the database is a copy from another
    /// phone. nil leaves that check out.
    public var marker: URL?
    /// Carries the requests.
    public var transport: (any Consent.HTTPTransport)?
    /// The account's tokens; needed to sync after a sign-in.
    public var tokens: (any Consent.AccountTokens)?
    /// The advertising id; nil refuses every request for it.
    public var advertisingID: (any AdvertisingIDSource)?
    /// True to sync unasked: at open, a second after a write, at the return to the foreground and when the network comes back. Nothing is
    /// sent before the first answer. `Consent.sync` can be called all the same, from a background task for one.
    public var syncsByItself = true
    /// When to, for a test.
    package var occasions: @Sendable () -> any SyncOccasions = { SystemOccasions() }
    /// A clock for tests.
    public var clock: (any ConsentClock)?
    /// Hears of what happens, on the thread where it does: names and stable codes only. nil, so off, unless set.
    public var log: (@Sendable (Consent.LogEvent) -> Void)?

    /// The defaults of this device, with `URLSessionTransport` as the transport.
    public init(server: URL? = nil) {
        self.server = server
        language = Locale.preferredLanguages.first ?? Locale.current.identifier
        appVersion = Bundle.main.object(forInfoDictionaryKey: "CFBundleShortVersionString") as? String ?? ""
        #if os(iOS)
        platform = .ios
        #else
        platform = .desktop
        #endif
        let version = ProcessInfo.processInfo.operatingSystemVersion
        osVersion = "\(version.majorVersion).\(version.minorVersion)"
        transport = Consent.URLSessionTransport()
    }
}
