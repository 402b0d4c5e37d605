import ConsentKit
import ConsentKitTesting
import XCTest

/// A reason as a sentence: the library's and the fake's are the same, built in or in the policy's own words.
final class ReasonSentencesTests: XCTestCase {
    private static let reasons: [Consent.Reason] =
        [
            .unknownPurpose, .storeUnavailable, .opening, .guardianRequired, .child, .osDenied, .osRestricted, .osNotDetermined, .adIDLimited, .gpc,
            .requires(purpose: "marketing.data_use"), .requires(purpose: "no.such"), .requires(purpose: "{purpose}"), .notPulled, .notAnswered,
            .refused, .withdrawn, .night, .zoneUnknown,
        ] + Consent.AskAgain.allCases.map { .askAgain(cause: $0) }
        + [AdvertisingIDUnavailable.permissionMissing, .noPlayServices, .playServicesRepairable, .noProvider, .mainThread, .timedOut, .failed]
        .map { .adIDUnavailable(kind: $0) }

    private static let languages = ["ko", "ko-KR", "KO_kr", "ja", "ja-JP", "en", "fr", "zh-TW", "jav", "kok"]

    private static let ownWords = #"""
        { "set": [{ "at": "/reasons", "value": [
          { "code": "night", "text": { "ko": "밤에는 보내지 않아요.", "en": "We are quiet at night." } },
          { "code": "ask_again", "text": { "ko": "다시 여쭤볼게요.", "en": "We will ask again." } },
          { "code": "ask_again:expired", "text": { "ko": "기간이 지났어요.", "en": "Its time is over." } },
          { "code": "ad_id_unavailable", "text": { "ko": "식별자가 없어요.", "en": "There is no id." } },
          { "code": "requires", "text": { "ko": "먼저 {purpose}에 동의해 주세요.", "en": "Agree to {purpose} first: {purpose}." } }
        ] }] }
        """#

    func testTheBuiltInWordsAreTheLibrarys() async throws {
        try await compare(Surroundings.policy) { _, reason, language in reason.text(language: language) }
    }

    func testThePolicysOwnWordsComeFirst() async throws {
        let document = try PolicyChange(JSON(Self.ownWords)).document()
        let own = try await compare(document) { consent, reason, _ in consent.text(of: reason) }
        let english = try XCTUnwrap(own["en"])
        XCTAssertEqual(english[.night], "We are quiet at night.")
        XCTAssertEqual(english[.askAgain(cause: .expired)], "Its time is over.")
        XCTAssertEqual(english[.askAgain(cause: .restored)], "We will ask again.")
        XCTAssertEqual(english[.adIDUnavailable(kind: .timedOut)], "There is no id.")
        XCTAssertEqual(english[.refused], Consent.Reason.refused.text(language: "en"))
        let required = try XCTUnwrap(english[.requires(purpose: "marketing.data_use")])
        XCTAssertFalse(required.contains("{purpose}") || required.contains("marketing.data_use"), required)
        XCTAssertEqual(english[.requires(purpose: "no.such")], "Agree to no.such first: no.such.")
        XCTAssertEqual(own["ko-KR"]?[.night], "밤에는 보내지 않아요.")
    }

    func testBeforeTheFileIsOpenTheBuiltInWordsAreThere() async throws {
        var options = ConsentOptions()
        options.language = "ja"
        let file = try Surroundings.temporaryFolder().appendingPathComponent("consent.db")
        let consent = Consent.opening(at: file, policy: "no policy", options: options)
        _ = try? await consent.policy()
        XCTAssertEqual(consent.text(of: .opening), Consent.Reason.storeUnavailable.text(language: "ja"))
    }

    /// What the library says in each language, after the fake said the same and both what is expected.
    @discardableResult
    private func compare(
        _ policy: String, _ expected: (Consent, Consent.Reason, String) -> String
    ) async throws -> [String: [Consent.Reason: String]] {
        var said: [String: [Consent.Reason: String]] = [:]
        for language in Self.languages {
            let settings = Settings(platform: .ios, osVersion: "", language: language, policy: policy)
            let (native, fake) = try await Pair.open(settings, for: self)
            for reason in Self.reasons {
                let text = native.text(of: reason)
                XCTAssertEqual(text, expected(native, reason, language), "\(reason.code) \(language)")
                XCTAssertEqual(fake.text(of: reason), text, "\(reason.code) \(language)")
                XCTAssertFalse(text.isEmpty, reason.code)
                said[language, default: [:]][reason] = text
            }
            try await native.close()
            XCTAssertEqual(native.text(of: .night), said[language]?[.night], "after close")
        }
        return said
    }
}
