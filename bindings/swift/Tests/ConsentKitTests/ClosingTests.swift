@testable import ConsentKit
@testable import ConsentKitBase
import XCTest

/// A sync that nobody waits for any more, and a `Consent` that is closed.
final class ClosingTests: XCTestCase {
    /// A line on which nothing comes, that does not even notice when its task is cancelled.
    private struct Deaf: Consent.HTTPTransport {
        let asked: AsyncStream<Void>.Continuation

        func send(_ request: Consent.HTTPRequest) async throws -> Consent.HTTPResponse {
            asked.yield()
            await forever()
            throw CancellationError()
        }
    }

    private func deafPhone() throws -> (Phone, AsyncStream<Void>.Iterator) {
        let asked = AsyncStream<Void>.makeStream()
        let phone = try Phone()
        phone.options.server = URL(string: "https://consent.example")
        phone.options.transport = Deaf(asked: asked.continuation)
        return (phone, asked.stream.makeAsyncIterator())
    }

    /// Milliseconds that a call takes.
    private func milliseconds(_ call: () async throws -> Void) async rethrows -> Double {
        let begun = DispatchTime.now().uptimeNanoseconds
        try await call()
        return Double(DispatchTime.now().uptimeNanoseconds - begun) / 1_000_000
    }

    func test_f_67_theNextSyncBeginsAtOnceAfterACancelledOne() async throws {
        var (phone, asked) = try deafPhone()
        let consent = try phone.open()
        try await consent.grant("cookies.analytics")
        for _ in 0..<3 {
            let sync = Task { try await consent.sync() }
            await asked.next()
            sync.cancel()
            let result = await sync.result
            XCTAssertThrowsError(try result.get()) { XCTAssertTrue($0 is CancellationError, "\($0)") }
        }
        let error = await fault { try await consent.sync(within: 0) }
        XCTAssertEqual(error, .invalid(field: "within", reason: "must be more than 0 seconds"))
        let pending = try await consent.pending()
        XCTAssertEqual(pending.map(\.purpose), ["cookies.analytics"])
    }

    func test_f_67_aSyncThatTheAppGaveUpLeavesThePauseAfterEarlierFailuresAsItWas() async throws {
        let (asked, hangs) = (AsyncStream<Void>.makeStream(), Guarded(false))
        let phone = try Phone()
        phone.options.server = URL(string: "https://consent.example")
        phone.options.transport = Line { _ in
            guard hangs.value else { throw Consent.TransportError.timedOut }
            asked.continuation.yield()
            await forever()
            throw CancellationError()
        }
        let consent = try phone.open()
        try await consent.grant("cookies.analytics")
        for _ in 0..<5 {
            let report = try await consent.sync()
            phone.clock.time.value = try XCTUnwrap(report.retryAt)
        }
        hangs.value = true
        let sync = Task { try await consent.sync() }
        for await _ in asked.stream { break }
        sync.cancel()
        _ = await sync.result
        hangs.value = false
        // It says nothing of the server: the next one is neither held back by it nor the first of a new count.
        let report = try await consent.sync()
        XCTAssertEqual(report.troubles, [.offline])
        let pause = try XCTUnwrap(report.retryAt) - phone.clock.now()
        XCTAssertTrue((32_000...64_000).contains(pause), "the sixth failure in a row, and it waits \(pause) ms")
    }

    func test_f_67_closingEndsASyncThatHangsAndFreesTheFile() async throws {
        var (phone, asked) = try deafPhone()
        var (closings, beginnings): ([Double], [Double]) = ([], [])
        for _ in 0..<Self.attempts {
            let consent = try phone.open()
            if try await consent.pending().isEmpty { try await consent.grant("cookies.analytics") }
            let begun = DispatchTime.now().uptimeNanoseconds
            let sync = Task { try await consent.sync() }
            // Where the one before still held the file this one would throw, and nobody would be asked.
            await asked.next()
            beginnings.append(Double(DispatchTime.now().uptimeNanoseconds - begun) / 1_000_000)
            closings.append(try await milliseconds { try await consent.close() })
            let ended = await sync.result
            XCTAssertThrowsError(try ended.get())
        }
        assertFast(closings, "closing")
        // Of those that began after another had been closed.
        assertFast(Array(beginnings.dropFirst()), "the next sync")
    }

    /// How often a thing is tried whose time has a bound. Whatever else this machine does only ever adds to a time, and so the fastest one is
    /// judged.
    private static let attempts = 5

    private func assertFast(_ times: [Double], _ what: String, line: UInt = #line) {
        XCTAssertLessThanOrEqual(times.min() ?? .infinity, 200, "\(what) took \(times) ms", line: line)
    }

    func test_f_67_aTokenThatNeverComesHoldsNothingUp() async throws {
        let asked = AsyncStream<Void>.makeStream()
        let phone = try Phone()
        phone.options.server = URL(string: "https://consent.example")
        phone.options.transport = Line { _ in Consent.HTTPResponse(status: 401, headers: [], body: Data()) }
        phone.options.tokens = Tokens { _, _ in
            asked.continuation.yield()
            await forever()
            return nil
        }
        var next = asked.stream.makeAsyncIterator()
        var closings: [Double] = []
        for _ in 0..<Self.attempts {
            let consent = try phone.open()
            try await consent.signIn("acct_81")
            for isCancelled in [true, true, false] {
                let sync = Task { try await consent.sync() }
                await next.next()
                if isCancelled { sync.cancel() } else { closings.append(try await milliseconds { try await consent.close() }) }
                _ = await sync.result
            }
        }
        assertFast(closings, "closing")
    }

    func test_f_23_aSignOutThatIsCancelledStopsSendingAndSignsOutAllTheSame() async throws {
        var (phone, asked) = try deafPhone()
        phone.options.tokens = Tokens { _, _ in "token" }
        var endings: [Double] = []
        for _ in 0..<Self.attempts {
            let consent = try phone.open()
            try await consent.signIn("acct_81")
            let leaving = Task { try await consent.signOut(within: 5) }
            await asked.next()
            let taken = try await milliseconds {
                leaving.cancel()
                let report = try await leaving.value
                XCTAssertTrue(report.waiting.contains { $0.kind == .link }, "\(report.waiting)")
            }
            endings.append(taken)
            XCTAssertFalse(consent.snapshot.signedIn)
            try await consent.close()
        }
        assertFast(endings, "the sign-out after it was cancelled")
    }

    func test_f_62_afterCloseEveryCallThrowsShutDownWhateverItsArgumentsAre() async throws {
        let phone = try Phone()
        phone.options.advertisingID = Source { .id(value: "38400000-8cf0-11bd-b23e-10b96e40000d", limited: false) }
        let consent = try phone.open()
        let shown = try await consent.questions(surface: "settings").shown
        try await consent.close()
        let calls: [(String, (Consent) async throws -> Void)] = [
            ("questions", { _ = try await $0.questions(surface: "\u{0}") }), ("record", { try await $0.record(shown, []) }),
            ("record, forged", { try await $0.record(Consent.Shown(rawValue: "")) { $0.grant("") } }), ("withdraw", { try await $0.withdraw([]) }),
            ("import", { try await $0.import([]) }), ("signIn", { try await $0.signIn("null") }), ("signOut", { try await $0.signOut() }),
            ("signOut within", { try await $0.signOut(within: -1) }), ("reportSignals", { try await $0.reportSignals(Consent.Signals()) }),
            ("advertisingID", { _ = try await $0.advertisingID(for: "ad_id.measurement") }),
            ("advertisingID, bad", { _ = try await $0.advertisingID(for: "") }), ("policy", { _ = try await $0.policy() }),
            ("adoptPolicy", { try await $0.adoptPolicy("{") }), ("sync", { try await $0.sync(within: -1) }),
            ("connectivityRestored", { try await $0.connectivityRestored() }), ("pending", { _ = try await $0.pending() }),
            ("stuck", { _ = try await $0.stuck() }), ("history", { _ = try await $0.history(limit: 0) }),
            ("closed", { try await $0.closed(shown) }), ("announced", { _ = try await $0.announced() }),
            ("edition", { _ = try await $0.edition(-1) }), ("stateAt", { _ = try await $0.stateAt(0) }), ("verify", { _ = try await $0.verify() }), ("refresh", { try await $0.refresh() }),
        ]
        for (name, call) in calls {
            let error = await fault { try await call(consent) }
            XCTAssertEqual(error, .shutDown, name)
        }
        XCTAssertNil(consent.nextPrompt())
    }
}
