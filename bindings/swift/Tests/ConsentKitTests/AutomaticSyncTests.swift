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
        let (synced, sent) = (Guarded<[[String]]>([]), Guarded(0))
        let phone = try phone(Line { _ in
            sent.change { $0 += 1 }
            throw Consent.TransportError.unreachable(reason: "no connection")
        }) { event in if event.name == "synced" { synced.change { $0.append(event.codes) } } }
        let consent = try phone.open()
        func assertNext(_ number: Int, _ codes: [String], _ requests: Int, _ what: String, line: UInt = #line) async {
            await eventually("the sync \(what)", line: line) { synced.value.count >= number }
            XCTAssertEqual(synced.value.last, codes, what, line: line)
            XCTAssertEqual(sent.value, requests, what, line: line)
        }
        await assertNext(1, ["quiet"], 0, "at open: before the first answer nothing is sent")
        try await consent.grant("cookies.analytics")
        try await consent.grant("cookies.marketing")
        await assertNext(2, ["waiting", "offline"], 1, "of two writes within the second")
        occasions.happen(.foreground)
        await assertNext(3, ["waiting", "paused"], 1, "at the return to the foreground: the failure still holds requests back")
        occasions.happen(.network)
        await assertNext(4, ["waiting", "offline"], 2, "at the return of the network: it does not")
        try await consent.close()
        XCTAssertEqual(synced.value.count, 4)
        occasions.happen(.network)
    }

    func testOneThatMeetsAnotherIsSilentAndGivesWayToTheApps() async throws {
        let (asked, heard) = (Guarded(0), Guarded<[Consent.LogEvent]>([]))
        let phone = try phone(Line { _ in
            asked.change { $0 += 1 }
            await forever()
            throw CancellationError()
        }) { event in heard.change { $0.append(event) } }
        let consent = try phone.open()
        try await consent.grant("cookies.analytics")
        // The one after the write hangs; more moments meet it.
        await eventually("the sync after the write") { asked.value == 1 }
        occasions.happen(.foreground)
        occasions.happen(.foreground)
        // The app's own takes its place.
        let sync = Task { try await consent.sync() }
        await eventually("the app's own sync") { asked.value == 2 }
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
