@testable import ConsentKit
import ConsentKitFFI
import XCTest

/// What the core hands over is all that a snapshot is made of.
final class GivenSnapshotTests: XCTestCase {
    func test_f_53_eachAnswerIsTheGivenOnesAndNotThePresentOnes() {
        let answer = { (purpose: String, allowed: Bool, blocked: Bool) in
            ConsentKitFFI.PurposeAnswer(
                purpose: purpose, allowed: allowed, reasons: allowed ? [] : [.night], status: .granted, validUntil: 7, osBlocked: blocked)
        }
        for pushBlocked in [true, false] {
            let given = ConsentSnapshot(
                generation: 3, at: 5, policyVersion: "1", pending: 2, signedIn: true, available: true, pushBlocked: pushBlocked,
                signals: ConsentKitFFI.Signals(tracking: nil, adId: nil, gpc: nil, age: nil, guardian: nil, push: nil),
                google: ConsentKitFFI.GoogleConsent(adStorage: true, analyticsStorage: false, adUserData: true, adPersonalization: false),
                answers: [answer("a", true, true), answer("b", false, false), answer("c", false, true)])
            let snapshot = Consent.Snapshot(given)
            XCTAssertEqual(snapshot.answers.map(\.osBlocked), [true, false, true])
            XCTAssertEqual(snapshot.answers.map(\.allowed), [true, false, false])
            XCTAssertEqual(snapshot.answers.map(\.reasons), [[], [.night], [.night]])
            XCTAssertEqual(snapshot.answers.map(\.validUntil), [7, 7, 7])
            XCTAssertEqual([snapshot.generation, snapshot.at, snapshot.pending], [3, 5, 2])
        }
    }
}
