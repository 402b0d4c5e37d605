import ConsentKit
import XCTest

final class SayingTests: XCTestCase {
    func testAGrantAndARefusalAreRecordedExplainedAndKept() async throws {
        let phone = try Phone()
        let consent = try phone.open()
        XCTAssertFalse(consent.allows("marketing.email"))
        XCTAssertEqual(consent.explain("marketing.data_use").reasons, [.notAnswered])
        let form = try await consent.questions(surface: "settings")
        XCTAssertTrue(form.due)
        XCTAssertEqual(form.language, "ko")
        let title = try XCTUnwrap(form.questions.first { $0.purpose == "marketing.email" }?.notice.title)
        XCTAssertNotNil(title.unicodeScalars.first { ("가"..."힣").contains($0) })

        let receipt = try await consent.record(form.shown) {
            $0.grant("marketing.data_use")
            $0.grant("marketing.email")
            $0.refuse("marketing.sms")
        }
        XCTAssertEqual(receipt.pending, 3)
        XCTAssertEqual(receipt.at, noon)
        XCTAssertEqual(receipt.items.map(\.choice), [.granted, .granted, .refused])
        XCTAssertTrue(consent.allows("marketing.email"))
        XCTAssertFalse(consent.allows("marketing.sms"))

        try await consent.withdraw("marketing.data_use")
        let decision = consent.explain("marketing.email")
        XCTAssertFalse(decision.allowed)
        XCTAssertEqual(decision.reasons.map(\.code), ["requires:marketing.data_use"])
        XCTAssertEqual(consent.snapshot["marketing.sms"]?.status, .refused)
        let verification = try await consent.verify()
        XCTAssertTrue(verification.ok)
        try await consent.close()

        let again = try phone.open()
        XCTAssertEqual(again.snapshot["marketing.data_use"]?.status, .withdrawn)
        let pending = try await again.pending()
        XCTAssertEqual(pending.count, 4)
    }

    func testWhoeverWroteReadsItAtOnce() async throws {
        let consent = try Phone().open()
        try await consent.grant("cookies.analytics")
        XCTAssertTrue(consent.allows("cookies.analytics"))
        XCTAssertEqual(consent.snapshot.pending, 1)
        try await consent.withdraw("cookies.analytics")
        XCTAssertFalse(consent.allows("cookies.analytics"))
        XCTAssertEqual(consent.explain("cookies.analytics").reasons, [.withdrawn])
    }

    func testAReasonHasTheCoresCodeAndATextInTwoLanguages() {
        for reason in everyReason {
            XCTAssertFalse(reason.code.isEmpty)
            XCTAssertNotEqual(reason.text(language: "ko"), reason.text(language: "en"), reason.code)
        }
        XCTAssertEqual(Consent.Reason.withdrawn.text(language: "ko-KR"), "이용자가 동의를 철회했습니다.")
    }

    func testConsentsFromAnOlderStoreAreTakenOverOnce() async throws {
        let consent = try Phone().open()
        let older = [
            Consent.ImportChoice(purpose: "cookies.analytics", choice: .granted, saidAt: noon - hour, source: "user_defaults", textVersion: "v1"),
            Consent.ImportChoice(purpose: "cookies.marketing", choice: .granted, source: "user_defaults"),
        ]
        let receipt = try await consent.import(older)
        XCTAssertEqual(receipt.imported.map(\.purpose), ["cookies.analytics", "cookies.marketing"])
        XCTAssertTrue(consent.allows("cookies.analytics"))
        XCTAssertEqual(consent.explain("cookies.marketing").reasons, [.askAgain(cause: .undated)])
        let again = try await consent.import(older)
        XCTAssertEqual(again.imported, [])
    }

    func testTheSystemsPromptIsDueOnlyAfterAGrantThatNeedsIt() async throws {
        let consent = try Phone().open()
        try await consent.reportSignals(Consent.Signals(tracking: .notDetermined, push: .granted))
        XCTAssertNil(consent.nextPrompt())
        try await consent.grant("ad_id.measurement")
        XCTAssertEqual(consent.nextPrompt(), .tracking)
        XCTAssertEqual(consent.explain("ad_id.measurement").reasons, [.osNotDetermined])
    }

    func testAPushPurposeSaysThatTheSystemBlocksIt() async throws {
        let consent = try Phone().open()
        try await consent.reportSignals(Consent.Signals(push: .denied))
        try await consent.grant("marketing.data_use", "marketing.push", "marketing.email")
        XCTAssertTrue(consent.snapshot.pushBlocked)
        XCTAssertEqual(consent.explain("marketing.push"), Consent.Decision(purpose: "marketing.push", allowed: true, reasons: [], osBlocked: true))
        XCTAssertFalse(consent.explain("marketing.email").osBlocked)
    }

    func testThePolicyAndThePastCanBeRead() async throws {
        let phone = try Phone()
        let consent = try phone.open()
        let policy = try await consent.policy()
        XCTAssertTrue(policy.purposes.contains { $0.purpose == "marketing.kakao.night" })
        try await consent.grant("cookies.analytics")
        let history = try await consent.history()
        XCTAssertEqual(history.last?.purpose, "cookies.analytics")
        XCTAssertEqual(history.last?.actor, .person)
        let before = try await consent.stateAt(noon - 1)
        XCTAssertNil(before.policyVersion)
        let now = try await consent.stateAt(noon)
        XCTAssertEqual(now.decisions.first { $0.purpose == "cookies.analytics" }?.allowed, true)
        try await consent.close()
        XCTAssertTrue(try Consent.verifyFile(phone.file).ok)
        XCTAssertEqual(Consent.policyFaults(try influential()), [])
        XCTAssertFalse(Consent.policyFaults("{").isEmpty)
    }
}

/// Every reason there is, with each of what it may carry.
let everyReason: [Consent.Reason] =
    [
        .unknownPurpose, .storeUnavailable, .guardianRequired, .child, .osDenied, .osRestricted, .osNotDetermined, .adIDLimited, .gpc,
        .requires(purpose: "marketing.data_use"), .notAnswered, .refused, .withdrawn, .night,
    ] + AdvertisingIDUnavailable.allCases.map { .adIDUnavailable(kind: $0) } + Consent.AskAgain.allCases.map { .askAgain(cause: $0) }
