@testable import ConsentKit
@testable import ConsentKitBase
import XCTest

/// `close` from within every piece of the app's code that the library calls: it comes back, and what was called ends.
final class CloseInCallbacksTests: XCTestCase {
    /// Seconds after which a call counts as one that hangs.
    private static let patience: TimeInterval = 20

    /// Fails where the work does not come back. Waits beside it, since what hangs is never finished.
    private func ends(_ what: String, line: UInt = #line, _ work: @escaping @Sendable () async throws -> Void) async {
        let done = expectation(description: what)
        let task = Task.detached {
            do { try await work() } catch { XCTFail("\(what): \(error)", line: line) }
            done.fulfill()
        }
        await fulfillment(of: [done], timeout: Self.patience)
        task.cancel()
    }

    /// The `Consent` that a callback closes, once it is there.
    private final class Handed: Sendable {
        private let consent = Guarded<Consent?>(nil)
        private let calls = Guarded(0)

        func hand(_ consent: Consent) { self.consent.value = consent }
        var count: Int { calls.value }

        func close() async throws {
            calls.change { $0 += 1 }
            try await consent.value?.close()
        }

        func letGo() { consent.value = nil }
    }

    private func assertClosed(_ consent: Consent, line: UInt = #line) async throws {
        // What the callback closed may still be on its way: this waits for it, and does nothing more.
        try await consent.close()
        XCTAssertFalse(consent.snapshot.available, line: line)
        XCTAssertFalse(consent.allows("cookies.analytics"), line: line)
        let error = await fault { _ = try await consent.pending() }
        XCTAssertEqual(error, .shutDown, line: line)
    }

    func testInTheLoopOfAReaderOfUpdates() async throws {
        let consent = try Phone().open()
        await ends("the loop") {
            let reader = Task {
                var isClosed = false
                for await snapshot in consent.updates where snapshot.allows("cookies.analytics") && !isClosed {
                    try await consent.close()
                    isClosed = true
                }
            }
            let other = Task { for await _ in consent.updates(for: "cookies.analytics") { try await consent.close() } }
            _ = try? await consent.grant("cookies.analytics")
            try await reader.value
            try await other.value
        }
        try await assertClosed(consent)
    }

    func testInTheSourceOfTheAdvertisingID() async throws {
        let (phone, handed, wasGivenUp) = (try Phone(), Handed(), Guarded(false))
        phone.options.advertisingID = Source {
            try await handed.close()
            // A close that waits for this call comes back only once the source has taken too long, and is cancelled for it.
            wasGivenUp.value = Task.isCancelled
            return .id(value: "38400000-8cf0-11bd-b23e-10b96e40000d", limited: false)
        }
        let consent = try phone.open()
        handed.hand(consent)
        try await consent.reportSignals(Consent.Signals(tracking: .authorized))
        try await consent.grant("ad_id.measurement")
        await ends("the source") {
            // What became of the id after the file was closed: no id either way.
            if case .available = try? await consent.advertisingID(for: "ad_id.measurement") { XCTFail("an id was given by a closed one") }
        }
        XCTAssertEqual(handed.count, 1)
        try await assertClosed(consent)
        XCTAssertFalse(wasGivenUp.value, "closing waited for the call that it was made in")
        handed.letGo()
    }

    func testInTheTransportAndInTheTokensWhetherTheAppAskedOrNobodyDid() async throws {
        for (place, isAutomatic) in [("transport", false), ("tokens", false), ("transport", true), ("tokens", true)] {
            let (phone, handed) = (try Phone(), Handed())
            phone.options.server = URL(string: "https://consent.example")
            phone.options.transport = Line { _ in
                if place == "transport" { try await handed.close() }
                return Consent.HTTPResponse(status: 401, headers: [], body: Data())
            }
            phone.options.tokens = Tokens { _, _ in
                if place == "tokens" { try await handed.close() }
                return "token"
            }
            if isAutomatic {
                phone.options.syncsByItself = true
                phone.options.occasions = { Silent() }
            }
            let consent = try phone.open()
            handed.hand(consent)
            await ends("\(place), automatic \(isAutomatic)") {
                try await consent.signIn("acct_81")
                if isAutomatic {
                    for await snapshot in consent.updates where !snapshot.available { break }
                } else {
                    _ = try? await consent.sync()
                }
            }
            XCTAssertGreaterThanOrEqual(handed.count, 1, place)
            try await assertClosed(consent)
            handed.letGo()
        }
    }

    func testInTheTransportOfASignOutThatSendsFirstAndOfABackgroundSync() async throws {
        for isBackground in [true, false] {
            let (phone, handed) = (try Phone(), Handed())
            phone.options.server = URL(string: "https://consent.example")
            phone.options.transport = Line { _ in
                try await handed.close()
                throw Consent.TransportError.timedOut
            }
            phone.options.tokens = Tokens { _, _ in "token" }
            let consent = try phone.open()
            handed.hand(consent)
            try await consent.signIn("acct_81")
            await ends("background \(isBackground)") {
                if isBackground {
                    _ = await BackgroundSync.run(consent)
                } else {
                    _ = try? await consent.signOut(within: 30)
                }
            }
            XCTAssertGreaterThanOrEqual(handed.count, 1)
            try await assertClosed(consent)
            handed.letGo()
        }
    }

    /// The log and the clock are asked on the thread that does the work and cannot wait there: they begin a close and go on.
    func testInTheLogAndInTheClock() async throws {
        for place in ["log", "clock"] {
            let (phone, handed) = (try Phone(), Handed())
            let begin: @Sendable () -> Void = { Task { try await handed.close() } }
            let isOn = Guarded(false)
            if place == "log" {
                phone.options.log = { _ in if isOn.value { begin() } }
            } else {
                phone.options.clock = Telling(clock: phone.clock) { if isOn.value { begin() } }
            }
            let consent = try phone.open()
            handed.hand(consent)
            isOn.value = true
            await ends(place) {
                _ = try? await consent.grant("cookies.analytics")
                for await snapshot in consent.updates where !snapshot.available { break }
            }
            for _ in 0..<1_000 { await Task.yield() }
            let count = handed.count
            XCTAssertGreaterThanOrEqual(count, 1, place)
            if place == "log" {
                XCTAssertLessThanOrEqual(count, 3, "what is closed already is told once: the write, the close, and what was on its way")
            }
            try await assertClosed(consent)
            handed.letGo()
        }
    }

    func testWhileTheFileIsOpening() async throws {
        let phone = try Phone()
        let consent = Consent.opening(at: phone.file, policy: try influential(), options: phone.options)
        await ends("closing at once") { try await consent.close() }
        try await assertClosed(consent)
    }

    /// The expiration handler of a background task ends its sync, and the app closes there.
    func testInTheEndOfABackgroundTask() async throws {
        let asked = AsyncStream<Void>.makeStream()
        let phone = try Phone()
        phone.options.server = URL(string: "https://consent.example")
        phone.options.transport = Line { _ in
            asked.continuation.yield()
            await forever()
            throw CancellationError()
        }
        let consent = try phone.open()
        try await consent.grant("cookies.analytics")
        await ends("the expiration") {
            let work = Task { await BackgroundSync.run(consent) }
            for await _ in asked.stream { break }
            work.cancel()
            try await consent.close()
            let outcome = await work.value
            XCTAssertNotNil(outcome.success ? 0 : outcome.again, "it says when to come back")
        }
        try await assertClosed(consent)
    }
}

/// Moments that never come: what is left is the sync at open and after a write.
private final class Silent: SyncOccasions {
    func begin(_ happened: @escaping @Sendable (SyncOccasion) -> Void) {}
    func end() {}
}

/// A clock that tells whenever it is read.
private struct Telling: ConsentClock {
    let clock: StillClock
    let told: @Sendable () -> Void

    func now() -> Int64 {
        told()
        return clock.now()
    }
}
