import ConsentKit
import ConsentKitTesting
import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A device with the library in it, a folder of its own and the network between it and the server.
final class NativeDevice: Device {
    private static let file = "consent.db"
    private static let marker = "marker"

    let clock: TestClock
    private(set) var consent: Consent?
    var form: Consent.Shown?
    private var settings: Settings
    private let folder: URL
    private let wire = Wire()
    private let source = Source()
    private let server: ReferenceServer?

    init(_ settings: Settings, clock: TestClock, server: ReferenceServer?) throws {
        self.settings = settings
        self.clock = clock
        self.server = server
        folder = try Surroundings.temporaryFolder()
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    var requests: Int64 { Int64(wire.count) }
    var asked: Int { source.asked }

    func open(shipping policy: String?) async throws {
        consent = nil
        let shipped = policy ?? settings.policy
        var options = ConsentOptions()
        options.syncsByItself = false
        options.server = server.flatMap { URL(string: $0.url) }
        options.language = settings.language
        options.appVersion = "1.0"
        options.platform = settings.platform
        options.osVersion = settings.osVersion
        options.marker = folder.appendingPathComponent(Self.marker)
        options.transport = wire
        options.tokens = server.map(Tokens.init)
        options.advertisingID = source
        options.clock = clock
        consent = try Consent.open(at: folder.appendingPathComponent(Self.file), policy: shipped, options: options)
        settings.policy = shipped
    }

    func answers(_ provider: Provider?) {
        source.answers(provider)
    }

    /// Begins with another device's file; its marker, which no backup carries, comes along only where it is said.
    func copy(_ other: NativeDevice, withMarker: Bool) throws {
        for name in [Self.file, "\(Self.file)-wal"] {
            let from = other.folder.appendingPathComponent(name)
            if FileManager.default.fileExists(atPath: from.path) {
                try FileManager.default.copyItem(at: from, to: folder.appendingPathComponent(name))
            }
        }
        guard withMarker else { return }
        // A clone of the whole disk, on which the database has the number that it had: the marker's line that names it is left out.
        let marker = try String(contentsOf: other.folder.appendingPathComponent(Self.marker), encoding: .utf8)
        let name = marker.split(separator: "\n").first.map(String.init) ?? ""
        try name.write(to: folder.appendingPathComponent(Self.marker), atomically: true, encoding: .utf8)
    }
}

/// Counts what goes out, and sends it by the transport that ships.
private final class Wire: Consent.HTTPTransport, @unchecked Sendable {
    private let lock = NSLock()
    private var sent = 0
    private let transport = Consent.URLSessionTransport()

    var count: Int { lock.withLock { sent } }

    func send(_ request: Consent.HTTPRequest) async throws -> Consent.HTTPResponse {
        lock.withLock { sent += 1 }
        return try await transport.send(request)
    }
}

private struct Tokens: Consent.AccountTokens {
    let server: ReferenceServer

    func token(for subject: String, refresh: Bool) async throws -> String? {
        try await server.token(subject)
    }
}

/// The platform's source, which answers as the step says.
private final class Source: AdvertisingIDSource, @unchecked Sendable {
    private struct Silent: Error {}

    private let lock = NSLock()
    private var provider: Provider?
    private var count = 0

    var asked: Int { lock.withLock { count } }

    func answers(_ provider: Provider?) {
        lock.withLock { self.provider = provider }
    }

    func advertisingID() async throws -> AdvertisingIDAnswer {
        let provider = lock.withLock {
            count += 1
            return self.provider
        }
        switch provider {
        case .id(let value, let limited): return .id(value: value, limited: limited)
        case .unavailable(let kind): return .unavailable(kind: kind)
        case .fails, nil: throw Silent()
        }
    }
}
