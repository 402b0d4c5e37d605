@testable import ConsentKit
@testable import ConsentKitBase
import XCTest

/// A `Consent` that is handed out before its file is open.
final class OpeningTests: XCTestCase {
    func testItAnswersNoUntilTheFileIsOpenAndThenAnswers() async throws {
        let phone = try Phone()
        let earlier = try phone.open()
        try await earlier.grant("cookies.analytics")
        try await earlier.close()

        let (hold, clock) = (DispatchSemaphore(value: 0), StillClock())
        let engine = OpeningEngine(clock: clock) { $0.code }
        let consent = Consent(engine: engine, clock: clock, log: nil)
        let (file, options) = (phone.file, phone.options)
        let policy = try influential()
        consent.openFirst {
            hold.wait()
            engine.open { () throws(ConsentError) in try CoreEngine.open(at: file, policy: policy, options: options) }
        }
        XCTAssertFalse(consent.allows("cookies.analytics"))
        XCTAssertEqual(consent.explain("cookies.analytics").reasons.map(\.code), ["store_unavailable:opening"])
        XCTAssertFalse(consent.snapshot.available)
        XCTAssertNil(consent.nextPrompt())
        XCTAssertEqual(consent.unrecorded(), [])
        let waits = Task { try await consent.withdraw("cookies.analytics") }
        var answers = consent.updates(for: "cookies.analytics").makeAsyncIterator()
        var answer = await answers.next()
        XCTAssertEqual(answer, false)
        hold.signal()
        let receipt = try await waits.value
        XCTAssertEqual(receipt.items.count, 1)
        XCTAssertEqual(consent.explain("cookies.analytics").reasons, [.withdrawn])
        try await consent.grant("cookies.analytics")
        answer = await answers.next()
        XCTAssertEqual(answer, true)
        try await consent.close()
        answer = await answers.next()
        XCTAssertEqual(answer, false)
        answer = await answers.next()
        XCTAssertNil(answer)
    }

    func testWhoeverListensHearsThatTheFileIsOpenThoughNobodyCalls() async throws {
        let phone = try Phone()
        let earlier = try phone.open()
        try await earlier.grant("cookies.analytics")
        try await earlier.close()
        let (allowed, ended) = (Guarded(false), Guarded(false))
        let good = Consent.opening(at: phone.file, policy: try influential(), options: phone.options)
        let bad = Consent.opening(at: phone.folder.appendingPathComponent("other.db"), policy: "{}", options: phone.options)
        let readers = [
            Task { for await snapshot in good.updates where snapshot.allows("cookies.analytics") { return allowed.value = true } },
            Task {
                for await _ in bad.updates {}
                ended.value = true
            },
        ]
        await eventually("the telling that the file is open") { allowed.value }
        await eventually("the end of the readers of a file that could not be opened") { ended.value }
        readers.forEach { $0.cancel() }
        try await good.close()
    }

    func testOpeningReturnsAtOnceAndTellsTheLog() async throws {
        let phone = try Phone()
        let heard = Guarded<[Consent.LogEvent]>([])
        let (returned, wasWaitedFor) = (DispatchSemaphore(value: 0), Guarded(false))
        phone.options.log = { event in
            // Whoever opens waits here, on a thread of the library's, until `opening` has returned to the app.
            if event.name == "opened", returned.wait(timeout: .now() + 10) == .timedOut { wasWaitedFor.value = true }
            heard.change { $0.append(event) }
        }
        let consent = Consent.opening(at: phone.file, policy: try influential(), options: phone.options)
        XCTAssertEqual(heard.value, [])
        returned.signal()
        try await consent.grant("cookies.analytics")
        XCTAssertTrue(consent.allows("cookies.analytics"))
        XCTAssertEqual(heard.value.map(\.name), ["opened", "recorded"])
        XCTAssertFalse(wasWaitedFor.value, "the app waited until the file was open")
        try await consent.close()
    }

    func testAnOpenThatFailsIsThrownToEveryCallAndEndsTheReaders() async throws {
        let phone = try Phone()
        let heard = Guarded<[Consent.LogEvent]>([])
        phone.options.log = { event in heard.change { $0.append(event) } }
        let consent = Consent.opening(at: phone.file, policy: "{}", options: phone.options)
        for call in [{ try await $0.withdraw("cookies.analytics") }, { _ = try await $0.policy() }, { try await $0.sync() }] as [(Consent) async throws -> Void] {
            let error = await fault { try await call(consent) }
            XCTAssertEqual(error?.code, "policy_invalid")
        }
        XCTAssertFalse(consent.allows("cookies.analytics"))
        XCTAssertEqual(consent.explain("cookies.analytics").reasons, [.storeUnavailable])
        for await snapshot in consent.updates { XCTAssertFalse(snapshot.available) }
        XCTAssertEqual(heard.value.first, Consent.LogEvent(name: "failed", codes: ["policy_invalid"]))
    }

    func testAStreamForOnePurposeTellsEachChangeOnce() async throws {
        let consent = try Phone().open()
        let heard = Task { () -> [Bool] in
            var all: [Bool] = []
            for await allowed in consent.updates(for: "cookies.analytics") { all.append(allowed) }
            return all
        }
        let known = { (answer: Bool) async in
            for await allowed in consent.updates(for: "cookies.analytics") where allowed == answer { return }
        }
        await known(false)
        try await consent.grant("cookies.marketing")
        try await consent.grant("cookies.analytics")
        await known(true)
        for _ in 0..<10_000 { await Task.yield() }
        try await consent.withdraw("cookies.marketing")
        try await consent.close()
        let all = await heard.value
        XCTAssertEqual(all, [false, true, false])
    }
}
