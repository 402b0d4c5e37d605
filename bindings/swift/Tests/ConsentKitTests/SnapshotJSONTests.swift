import ConsentKit
import Foundation
import XCTest

/// The snapshot's JSON, for Flutter and React Native: the same bytes as Kotlin writes.
final class SnapshotJSONTests: XCTestCase {
    private let snapshot = Consent.Snapshot(
        generation: 7, at: noon, policyVersion: "2.0 \"ä\" \u{2028}\u{1}😀", pending: 2, signedIn: true, available: true, pushBlocked: true,
        signals: Consent.Signals(
            tracking: .denied, adID: .unavailable(kind: .timedOut), gpc: false, age: .above, guardian: .notVerified, push: .denied),
        googleConsent: Consent.GoogleConsent(adStorage: false, analyticsStorage: true, adUserData: false, adPersonalization: false),
        answers: [
            Consent.PurposeAnswer(purpose: "cookies.analytics", allowed: true, reasons: [], status: .granted),
            Consent.PurposeAnswer(
                purpose: "marketing.push", allowed: false, reasons: [.requires(purpose: "marketing.data_use"), .night], status: .granted,
                validUntil: noon + hour, osBlocked: true),
            Consent.PurposeAnswer(purpose: "marketing.sms", allowed: false, reasons: [.askAgain(cause: .staleGrant)], status: .notAnswered),
        ])

    func testTheFormIsTheOneOfTheGoldenFile() throws {
        XCTAssertEqual(snapshot.json + "\n", try text(of: "tests/bindings/snapshot.json"))
    }

    func testItIsJSONAndSaysWhatTheSnapshotSays() throws {
        let read = try XCTUnwrap(JSONSerialization.jsonObject(with: Data(snapshot.json.utf8)) as? [String: Any])
        XCTAssertEqual(read["policy_version"] as? String, snapshot.policyVersion)
        XCTAssertEqual((read["google"] as? [String: String])?["analytics_storage"], "granted")
        let answers = try XCTUnwrap(read["answers"] as? [String: [String: Any]])
        XCTAssertEqual(answers["marketing.push"]?["reasons"] as? [String], ["requires:marketing.data_use", "night"])
        XCTAssertEqual(answers["marketing.push"]?["valid_until"] as? Int64, noon + hour)
        XCTAssertNil(answers["cookies.analytics"]?["valid_until"])
    }
}
