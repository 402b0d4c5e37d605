import ConsentKitTesting
import XCTest

final class FakeConsentTests: XCTestCase {
    /// 22 November 2026, 22:10 in Korea.
    private static let tenAtNight: Int64 = 1_795_353_000_000

    private func fake(_ platform: Consent.Platform = .android, server: FakeServer = .none) throws -> FakeConsent {
        try FakeConsent(policy: PolicyFile.read(), platform: platform, server: server)
    }

    func testNothingIsAllowedBeforeAnAnswer() throws {
        let fake = try fake()
        XCTAssertFalse(fake.consent.allows("cookies.analytics"))
        XCTAssertEqual(fake.consent.explain("cookies.analytics").reasons, [.notAnswered])
        XCTAssertEqual(fake.consent.explain("no.such.purpose").reasons, [.unknownPurpose])
        XCTAssertEqual(fake.choices, [])
    }

    func testAStateIsMadeWithoutAForm() throws {
        let fake = try fake()
        try fake.grant("marketing.data_use", "marketing.email")
        XCTAssertTrue(fake.consent.allows("marketing.email"))
        try fake.refuse("marketing.email", "marketing.sms")
        XCTAssertEqual(fake.consent.explain("marketing.email").reasons, [.withdrawn], "a no where there was a yes is a withdrawal")
        XCTAssertEqual(fake.consent.explain("marketing.sms").reasons, [.refused])
        XCTAssertEqual(fake.choices.map(\.purpose), ["marketing.data_use", "marketing.email", "marketing.email", "marketing.sms"])
        XCTAssertEqual(fake.choices.map(\.status), [.granted, .granted, .withdrawn, .refused])
    }

    func testTheNightComesWhenTheTestSaysSo() throws {
        let fake = try fake()
        try fake.grant("marketing.data_use", "marketing.sms", "marketing.email")
        XCTAssertTrue(fake.consent.allows("marketing.sms"))
        fake.clock.set(Self.tenAtNight)
        XCTAssertEqual(fake.consent.explain("marketing.sms").reasons, [.night])
        XCTAssertFalse(fake.consent.allows("marketing.sms"))
        XCTAssertTrue(fake.consent.allows("marketing.email"), "e-mail has no night (KR-4)")
        try fake.grant("marketing.sms.night")
        XCTAssertTrue(fake.consent.allows("marketing.sms"))
    }

    func testASnapshotRunsOutWhenAnotherReasonJoins() throws {
        let fake = try fake()
        try fake.refuse("marketing.sms")
        let before = fake.consent.explain("marketing.sms").reasons
        let end = try XCTUnwrap(fake.consent.snapshot["marketing.sms"]?.validUntil)
        fake.clock.set(end - 1)
        XCTAssertEqual(fake.consent.explain("marketing.sms").reasons, before)
        fake.clock.set(end)
        XCTAssertEqual(fake.consent.explain("marketing.sms").reasons, before + [.night])
    }

    func testAFormIsAskedAndAnswered() async throws {
        let fake = try fake()
        let form = try await fake.consent.questions(surface: "first_run")
        XCTAssertTrue(form.due)
        let receipt = try await fake.consent.record(form.shown) {
            $0.grant("marketing.data_use")
            $0.refuse("marketing.sms")
        }
        XCTAssertEqual(receipt.items.map(\.choice), [.granted, .refused])
        XCTAssertEqual(receipt.pending, 2)
        let last = try XCTUnwrap(fake.choices.last)
        XCTAssertEqual([last.actor?.rawValue, last.method?.rawValue, last.language], ["person", "toggle", "ko"])
    }

    func testSignalsCapAndNeverGrant() throws {
        let fake = try fake(.ios)
        try fake.grant("ad_id.measurement")
        XCTAssertEqual(fake.consent.nextPrompt(), .tracking)
        try fake.report(Consent.Signals(tracking: .denied))
        XCTAssertEqual(fake.consent.explain("ad_id.measurement").reasons, [.osDenied])
        try fake.report(Consent.Signals(tracking: .authorized, gpc: true))
        XCTAssertEqual(fake.consent.explain("ad_id.measurement").reasons, [.gpc])
        XCTAssertNil(fake.consent.nextPrompt())
    }

    func testTheGateAsksTheScriptedPlatformOnlyWhenItMay() async throws {
        let fake = try fake()
        let id = "6d92078a-8246-4ba4-ae5b-76104861e7dc"
        fake.advertisingIDAnswers(.id(value: id, limited: false))
        let before = try await fake.consent.advertisingID(for: "ad_id.measurement")
        XCTAssertEqual(before, .refused(reasons: [.notAnswered]))
        XCTAssertEqual(fake.advertisingIDRequests, 0)
        try fake.grant("ad_id.measurement")
        let granted = try await fake.consent.advertisingID(for: "ad_id.measurement")
        XCTAssertEqual(granted, .available(id: id))
        fake.advertisingIDAnswers(.unavailable(kind: .timedOut))
        let late = try await fake.consent.advertisingID(for: "ad_id.measurement")
        XCTAssertEqual(late, .refused(reasons: [.adIDUnavailable(kind: .timedOut)]))
        XCTAssertEqual(fake.advertisingIDRequests, 2)
        XCTAssertFalse("\(fake) \(fake.records)".contains(id))
    }

    func testEachCallCanBeMadeToFailAndChangesNothing() async throws {
        let fake = try fake(server: .reachable)
        let form = try await fake.consent.questions(surface: "settings").shown
        let policy = try PolicyFile.read()
        let calls: [FakeCall: @Sendable (Consent) async throws -> Void] = [
            .questions: { _ = try await $0.questions(surface: "settings") },
            .record: { try await $0.record(form) { $0.grant("cookies.analytics") } },
            .withdraw: { try await $0.withdraw("cookies.analytics") },
            .import: { try await $0.import([Consent.ImportChoice(purpose: "marketing.sms", choice: .refused, source: "old")]) },
            .signIn: { try await $0.signIn("acct_81") },
            .signOut: { try await $0.signOut() },
            .signOutWithin: { try await $0.signOut(within: 0.001) },
            .reportSignals: { try await $0.reportSignals(Consent.Signals(gpc: true)) },
            .advertisingID: { _ = try await $0.advertisingID(for: "ad_id.measurement") },
            .sync: { try await $0.sync() },
            .connectivityRestored: { try await $0.connectivityRestored() },
            .pending: { _ = try await $0.pending() },
            .stuck: { _ = try await $0.stuck() },
            .closed: { try await $0.closed(form) },
            .announced: { _ = try await $0.announced() },
            .edition: { _ = try await $0.edition(3) },
            .cookies: { _ = try await $0.cookies() },
            .cookiesRemoved: { try await $0.cookiesRemoved([], left: []) },
            .history: { _ = try await $0.history() },
            .stateAt: { _ = try await $0.stateAt(0) },
            .verify: { _ = try await $0.verify() },
            .adoptPolicy: { try await $0.adoptPolicy(policy) },
            .refresh: { try await $0.refresh() },
            .close: { try await $0.close() },
        ]
        XCTAssertEqual(Set(calls.keys), Set(FakeCall.allCases))
        let (before, records) = (fake.consent.snapshot, fake.records)
        let broken = ConsentError.damaged(reason: "a test")
        for (kind, call) in calls {
            fake.fail(kind, with: broken)
            do {
                try await call(fake.consent)
                XCTFail("\(kind) did not fail")
            } catch {
                XCTAssertEqual(error as? ConsentError, broken, "\(kind)")
            }
            XCTAssertEqual(fake.consent.snapshot, before, "\(kind)")
            XCTAssertEqual(fake.records, records, "\(kind)")
            fake.fail(kind, with: nil)
        }
        for kind in FakeCall.allCases { try await calls[kind]?(fake.consent) }
    }

    private static let full = ConsentError.storeUnavailable(reason: "the disk is full", sqliteCode: 13)

    func testWhatTakesAPermissionAwayCountsWhileTheStoreRefuses() async throws {
        let fake = try fake()
        let consent = fake.consent
        try fake.grant("cookies.analytics", "cookies.marketing")
        let said = fake.clock.now()
        for kind in [FakeCall.withdraw, .reportSignals] { fake.fail(kind, with: Self.full) }
        await XCTAssertThrows(Self.full) { try await consent.withdraw("cookies.analytics") }
        await XCTAssertThrows(Self.full) { try await consent.reportSignals(Consent.Signals(gpc: true, age: .below)) }
        fake.clock.advance(milliseconds: 3_600_000)
        await XCTAssertThrows(Self.full) { try await consent.withdraw("cookies.analytics") }
        XCTAssertEqual(consent.snapshot["cookies.analytics"]?.status, .withdrawn)
        XCTAssertEqual(consent.explain("cookies.marketing").reasons, [.guardianRequired, .child, .gpc])
        XCTAssertEqual(consent.unrecorded().map(\.kind), [.no, .gpc, .age])
        XCTAssertEqual(consent.unrecorded().map(\.purpose), ["cookies.analytics", nil, nil])
        XCTAssertEqual(consent.unrecorded().map(\.since), [said, said, said], "the first tap counts")
        XCTAssertEqual(fake.choices.count, 2)

        let form = try await consent.questions(surface: "settings")
        for kind in [FakeCall.withdraw, .reportSignals] { fake.fail(kind, with: nil) }
        try await consent.reportSignals(Consent.Signals(gpc: false, age: .above))
        XCTAssertEqual(consent.unrecorded(), [])
        XCTAssertEqual(fake.choices.last?.at, said)
        try await consent.record(form.shown) { $0.grant("cookies.analytics") }
        XCTAssertTrue(consent.allows("cookies.analytics"), "who drew the form while the no was held has seen it")
    }

    func testASignOutCountsWhileTheStoreRefuses() async throws {
        let fake = try fake()
        let consent = fake.consent
        try await consent.signIn("acct_81")
        try fake.grant("marketing.data_use", "marketing.email")
        for kind in [FakeCall.signOut, .signIn] { fake.fail(kind, with: Self.full) }
        await XCTAssertThrows(Self.full) { try await consent.signIn("acct_82") }
        XCTAssertFalse(consent.allows("marketing.email"), "one person's yes does not answer for another")
        await XCTAssertThrows(Self.full) { try await consent.signOut() }
        XCTAssertFalse(consent.snapshot.signedIn)
        XCTAssertEqual(consent.unrecorded().map(\.kind), [.signOut])
        try await consent.connectivityRestored()
        XCTAssertEqual(consent.unrecorded(), [])
        XCTAssertFalse(consent.snapshot.signedIn)
    }

    func testASignOutWithinATimeSyncsFirstAndSaysWhatStillWaits() async throws {
        let fake = try fake(server: .failing(.serverBusy(status: 503)))
        let consent = fake.consent
        try await consent.signIn("acct_81")
        try fake.grant("marketing.data_use")
        let busy = try await consent.signOut(within: 1)
        XCTAssertEqual(busy.sync?.troubles, [.serverBusy(status: 503)])
        XCTAssertEqual(busy.waiting.map(\.kind), [.link, .choice])
        fake.serverIs(.reachable)
        try await consent.signIn("acct_81")
        let done = try await consent.signOut(within: 1)
        XCTAssertEqual(done.waiting, [])
        let nobody = try await consent.signOut(within: 1)
        XCTAssertNil(nobody.sync)
        XCTAssertEqual(fake.requests, 2)
    }

    func testABackgroundTaskDoesNotComeBackSoonForWhatTheServerRefusedForGood() async throws {
        let fake = try fake(server: .failing(.stuck))
        try fake.grant("cookies.analytics")
        let refused = await BackgroundSync.run(fake.consent)
        XCTAssertEqual(refused, BackgroundSync.Outcome(success: true, again: nil))
        for trouble in [Consent.Trouble.offline, .paused, .portal(status: 302)] {
            fake.serverIs(.failing(trouble))
            let outcome = await BackgroundSync.run(fake.consent)
            XCTAssertFalse(outcome.success, "\(trouble)")
            XCTAssertNotNil(outcome.again, "\(trouble)")
        }
    }

    func testWhatIsKnownOfAPersonEndsWithThePersonAndAChildStaysOne() async throws {
        let fake = try fake()
        let consent = fake.consent
        try fake.report(Consent.Signals(age: .below, guardian: .verified))
        try await consent.signIn("acct_81")
        XCTAssertEqual(consent.snapshot.signals.age, .below)
        XCTAssertNil(consent.snapshot.signals.guardian)
        try await consent.signOut()
        XCTAssertNil(consent.snapshot.signals.age)
        try await consent.signIn("acct_82")
        XCTAssertNil(consent.snapshot.signals.age)
    }

    func test_f_73_whoListensHearsOfTheNightThoughNobodyAsks() async throws {
        let fake = try fake()
        try fake.grant("marketing.data_use", "marketing.sms")
        let consent = fake.consent
        var answers = consent.updates(for: "marketing.sms").makeAsyncIterator()
        var answer = await answers.next()
        XCTAssertEqual(answer, true)
        let night = try XCTUnwrap(consent.snapshot["marketing.sms"]?.validUntil)
        fake.clock.set(night)
        answer = await answers.next()
        XCTAssertEqual(answer, false)
        fake.clock.advance(milliseconds: -1)
        answer = await answers.next()
        XCTAssertEqual(answer, true)
    }

    func test_f_50_aPortalIsTriedAgainWithinMinutesAndIsNoSuccess() async throws {
        let fake = try fake(server: .failing(.portal(status: 302)))
        try fake.grant("cookies.analytics")
        for _ in 0..<12 {
            let outcome = await BackgroundSync.run(fake.consent)
            XCTAssertFalse(outcome.success)
            let again = try XCTUnwrap(outcome.again)
            XCTAssertLessThanOrEqual(again - fake.clock.now(), 300_000)
            fake.clock.set(again)
        }
    }

    func test_f_14_whatTheServerRefusedForGoodIsSaidAndHoldsNothingUp() async throws {
        let fake = try fake(server: .failing(.stuck))
        try fake.grant("cookies.analytics")
        let report = try await fake.consent.sync()
        XCTAssertEqual(report.state, .waiting, "not up to date")
        XCTAssertEqual(report.troubles, [.stuck])
        XCTAssertEqual(Consent.Reason.askAgain(cause: .rejected).code, "ask_again:rejected")
        let outcome = await BackgroundSync.run(fake.consent)
        XCTAssertEqual(outcome, BackgroundSync.Outcome(success: true, again: nil))
    }

    func test_f_73_aServerThatIsDownIsNotAskedAgainAtOnce() async throws {
        let fake = try fake(server: .failing(.offline))
        let (consent, begun) = (fake.consent, fake.clock.now())
        try fake.grant("cookies.analytics")
        let first = try await consent.sync()
        XCTAssertEqual(first.troubles, [.offline])
        XCTAssertEqual(first.retryAt, begun + 2_000)
        let second = try await consent.sync()
        XCTAssertEqual(second.state, .waiting)
        XCTAssertEqual(second.troubles, [.paused], "waiting always has its reason")
        XCTAssertEqual(second.retryAt, begun + 2_000)
        XCTAssertEqual(fake.requests, 1)
        fake.clock.set(begun + 2_000)
        let third = try await consent.sync()
        XCTAssertEqual(third.troubles, [.offline])
        XCTAssertEqual(third.retryAt, begun + 2_000 + 4_000, "each failure doubles the delay")
        try await consent.connectivityRestored()
        let fourth = try await consent.sync()
        XCTAssertEqual(fourth.troubles, [.offline])
        XCTAssertEqual(fake.requests, 3)
        fake.serverIs(.failing(.configuration(status: 404)))
        let wrong = try await consent.sync()
        XCTAssertEqual(wrong.retryAt, fake.clock.now() + 86_400_000)
        fake.serverIs(.reachable)
        let done = try await consent.sync()
        XCTAssertEqual(done.state, .upToDate)
        XCTAssertNil(done.retryAt)
    }

    func testTheScriptedServerTakesChangesOrDoesNot() async throws {
        let fake = try fake()
        await XCTAssertThrows(.noServer) { try await fake.consent.sync() }
        fake.serverIs(.reachable)
        let quiet = try await fake.consent.sync()
        XCTAssertEqual(quiet.state, .quiet, "nothing was answered yet")
        XCTAssertEqual(fake.requests, 0)
        try fake.grant("cookies.analytics")
        fake.serverIs(.failing(.offline))
        let offline = try await fake.consent.sync()
        XCTAssertEqual([offline.pending, offline.acknowledged], [1, 0])
        XCTAssertEqual(offline.troubles, [.offline])
        XCTAssertEqual(fake.consent.snapshot.pending, 1)
        fake.serverIs(.reachable)
        let done = try await fake.consent.sync()
        XCTAssertEqual(done.state, .upToDate)
        XCTAssertEqual([done.pending, done.acknowledged], [0, 1])
        XCTAssertEqual(fake.consent.snapshot.pending, 0)
        XCTAssertEqual(fake.requests, 2)
    }

    func testAMemberIsToldToSyncBeforeAFormIsAsked() async throws {
        let fake = try fake(server: .reachable)
        try await fake.consent.signIn("acct_81")
        let before = try await fake.consent.questions(surface: "settings")
        XCTAssertTrue(before.pullFirst)
        try await fake.consent.sync()
        let after = try await fake.consent.questions(surface: "settings")
        XCTAssertFalse(after.pullFirst)
    }

    func testListenersHearOfEveryChange() async throws {
        let fake = try fake()
        var updates = fake.consent.updates.makeAsyncIterator()
        let first = await updates.next()
        XCTAssertEqual(first?.allows("cookies.analytics"), false)
        try fake.grant("cookies.analytics")
        let second = await updates.next()
        XCTAssertEqual(second?.allows("cookies.analytics"), true)
        try await fake.consent.close()
        let third = await updates.next()
        XCTAssertEqual(third?.available, false)
        let end = await updates.next()
        XCTAssertNil(end)
    }

    func testAfterShutdownNothingIsAllowedAndEveryCallThrows() async throws {
        let fake = try fake()
        try fake.grant("cookies.analytics")
        try await fake.consent.close()
        XCTAssertFalse(fake.consent.allows("cookies.analytics"))
        XCTAssertEqual(fake.consent.explain("cookies.analytics").reasons, [.storeUnavailable])
        XCTAssertTrue(fake.consent.allows("membership"), "a contract needs no consent")
        await XCTAssertThrows(.shutDown) { try await fake.consent.withdraw("cookies.analytics") }
        await XCTAssertThrows(.shutDown) { _ = try await fake.consent.history() }
        XCTAssertThrowsError(try fake.grant("cookies.analytics")) { XCTAssertEqual($0 as? ConsentError, .shutDown) }
        try await fake.consent.close()
        XCTAssertEqual(fake.choices.count, 1, "what was recorded can still be looked at")
    }

    func testADocumentThatCannotBeReadNamesThePlace() throws {
        let policy = try PolicyFile.read()
        for (document, pointer) in [
            ("", ""), ("[]", ""), (#"{ "id": 7 }"#, "/id"),
            (policy.replacingOccurrences(of: #""audience": "adult","#, with: #""audience": "everybody","#), "/audience"),
            (policy.replacingOccurrences(of: #""regimes": ["kr"]"#, with: #""regimes": ["atlantis"]"#), "/regimes/0"),
            (policy.replacingOccurrences(of: #""until": "08:00""#, with: #""until": "07:00""#), "/night"),
            (policy.replacingOccurrences(of: #""from": "21:00""#, with: #""from": "9 pm""#), "/night/from"),
        ] {
            XCTAssertThrowsError(try FakeConsent(policy: document)) { error in
                guard case .policyInvalid(let faults) = error as? ConsentError else { return XCTFail("\(error)") }
                XCTAssertEqual(faults.map(\.pointer), [pointer])
            }
        }
        XCTAssertThrowsError(try FakeConsent(policy: policy, language: "")) { error in
            XCTAssertEqual(error as? ConsentError, .invalid(field: "language", reason: "is empty: it has no character that can be seen; give a text"))
        }
    }

    func test_f_38_aFormThatWasClosedStaysAwayForTheDaysOfThePolicy() async throws {
        let fake = try fake()
        var form = try await fake.consent.questions(surface: "first_run")
        XCTAssertTrue(form.due)
        try await fake.consent.closed(form.shown)
        form = try await fake.consent.questions(surface: "first_run")
        XCTAssertFalse(form.due)
        XCTAssertFalse(form.questions.isEmpty, "a screen that the person opens has its questions")
        fake.clock.advance(milliseconds: 7 * 24 * 3_600_000 - 1)
        form = try await fake.consent.questions(surface: "first_run")
        XCTAssertFalse(form.due)
        fake.clock.advance(milliseconds: 1)
        form = try await fake.consent.questions(surface: "first_run")
        XCTAssertTrue(form.due)
    }

    func test_f_37_whatIsAllowedUntilThePersonObjectsIsAllowedUntilThenAndNotBeforeThePull() async throws {
        let policy = #"""
            { "id": "notes", "version": "1", "languages": ["en"], "purposes": [
                { "id": "usage", "title": { "en": "Usage" }, "basis": "legitimate_interest", "scope": "person" }] }
            """#
        let fake = try FakeConsent(policy: policy, language: "en", server: .reachable)
        XCTAssertTrue(fake.consent.allows("usage"))
        let form = try await fake.consent.questions(surface: "any")
        XCTAssertEqual(form.questions.map(\.why), [.mayObject])
        XCTAssertFalse(form.due)
        try await fake.consent.withdraw("usage")
        XCTAssertEqual(fake.consent.explain("usage").reasons, [.withdrawn])
        try await fake.consent.signIn("acct_81")
        XCTAssertEqual(fake.consent.explain("usage").reasons, [.notPulled, .withdrawn])
        try await fake.consent.signOut()
        XCTAssertEqual(fake.consent.explain("usage").reasons, [.notPulled], "nobody can tell who comes after a sign-out")
        try await fake.consent.signIn("acct_82")
        XCTAssertEqual(fake.consent.explain("usage").reasons, [.notPulled])
        try await fake.consent.sync()
        XCTAssertTrue(fake.consent.allows("usage"))
    }

    func testAFakeNeverClaimsAProof() async throws {
        let verification = try await fake().consent.verify()
        XCTAssertFalse(verification.ok)
    }

    func testManyThreadsAtOnceLoseNothing() async throws {
        let fake = try fake()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    if number.isMultiple(of: 2) { try? fake.grant("cookies.analytics") } else { try? fake.refuse("cookies.marketing") }
                    _ = fake.consent.allows("cookies.analytics")
                }
            }
        }
        XCTAssertEqual(fake.choices.count, 100)
        XCTAssertEqual(fake.consent.snapshot.pending, 100)
        XCTAssertTrue(fake.consent.allows("cookies.analytics"))
    }

    func testALogHearsNamesAndCodesOnly() async throws {
        let heard = Heard()
        let fake = try FakeConsent(policy: PolicyFile.read(), log: { heard.append($0) })
        try await fake.consent.signIn("acct_81")
        XCTAssertTrue(heard.all.contains(Consent.LogEvent(name: "signed_in")))
        XCTAssertFalse(heard.all.contains { "\($0)".contains("acct_81") })
    }
}

private final class Heard: @unchecked Sendable {
    private let lock = NSLock()
    private var events: [Consent.LogEvent] = []

    var all: [Consent.LogEvent] { lock.withLock { events } }

    func append(_ event: Consent.LogEvent) {
        lock.withLock { events.append(event) }
    }
}

private func XCTAssertThrows(_ expected: ConsentError, line: UInt = #line, _ call: () async throws -> Void) async {
    do {
        try await call()
        XCTFail("threw nothing", line: line)
    } catch {
        XCTAssertEqual(error as? ConsentError, expected, line: line)
    }
}
