import ConsentKit
import Foundation
import XCTest

final class OlderConsentsTests: FolderTestCase, @unchecked Sendable {
    func testSwitchesAndWordsAreReadAndWhatIsUnclearIsLeftOut() throws {
        let name = "consentkit.\(UUID().uuidString)"
        let defaults = try XCTUnwrap(UserDefaults(suiteName: name))
        defer { defaults.removePersistentDomain(forName: name) }
        defaults.set(true, forKey: "analytics")
        defaults.set(Date(timeIntervalSince1970: 1_700_000_000), forKey: "analytics_at")
        defaults.set("denied", forKey: "marketing")
        defaults.set("2023-11-14T22:13:20Z", forKey: "marketing_at")
        defaults.set("perhaps", forKey: "email")
        defaults.set(1, forKey: "sms")
        defaults.set(1_700_000_000, forKey: "sms_at")
        defaults.set(2, forKey: "push")
        typealias Key = OlderConsents.Key
        let choices = OlderConsents(defaults, source: "app_1").choices([
            Key(purpose: "cookies.analytics", answer: "analytics", saidAt: "analytics_at", textVersion: "v1"),
            Key(purpose: "cookies.marketing", answer: "marketing", saidAt: "marketing_at"), Key(purpose: "marketing.email", answer: "email"),
            Key(purpose: "marketing.sms", answer: "sms", saidAt: "sms_at"), Key(purpose: "marketing.push", answer: "push"),
            Key(purpose: "marketing.kakao", answer: "none"),
        ])
        XCTAssertEqual(
            choices,
            [
                Consent.ImportChoice(purpose: "cookies.analytics", choice: .granted, saidAt: 1_700_000_000_000, source: "app_1", textVersion: "v1"),
                Consent.ImportChoice(purpose: "cookies.marketing", choice: .refused, saidAt: 1_700_000_000_000, source: "app_1"),
                Consent.ImportChoice(purpose: "marketing.sms", choice: .granted, saidAt: 1_700_000_000_000, source: "app_1"),
            ]
        )
    }

    func testADateThatCannotBeOneIsLeftOutAndTheRestIsStillTakenOver() async throws {
        let name = "consentkit.\(UUID().uuidString)"
        let defaults = try XCTUnwrap(UserDefaults(suiteName: name))
        defer { defaults.removePersistentDomain(forName: name) }
        // 0, seconds before any app store, no number at all, and the day after tomorrow.
        let bad: [Any] = [0, 1_199_145_599, -1, Double.infinity, Double.nan, Date.distantPast, Date.distantFuture,
            "1970-01-01T00:00:00Z", Date(timeIntervalSinceNow: 2 * 86_400)]
        for date in bad {
            defaults.set(true, forKey: "analytics")
            defaults.set(date, forKey: "analytics_at")
            defaults.set(false, forKey: "marketing")
            defaults.set(1_700_000_000, forKey: "marketing_at")
            let choices = OlderConsents(defaults, source: "app_1").choices([
                .init(purpose: "cookies.analytics", answer: "analytics", saidAt: "analytics_at"),
                .init(purpose: "cookies.marketing", answer: "marketing", saidAt: "marketing_at"),
            ])
            XCTAssertEqual(choices.map(\.saidAt), [nil, 1_700_000_000_000], "\(date)")
        }
        defaults.set(0, forKey: "analytics_at")
        let consent = try opened(in: folder)
        let receipt = try await consent.import(OlderConsents(defaults, source: "app_1").choices([
            .init(purpose: "cookies.analytics", answer: "analytics", saidAt: "analytics_at"),
            .init(purpose: "cookies.marketing", answer: "marketing", saidAt: "marketing_at"),
        ]))
        XCTAssertEqual(receipt.imported.map(\.purpose), ["cookies.analytics", "cookies.marketing"])
        XCTAssertEqual(consent.explain("cookies.analytics").reasons, [.askAgain(cause: .undated)])
        XCTAssertEqual(consent.explain("cookies.marketing").reasons, [.refused])
    }

    func test_f_54_aDateIsReadInEachFormThatAppsKeepItIn() throws {
        let name = "consentkit.\(UUID().uuidString)"
        let defaults = try XCTUnwrap(UserDefaults(suiteName: name))
        defer { defaults.removePersistentDomain(forName: name) }
        let good: [(Any, Int64)] = [
            ("2023-11-14T22:13:20.5Z", 1_700_000_000_500), ("2023-11-14T22:13:20.123456789Z", 1_700_000_000_123),
            ("2023-11-15T07:13:20+09:00", 1_700_000_000_000), ("2023-11-15T07:13:20.25+0900", 1_700_000_000_250),
            ("2023-11-14T17:43:20-04:30", 1_700_000_000_000), ("2023-11-15 07:13:20+09", 1_700_000_000_000),
            (" 2023-11-14t22:13:20z\n", 1_700_000_000_000), ("2024-02-29T00:00:00Z", 1_709_164_800_000),
            (1_700_000_000_123, 1_700_000_000_123), (1_700_000_000.5, 1_700_000_000_500), ("1700000000", 1_700_000_000_000),
            ("1700000000123", 1_700_000_000_123), (Date(timeIntervalSince1970: 1_700_000_000.25), 1_700_000_000_250),
        ]
        let bad: [Any] = [
            "2023-11-14", "2023-11-14T22:13:20", "2023-02-29T00:00:00Z", "2023-13-01T00:00:00Z", "2023-11-14T24:00:00Z",
            "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20+9:00", "2023-11-14T22:13:20Zx", "14.11.2023", "", "1.7e9", "-1700000000",
        ]
        for (kept, expected) in good.map({ ($0.0, Int64?.some($0.1)) }) + bad.map({ ($0, nil) }) {
            defaults.set("yes", forKey: "email")
            defaults.set(kept, forKey: "email_at")
            let choices = OlderConsents(defaults).choices([.init(purpose: "marketing.email", answer: "email", saidAt: "email_at")])
            XCTAssertEqual(choices.map(\.saidAt), [expected], "\(kept)")
        }
    }

    func test_f_54_aRegisteredDefaultIsNoAnswer() throws {
        let name = "consentkit.\(UUID().uuidString)"
        let defaults = try XCTUnwrap(UserDefaults(suiteName: name))
        defer { defaults.removePersistentDomain(forName: name) }
        defaults.register(defaults: ["email": false, "sms": true, "push": "no", "push_at": 1_700_000_000])
        let keys = ["email", "sms", "push"].map { OlderConsents.Key(purpose: "marketing.\($0)", answer: $0, saidAt: "\($0)_at") }
        XCTAssertEqual(OlderConsents(defaults, suite: name).choices(keys), [])
        defaults.set(true, forKey: "email")
        defaults.set(true, forKey: "sms")
        let said = OlderConsents(defaults, suite: name).choices(keys)
        XCTAssertEqual(said.map(\.purpose), ["marketing.email", "marketing.sms"], "also where the answer is the default's")
        #if !os(Linux)
        // Without the name an answer that is the default's cannot be told from it: it is asked. (This system keeps what was registered apart.)
        XCTAssertEqual(OlderConsents(defaults).choices(keys).map(\.purpose), ["marketing.email"])
        #endif
    }

    func testTheEarliestDateIsTheCores() throws {
        let name = "consentkit.\(UUID().uuidString)"
        let defaults = try XCTUnwrap(UserDefaults(suiteName: name))
        defer { defaults.removePersistentDomain(forName: name) }
        defaults.set(true, forKey: "analytics")
        defaults.set(1_199_145_600, forKey: "analytics_at")
        let choices = OlderConsents(defaults).choices([.init(purpose: "cookies.analytics", answer: "analytics", saidAt: "analytics_at")])
        XCTAssertEqual(choices.map(\.saidAt), [1_199_145_600_000])
    }

    func testTheWordsAreThoseOfTheReaderForAndroid() throws {
        let name = "consentkit.\(UUID().uuidString)"
        let defaults = try XCTUnwrap(UserDefaults(suiteName: name))
        defer { defaults.removePersistentDomain(forName: name) }
        let words: [(Consent.ChoiceKind?, [String])] = [
            (.granted, ["true", "yes", "y", "1", "granted", "agreed", "on", " YES\n"]),
            (.refused, ["false", "no", "n", "0", "denied", "refused", "withdrawn", "off", "Off "]),
            (nil, ["", "perhaps", "2", "yes?", "ja"]),
        ]
        for (choice, words) in words {
            for word in words {
                defaults.set(word, forKey: "email")
                let choices = OlderConsents(defaults).choices([.init(purpose: "marketing.email", answer: "email")])
                XCTAssertEqual(choices.first?.choice, choice, word)
            }
        }
    }
}
