@testable import ConsentKit
import XCTest

/// The face for Objective-C, called as Objective-C does.
final class CSKConsentTests: XCTestCase {
    private func error(_ call: (@escaping @Sendable @MainActor ((any Error)?) -> Void) -> Void) async -> (any Error)? {
        await withCheckedContinuation { next in call { next.resume(returning: $0) } }
    }

    private func questions(_ consent: CSKConsent, _ surface: String) async -> (CSKQuestions?, (any Error)?) {
        await withCheckedContinuation { next in consent.questions(surface: surface) { next.resume(returning: ($0, $1)) } }
    }

    func testAnAppWithCompletionsRecordsAndWithdraws() async throws {
        let phone = try Phone()
        let consent = try CSKConsent(file: phone.file, policy: influential(), server: nil)
        let form = await questions(consent, "settings").0
        let token = try XCTUnwrap(form?.shown)
        var error = await error { consent.record(shown: token, granted: ["cookies.analytics"], refused: ["cookies.marketing"], completion: $0) }
        XCTAssertNil(error)
        XCTAssertTrue(consent.allows("cookies.analytics"))
        error = await self.error { consent.withdraw(["cookies.analytics"], completion: $0) }
        XCTAssertNil(error)
        XCTAssertFalse(consent.allows("cookies.analytics"))
        error = await self.error { consent.sync(completion: $0) }
        XCTAssertEqual(error as? ConsentError, .noServer)
        let none = await questions(consent, "none")
        XCTAssertNil(none.0)
        XCTAssertEqual((none.1 as? ConsentError)?.code, "invalid")
    }

    /// Whoever records a grant can show what it answers: every text of the notice.
    func testAFormHasEveryTextThatSwiftSees() async throws {
        let phone = try Phone()
        let swift = try phone.open()
        let consent = CSKConsent(swift)
        try await swift.grant("cookies.analytics")
        let form = try await swift.questions(surface: "settings")
        let shown = await questions(consent, "settings").0
        let same = try XCTUnwrap(shown)
        XCTAssertEqual([same.surface, same.language], [form.surface, form.language])
        XCTAssertEqual([same.due, same.pullFirst], [form.due, form.pullFirst])
        XCTAssertEqual(same.questions.count, form.questions.count)
        XCTAssertGreaterThan(form.questions.count, 1)
        for (mine, theirs) in zip(same.questions, form.questions) {
            XCTAssertEqual([mine.purpose, mine.title, mine.status], [theirs.purpose, theirs.notice.title, theirs.status.rawValue])
            let (notice, original) = (mine.notice, theirs.notice)
            XCTAssertEqual(
                [notice.purpose, notice.language, notice.title, notice.usedFor, notice.retention, notice.refusal],
                [original.purpose, original.language, original.title, original.usedFor, original.retention, original.refusal])
            XCTAssertEqual([notice.items, notice.requires], [original.items, original.requires])
            XCTAssertEqual(notice.isOptional, original.optional)
        }
        XCTAssertEqual(same.questions.first { $0.purpose == "cookies.analytics" }?.why, "answered")
        XCTAssertEqual(same.questions.first { $0.purpose == "cookies.marketing" }?.why, "first_time")
        var dumped = ""
        dump(same, to: &dumped)
        XCTAssertFalse("\(same) \(dumped)".contains(same.shown), "the token tells who was asked")
    }

    func testWhoElseReceivesTheDataAndWhereItGoesIsTold() {
        let party = Consent.NoticeThirdParty(recipient: "a", usedFor: "b", items: ["c", "d"], retention: "e", refusal: "f")
        let transfer = Consent.NoticeTransfer(
            items: ["g", "h"], country: "i", when: "j", method: "k", recipient: "l", contact: ["m", "n"], usedFor: "o", retention: "p",
            refusal: "q")
        let notice = CSKNotice(
            Consent.Notice(
                purpose: "r", language: "en", title: "s", usedFor: "t", items: ["u"], retention: "v", refusal: "w", optional: true,
                thirdParties: [party], transfers: [transfer], requires: ["x"]))
        XCTAssertEqual(
            notice.thirdParties.map { [$0.recipient, $0.usedFor] + $0.items + [$0.retention, $0.refusal] }, [["a", "b", "c", "d", "e", "f"]])
        let fields = notice.transfers.map { told in
            told.items + [told.country, told.when, told.method, told.recipient] + told.contact + [told.usedFor, told.retention, told.refusal]
        }
        XCTAssertEqual(fields, [["g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q"]])
        XCTAssertTrue(notice.isOptional)
    }

    func testAnAnswerIsExplainedWithCodesAndTexts() async throws {
        let consent = CSKConsent(try Phone().open())
        let decision = consent.explain("marketing.email", language: "ko")
        XCTAssertEqual(decision.purpose, "marketing.email")
        XCTAssertFalse(decision.allowed || decision.osBlocked)
        let plain = consent.consent.explain("marketing.email").reasons
        XCTAssertEqual(decision.reasons.map(\.code), plain.map(\.code))
        XCTAssertEqual(decision.reasons.map(\.text), plain.map { $0.text(language: "ko") })
        XCTAssertEqual(consent.explain("nothing", language: "en").reasons.map(\.code), ["unknown_purpose"])
        XCTAssertTrue(consent.explain("service", language: "en").allowed)
        XCTAssertEqual(consent.snapshotJSON, consent.consent.snapshot.json)
    }

    func testAnAccountIsSignedInAndOut() async throws {
        let consent = CSKConsent(try Phone().open())
        var error = await error { consent.signIn("acct_81", completion: $0) }
        XCTAssertNil(error)
        XCTAssertTrue(consent.snapshotJSON.contains("\"signed_in\":true"))
        error = await self.error { consent.signOut(completion: $0) }
        XCTAssertNil(error)
        XCTAssertTrue(consent.snapshotJSON.contains("\"signed_in\":false"))
        error = await self.error { consent.signIn("someone@example.com", completion: $0) }
        XCTAssertEqual((error as? ConsentError)?.code, "invalid")
    }

    /// A log-in in Objective-C answers by a block: once, twice, late, or never.
    func testTheAccountsTokenComesFromABlock() async throws {
        let asked = Guarded<[String]>([])
        let tokens = CSKAccountTokens { subject, refresh, answer in
            asked.change { $0.append("\(subject) \(refresh)") }
            answer("token")
            answer("another")
        }
        let token = try await tokens.token(for: "acct_81", refresh: true)
        XCTAssertEqual(token, "token")
        XCTAssertEqual(asked.value, ["acct_81 true"])
        let none = try await CSKAccountTokens { _, _, answer in DispatchQueue.global().async { answer(nil) } }.token(for: "acct_81", refresh: false)
        XCTAssertNil(none)
        let silent = Task { try await CSKAccountTokens { _, _, _ in }.token(for: "acct_81", refresh: false) }
        silent.cancel()
        let result = await silent.result
        XCTAssertThrowsError(try result.get()) { XCTAssertTrue($0 is CancellationError) }

        let phone = try Phone()
        let consent = try CSKConsent(file: phone.file, policy: influential(), server: nil, tokens: tokens)
        XCTAssertFalse(consent.allows("cookies.analytics"))
    }
}
