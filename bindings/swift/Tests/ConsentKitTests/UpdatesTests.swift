@testable import ConsentKitBase
import ConsentKit
import XCTest

final class UpdatesTests: XCTestCase {
    func testAStreamBeginsWithTheStateAndEndsWithShutdown() async throws {
        let consent = try Phone().open()
        var updates = consent.updates.makeAsyncIterator()
        var snapshot = await updates.next()
        XCTAssertEqual(snapshot?.allows("cookies.analytics"), false)
        try await consent.grant("cookies.analytics")
        snapshot = await updates.next()
        XCTAssertEqual(snapshot?.allows("cookies.analytics"), true)
        XCTAssertEqual(snapshot?.pending, 1)
        try await consent.close()
        snapshot = await updates.next()
        XCTAssertEqual(snapshot?.available, false)
        snapshot = await updates.next()
        XCTAssertNil(snapshot)

        var late = consent.updates.makeAsyncIterator()
        snapshot = await late.next()
        XCTAssertEqual(snapshot?.available, false)
        snapshot = await late.next()
        XCTAssertNil(snapshot)
    }

    func testASlowReaderGetsTheNewestOnlyAndEveryReaderHasAStreamOfItsOwn() async throws {
        let consent = try Phone().open()
        var (one, two) = (consent.updates.makeAsyncIterator(), consent.updates.makeAsyncIterator())
        try await consent.grant("cookies.analytics")
        try await consent.withdraw("cookies.analytics")
        for snapshot in [await one.next(), await two.next()] {
            XCTAssertEqual(snapshot?["cookies.analytics"]?.status, .withdrawn)
        }
    }

    func testAReaderMayCallBack() async throws {
        let consent = try Phone().open()
        let reader = Task {
            for await snapshot in consent.updates where snapshot.allows("cookies.analytics") {
                try await consent.withdraw("cookies.analytics")
                return consent.allows("cookies.analytics")
            }
            return true
        }
        try await consent.grant("cookies.analytics")
        let allowed = try await reader.value
        XCTAssertFalse(allowed)
    }

    func testAReaderThatStopsIsForgottenAndTheLastReferenceEndsTheOthers() async throws {
        var consent: Consent? = try Phone().open()
        let stopped = Task { [updates = consent!.updates] in for await _ in updates {} }
        stopped.cancel()
        await stopped.value
        let stream = consent!.updates
        try await consent?.grant("cookies.analytics")
        consent = nil
        var count = 0
        for await _ in stream { count += 1 }
        XCTAssertEqual(count, 1)
    }

    func testACancelledTaskNeitherLosesNorDoublesAChange() async throws {
        let consent = try Phone().open()
        let form = try await consent.questions(surface: "settings")
        let purposes = ["cookies.analytics", "cookies.marketing", "marketing.data_use", "marketing.email", "marketing.sms"]
        let tasks = purposes.map { purpose in
            Task {
                try await consent.record(form.shown) { $0.grant(purpose) }
            }
        }
        tasks.forEach { $0.cancel() }
        for task in tasks {
            let receipt = try await task.value
            XCTAssertEqual(receipt.items.count, 1)
        }
        let said = try await consent.history().filter { $0.kind == "choice" }
        XCTAssertEqual(said.compactMap(\.purpose).sorted(), purposes.sorted())
    }

    func testASyncThatIsCancelledBeforeItBeginsSendsNothing() async throws {
        let phone = try Phone()
        let sent = Guarded(0)
        phone.options.server = URL(string: "https://consent.example")
        phone.options.transport = Line { _ in
            sent.change { $0 += 1 }
            throw Consent.TransportError.timedOut
        }
        let consent = try phone.open()
        try await consent.grant("cookies.analytics")
        let sync = Task {
            while !Task.isCancelled { await Task.yield() }
            try await consent.sync()
        }
        sync.cancel()
        let result = await sync.result
        XCTAssertThrowsError(try result.get()) { XCTAssertTrue($0 is CancellationError, "\($0)") }
        XCTAssertEqual(sent.value, 0)
        let pending = try await consent.pending()
        XCTAssertEqual(pending.map(\.purpose), ["cookies.analytics"])
    }

    func testACancellationAtAnyMomentEndsASyncOnce() async {
        let clock = StillClock()
        let consent = Consent(engine: ScriptedEngine(clock: clock), clock: clock, log: nil)
        let ends = await withTaskGroup(of: Bool?.self) { group in
            for number in 0..<2_000 {
                group.addTask {
                    let sync = Task { try await consent.sync() }
                    for _ in 0..<number % 20 { await Task.yield() }
                    sync.cancel()
                    do {
                        _ = try await sync.value
                        return nil
                    } catch {
                        return error is CancellationError ? true : (error as? ConsentError) == .internal ? false : nil
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        XCTAssertEqual(ends.count, 2_000)
        XCTAssertFalse(ends.contains(nil))
        XCTAssertTrue(ends.contains(true))
    }

    func testTheCallersActorIsFreeMeanwhile() async throws {
        let hold = DispatchSemaphore(value: 0)
        let phone = try Phone()
        phone.options.advertisingID = Source { block(on: hold); return .unavailable(kind: .failed) }
        let consent = try phone.open()
        try await consent.reportSignals(Consent.Signals(tracking: .authorized))
        try await consent.grant("ad_id.measurement")
        let id = Task { @MainActor in try await consent.advertisingID(for: "ad_id.measurement") }
        // The main actor and the file are free while the source makes us wait.
        await MainActor.run {}
        try await consent.grant("cookies.analytics")
        hold.signal()
        let answer = try await id.value
        XCTAssertEqual(answer, .refused(reasons: [.adIDUnavailable(kind: .failed)]))
    }
}

/// An advertising-id source made of a closure.
struct Source: AdvertisingIDSource {
    let answer: @Sendable () async throws -> AdvertisingIDAnswer

    init(_ answer: @escaping @Sendable () async throws -> AdvertisingIDAnswer) {
        self.answer = answer
    }

    func advertisingID() async throws -> AdvertisingIDAnswer { try await answer() }
}

/// Waits where waiting is frowned upon, as an app's source may.
func block(on semaphore: DispatchSemaphore) {
    semaphore.wait()
}
