@testable import ConsentKit
@testable import ConsentKitBase
import ConsentKitTesting
import XCTest

/// A handle answers at every moment as `allows` does.
final class PurposeHandleTests: XCTestCase {
    private let clock = StillClock()

    private func consent(_ answers: Consent.PurposeAnswer...) -> (Consent, ScriptedEngine) {
        let engine = ScriptedEngine(clock: clock)
        engine.answers.value = answers
        return (Consent(engine: engine, clock: clock, log: nil), engine)
    }

    private func answer(_ purpose: String, _ allowed: Bool, _ reasons: Consent.Reason..., until end: Int64? = nil) -> Consent.PurposeAnswer {
        Consent.PurposeAnswer(purpose: purpose, allowed: allowed, reasons: reasons, status: .granted, validUntil: end)
    }

    func testItSeesEveryChangeAndOutlivesThePurposesOfAPolicy() {
        let (consent, engine) = consent(answer("a", true), answer("b", false, .refused))
        let (a, b, later) = (consent.purpose("a"), consent.purpose("b"), consent.purpose("later"))
        XCTAssertEqual([a.purpose, b.purpose, later.purpose], ["a", "b", "later"])
        XCTAssertEqual([a.allows(), b.allows(), later.allows()], [true, false, false])
        engine.change([answer("a", false, .withdrawn), answer("b", true)])
        XCTAssertEqual([a.allows(), b.allows(), later.allows()], [false, true, false])
        // An edition with other purposes.
        engine.change([answer("later", true), answer("b", true)])
        XCTAssertEqual([a.allows(), b.allows(), later.allows()], [false, true, true])
        engine.change([answer("a", true)])
        XCTAssertEqual([a.allows(), b.allows(), later.allows()], [true, false, false])
        XCTAssertEqual([consent.purpose("a").allows(), consent.purpose("b").allows()], [true, false], "taken later")
    }

    func testOnlyWhenTheAnswerHasRunOutTheCoreIsAskedOnce() {
        let (consent, engine) = consent(answer("sms", true, until: noon + hour))
        let sms = consent.purpose("sms")
        let before = engine.asked.value
        clock.time.value = noon + hour - 1
        XCTAssertTrue(sms.allows())
        XCTAssertEqual(engine.asked.value, before)
        engine.answers.value = [answer("sms", false, .night, until: noon + 2 * hour)]
        clock.time.value = noon + hour
        XCTAssertFalse(sms.allows())
        XCTAssertFalse(sms.allows())
        XCTAssertEqual(engine.asked.value, before + 1)
        // A clock that was set back ends the answer as well.
        engine.answers.value = [answer("sms", true, until: noon + hour)]
        clock.time.value = noon
        XCTAssertTrue(sms.allows())
        XCTAssertEqual(engine.asked.value, before + 2)
    }

    func testItAnswersAsTheLibraryDoesUntilItIsClosedAndAfterwardsNothing() async throws {
        let phone = try Phone()
        var consent: Consent? = try phone.open()
        let handles = try XCTUnwrap(consent).snapshot.answers.map(\.purpose).map { consent!.purpose($0) } + [consent!.purpose("no.such.purpose")]
        let compare = { (consent: Consent, when: String) in
            for handle in handles { XCTAssertEqual(handle.allows(), consent.allows(handle.purpose), "\(handle.purpose) \(when)") }
        }
        compare(consent!, "at first")
        try await consent!.grant("cookies.analytics", "marketing.data_use", "marketing.sms", "marketing.email")
        compare(consent!, "after a yes")
        XCTAssertTrue(consent!.purpose("marketing.sms").allows())
        phone.clock.advance(10 * hour)
        compare(consent!, "at night")
        XCTAssertFalse(consent!.purpose("marketing.sms").allows())
        try await consent!.withdraw("marketing.data_use")
        compare(consent!, "after a withdrawal")
        try await consent!.close()
        compare(consent!, "after close")
        XCTAssertTrue(consent!.purpose("service").allows(), "what needs no consent goes on")
        consent = nil
        for handle in handles { XCTAssertFalse(handle.allows(), handle.purpose) }
    }

    func testTheFakeHasThemAsWell() async throws {
        let fake = try FakeConsent(policy: influential())
        let (email, sms) = (fake.consent.purpose("marketing.email"), fake.consent.purpose("marketing.sms"))
        XCTAssertFalse(email.allows())
        try fake.grant("marketing.data_use", "marketing.email", "marketing.sms")
        XCTAssertTrue(email.allows() && sms.allows())
        fake.clock.advance(milliseconds: 10 * hour)
        XCTAssertTrue(email.allows() && !sms.allows())
    }

    func testHandlesOfOnePurposeShareTheirWordsAndDroppedOnesFillNoMemory() {
        let (consent, engine) = consent(answer("a", true))
        let kept = (0..<100).map { consent.purpose("kept.\($0)") } + (0..<100).map { _ in consent.purpose("a") }
        for number in 0..<20_000 { _ = consent.purpose("dropped.\(number)") }
        XCTAssertLessThanOrEqual(consent.board.wordCount, 2 * kept.count)
        engine.change((0..<100).map { answer("kept.\($0)", true) })
        XCTAssertEqual(kept.filter { $0.allows() }.count, 100)
    }

    func testManyReadersAndAWriterAgree() async {
        let (consent, engine) = consent(answer("a", true, until: .max), answer("b", true))
        let handles = [consent.purpose("a"), consent.purpose("b")]
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    for turn in 0..<20_000 {
                        _ = handles[turn % 2].allows()
                        if turn % 64 == 0 { _ = consent.purpose("c\(turn)").allows() }
                    }
                }
            }
            let refused = [answer("a", false, .withdrawn, until: .max), answer("b", true)]
            let granted = [answer("a", true, until: .max), answer("b", true), answer("c", true)]
            group.addTask {
                for turn in 0..<500 { engine.change(turn % 2 == 0 ? refused : granted) }
            }
        }
        XCTAssertTrue(handles.allSatisfy { $0.allows() })
    }

    /// Whoever reads at a time edge wakes nobody itself, however many listen: another thread does.
    func testAReaderAtATimeEdgeIsNotTheOneThatTellsOfIt() async {
        let (consent, engine) = consent(answer("sms", true, until: noon + hour))
        let (told, began) = (Guarded(0), AsyncStream<Void>.makeStream())
        let listening = (0..<10).map { _ in
            Task {
                for await allowed in consent.updates(for: "sms") {
                    if !allowed { return told.change { $0 += 1 } }
                    began.continuation.yield()
                }
            }
        }
        var first = began.stream.makeAsyncIterator()
        for _ in listening { await first.next() }
        consent.board.telling.suspend()
        engine.answers.value = [answer("sms", false, .night, until: noon + 2 * hour)]
        clock.time.value = noon + hour
        XCTAssertFalse(consent.allows("sms"))
        XCTAssertFalse(consent.purpose("sms").allows())
        XCTAssertEqual(consent.explain("sms").reasons, [.night])
        for _ in 0..<1_000 { await Task.yield() }
        XCTAssertEqual(told.value, 0)
        consent.board.telling.resume()
        for task in listening { await task.value }
        XCTAssertEqual(told.value, 10)
    }
}
