@testable import ConsentKitBase
import XCTest

/// What `allows`, `explain` and `snapshot` answer without asking the core, and when they ask it.
final class ReadingTests: XCTestCase {
    private let clock = StillClock()

    private func consent(_ answers: Consent.PurposeAnswer...) -> (Consent, ScriptedEngine) {
        let engine = ScriptedEngine(clock: clock)
        engine.answers.value = answers
        return (Consent(engine: engine, clock: clock, log: nil), engine)
    }

    private func yes(_ purpose: String, until end: Int64? = nil) -> Consent.PurposeAnswer {
        Consent.PurposeAnswer(purpose: purpose, allowed: true, reasons: [], status: .granted, validUntil: end)
    }

    private func no(_ purpose: String, _ reasons: Consent.Reason..., until end: Int64? = nil) -> Consent.PurposeAnswer {
        Consent.PurposeAnswer(purpose: purpose, allowed: false, reasons: reasons, status: .granted, validUntil: end)
    }

    func testAnAnswerThatTimeCannotChangeNeverAsksTheCore() {
        let (consent, engine) = consent(yes("a"), no("b", .refused), no("c", .requires(purpose: "b")))
        let before = engine.asked.value
        for time in [noon, noon + 1_000 * hour, 0, -1, .max, .min] {
            clock.time.value = time
            XCTAssertTrue(consent.allows("a"))
            XCTAssertFalse(consent.allows("b"))
            XCTAssertFalse(consent.allows("c"))
            XCTAssertFalse(consent.allows("unknown"))
        }
        XCTAssertEqual(engine.asked.value, before)
    }

    func testOnlyWhenTheAnswerHasRunOutTheCoreIsAskedOnce() {
        let (consent, engine) = consent(yes("sms", until: noon + hour))
        let before = engine.asked.value
        clock.time.value = noon + hour - 1
        XCTAssertTrue(consent.allows("sms"))
        XCTAssertEqual(engine.asked.value, before)

        engine.answers.value = [no("sms", .night, until: noon + 2 * hour)]
        clock.time.value = noon + hour
        XCTAssertFalse(consent.allows("sms"))
        XCTAssertEqual(engine.asked.value, before + 1)
        XCTAssertFalse(consent.allows("sms"))
        XCTAssertEqual(consent.explain("sms").reasons, [.night])
        XCTAssertEqual(engine.asked.value, before + 1)
    }

    func testAClockSetBackBeforeTheSnapshotEndsTheAnswer() {
        let (consent, engine) = consent(yes("sms", until: noon + hour))
        let before = engine.asked.value
        engine.answers.value = [no("sms", .night, until: noon)]
        clock.time.value = noon - 1
        XCTAssertFalse(consent.allows("sms"))
        XCTAssertEqual(engine.asked.value, before + 1)
    }

    func testARanOutGrantComesBackWithTheClockAlsoWhereItIsOnlyRequired() {
        let (consent, engine) = consent(no("base", .askAgain(cause: .expired)), no("top", .requires(purpose: "base")), no("roof", .requires(purpose: "top")))
        engine.answers.value = [yes("base", until: noon), yes("top", until: noon), yes("roof", until: noon)]
        clock.time.value = noon - 1
        XCTAssertTrue(consent.allows("roof"))
        XCTAssertTrue(consent.allows("top"))
        XCTAssertTrue(consent.allows("base"))
    }

    func testAnUnknownPurposeIsAskedAboutAgainOnlyOnceEveryAnswerHasRunOut() {
        let (lasting, engine) = consent(yes("a", until: noon + hour), yes("b"))
        let before = engine.asked.value
        clock.time.value = noon + 2 * hour
        XCTAssertFalse(lasting.allows("c"))
        XCTAssertEqual(engine.asked.value, before, "no edition is announced")
        // An edition that comes ends every answer.
        clock.time.value = noon
        let (ending, other) = consent(yes("a", until: noon + hour), no("b", .refused, until: noon + hour))
        other.answers.value = [yes("c")]
        clock.time.value = noon + hour - 1
        XCTAssertFalse(ending.allows("c"))
        clock.time.value = noon + hour
        XCTAssertTrue(ending.allows("c"))
    }

    func testPurposesOfEveryLengthAreToldApart() {
        let ids = (0...70).map { String(repeating: "a", count: $0) } + (0..<64).map { "purpose.\($0)" } + ["가나다", "aaaaaaab", "baaaaaaa"]
        let answers = ids.enumerated().map { $0.offset % 2 == 0 ? yes($0.element) : no($0.element, .refused) }
        let engine = ScriptedEngine(clock: clock)
        engine.answers.value = answers
        let consent = Consent(engine: engine, clock: clock, log: nil)
        for answer in answers {
            XCTAssertEqual(consent.allows(answer.purpose), answer.allowed, answer.purpose)
            XCTAssertFalse(consent.allows(answer.purpose + "x"), answer.purpose)
            // A string that is not one run of bytes.
            XCTAssertEqual(consent.allows(NSString(string: answer.purpose) as String), answer.allowed)
        }
    }

    func testOtherPurposesOfANewPolicyReplaceTheOldOnes() {
        let (consent, engine) = consent(yes("old"))
        engine.change([yes("new"), no("old", .refused)])
        XCTAssertTrue(consent.allows("new"))
        XCTAssertFalse(consent.allows("old"))
        engine.change([yes("new")])
        XCTAssertEqual(consent.explain("old"), Consent.Decision(purpose: "old", allowed: false, reasons: [.unknownPurpose], osBlocked: false))
    }

    func testAnOlderSnapshotNeverReplacesANewerOne() {
        let (consent, engine) = consent(yes("a"))
        let old = consent.snapshot
        engine.change([no("a", .withdrawn)])
        consent.board.show(old)
        XCTAssertFalse(consent.allows("a"))
        XCTAssertEqual(consent.snapshot.generation, old.generation + 1)
    }

    func testManyReadersAndAWriterAgree() async {
        let (consent, engine) = consent(yes("a", until: .max), yes("b"))
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    (0..<20_000).reduce(0) { count, _ in count + (consent.allows("a") ? 1 : 0) + (consent.allows("b") ? 1 : 0) }
                }
            }
            let refused = [no("a", .withdrawn, until: .max), yes("b")]
            let granted = [yes("a", until: .max), yes("b")]
            group.addTask {
                for turn in 0..<500 { engine.change(turn % 2 == 0 ? refused : granted) }
                return 0
            }
            for await count in group { XCTAssertGreaterThanOrEqual(count, 0) }
        }
        XCTAssertTrue(consent.allows("a"))
    }

    func testWhoListensHearsOfATimeEdgeThoughNobodyAsks() async {
        let (clock, now) = (SystemTime(), SystemTime().now())
        let engine = ScriptedEngine(clock: clock)
        let answer = { (allowed: Bool, end: Int64?) in
            Consent.PurposeAnswer(purpose: "p", allowed: allowed, reasons: allowed ? [] : [.night], status: .granted, validUntil: end)
        }
        let consent = Consent(engine: engine, clock: nil, log: nil)
        engine.change([answer(true, now + 400)])
        let heard = Task { () -> [Bool] in
            var all: [Bool] = []
            for await allowed in consent.updates(for: "p") {
                all.append(allowed)
                if all.count == 2 { break }
            }
            return all
        }
        // What the core says from then on; nobody is told.
        engine.answers.value = [answer(false, nil)]
        let all = await heard.value
        XCTAssertEqual(all, [true, false])
        XCTAssertGreaterThanOrEqual(SystemTime().now(), now + 400)
    }
}

/// The machine's own clock.
private struct SystemTime: ConsentClock {
    func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }
}
