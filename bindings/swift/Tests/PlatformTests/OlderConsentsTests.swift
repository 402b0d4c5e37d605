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
                ImportChoice(purpose: "cookies.analytics", choice: .granted, saidAt: 1_700_000_000_000, source: "app_1", textVersion: "v1"),
                ImportChoice(purpose: "cookies.marketing", choice: .refused, saidAt: 1_700_000_000_000, source: "app_1"),
                ImportChoice(purpose: "marketing.sms", choice: .granted, saidAt: 1_700_000_000_000, source: "app_1"),
            ]
        )
    }
}
