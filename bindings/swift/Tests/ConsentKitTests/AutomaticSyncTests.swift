@testable import ConsentKit
@testable import ConsentKitBase
import XCTest

/// Moments as a test tells of them.
private final class Scripted: SyncOccasions {
    private let told = Guarded<(@Sendable (SyncOccasion) -> Void)?>(nil)

    var isOver: Bool { told.value == nil }
    func begin(_ happened: @escaping @Sendable (SyncOccasion) -> Void) { told.value = happened }
    func end() { told.value = nil }
    func happen(_ occasion: SyncOccasion) { told.value?(occasion) }
}

/// Sync that nobody asks for.
final class AutomaticSyncTests: XCTestCase {
    private let occasions = Scripted()

    private func phone(_ line: Line, log: @escaping @Sendable (Consent.LogEvent) -> Void) throws -> Phone {
        let phone = try Phone()
        phone.options.server = URL(string: "https://consent.example")
        phone.options.syncsByItself = true
        let occasions = occasions
        phone.options.occasions = { occasions }
        phone.options.transport = line
        phone.options.log = log
        return phone
    }

    func testItSyncsAtOpenAfterAWriteAndAtEachMoment() async throws {
        let synced = AsyncStream<[String]>.makeStream()
        let sent = Guarded(0)
        let phone = try phone(Line { _ in
            sent.change { $0 += 1 }
            throw Consent.TransportError.unreachable(reason: "no connection")
        }) { if $0.name == "synced" { synced.continuation.yield($0.codes) } }
        let consent = try phone.open()
        var next = synced.stream.makeAsyncIterator()
        // Before the first answer nothing is sent.
        var codes = await next.next()
        XCTAssertEqual(codes, ["quiet"])
        XCTAssertEqual(sent.value, 0)
        // Two writes within the second are one sync.
        try await consent.grant("cookies.analytics")
        try await consent.grant("cookies.marketing")
        codes = await next.next()
        XCTAssertEqual(codes, ["waiting", "offline"])
        XCTAssertEqual(sent.value, 1)
        // It came back to the foreground: the failure still holds requests back.
        occasions.happen(.foreground)
        codes = await next.next()
        XCTAssertEqual(codes, ["waiting", "paused"])
        XCTAssertEqual(sent.value, 1)
        // The network came back: it does not.
        occasions.happen(.network)
        codes = await next.next()
        XCTAssertEqual(codes, ["waiting", "offline"])
        XCTAssertEqual(sent.value, 2)
        try await consent.close()
        occasions.happen(.network)
    }

    func testOneThatMeetsAnotherIsSilentAndGivesWayToTheApps() async throws {
        let (asked, heard) = (AsyncStream<Void>.makeStream(), Guarded<[Consent.LogEvent]>([]))
        let phone = try phone(Line { _ in
            asked.continuation.yield()
            await forever()
            throw CancellationError()
        }) { event in heard.change { $0.append(event) } }
        let consent = try phone.open()
        try await consent.grant("cookies.analytics")
        var next = asked.stream.makeAsyncIterator()
        // The one after the write hangs; more moments meet it.
        await next.next()
        occasions.happen(.foreground)
        occasions.happen(.foreground)
        // The app's own takes its place.
        let sync = Task { try await consent.sync() }
        await next.next()
        occasions.happen(.foreground)
        let error = await fault { try await consent.sync() }
        XCTAssertEqual(error, .alreadySyncing, "the app asked twice")
        sync.cancel()
        _ = await sync.result
        try await consent.close()
        XCTAssertEqual(heard.value.filter { $0.codes == ["already_syncing"] }.count, 1)
    }

    func testItEndsWithTheLastReference() async throws {
        let phone = try phone(Line { _ in throw Consent.TransportError.timedOut }) { _ in }
        var consent: Consent? = try phone.open()
        XCTAssertFalse(occasions.isOver)
        try await consent?.close()
        consent = nil
        for _ in 0..<100_000 where !occasions.isOver { await Task.yield() }
        XCTAssertTrue(occasions.isOver)
    }

    func testWithoutAServerOrWhereItIsTurnedOffNothingIsWatched() throws {
        let (server, turnedOff) = (try Phone(), try Phone())
        server.options.syncsByItself = true
        turnedOff.options.server = URL(string: "https://consent.example")
        let made = Guarded(0)
        for phone in [server, turnedOff] {
            phone.options.occasions = {
                made.change { $0 += 1 }
                return Scripted()
            }
            _ = try phone.open()
        }
        XCTAssertEqual(made.value, 0)
        XCTAssertTrue(ConsentOptions().syncsByItself)
    }
}
