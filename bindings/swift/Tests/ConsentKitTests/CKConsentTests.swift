import ConsentKit
import XCTest

/// The face for Objective-C, called as Objective-C does.
final class CKConsentTests: XCTestCase {
    func testAnAppWithCompletionsRecordsAndWithdraws() async throws {
        let phone = try Phone()
        let consent = try CKConsent(file: phone.file, policy: influential(), server: nil)
        let shown = await withCheckedContinuation { next in consent.questions(surface: "settings") { shown, _ in next.resume(returning: shown) } }
        let token = try XCTUnwrap(shown)
        var error = await withCheckedContinuation { next in
            consent.record(shown: token, granted: ["cookies.analytics"], refused: ["cookies.marketing"]) { next.resume(returning: $0) }
        }
        XCTAssertNil(error)
        XCTAssertTrue(consent.allows("cookies.analytics"))
        error = await withCheckedContinuation { next in consent.withdraw(["cookies.analytics"]) { next.resume(returning: $0) } }
        XCTAssertNil(error)
        XCTAssertFalse(consent.allows("cookies.analytics"))
        error = await withCheckedContinuation { next in consent.sync { next.resume(returning: $0) } }
        XCTAssertEqual(error as? ConsentError, .noServer)
        let none = await withCheckedContinuation { next in consent.questions(surface: "none") { shown, error in next.resume(returning: (shown, error)) } }
        XCTAssertNil(none.0)
        XCTAssertEqual((none.1 as? ConsentError)?.code, "invalid")
    }
}
