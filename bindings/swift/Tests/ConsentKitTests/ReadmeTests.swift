import ConsentKit
import XCTest

/// What the README shows, run. `cargo test --test readme` and `SnippetTests` compare the two.
final class ReadmeTests: XCTestCase {
    func testTheLinesOfTheReadmeRun() async throws {
        let phone = try Phone()
        let (file, policy) = (phone.file, try influential())

        let consent = try Consent.open(at: file, policy: policy)
        precondition(!consent.allows("marketing.email")) // from memory, in nanoseconds; in doubt it is a no

        let form = try await consent.questions(surface: "first_run")
        let receipt = try await consent.record(form.shown) {
            $0.grant("marketing.data_use")
            $0.grant("marketing.email")
            $0.refuse("marketing.sms")
        }
        precondition(consent.allows("marketing.email") && receipt.pending == 3)

        try await consent.withdraw("marketing.email") // needs no form, no network, no sign-in
        let reasons = consent.explain("marketing.email").reasons.map { $0.text(language: "ko") }
        precondition(reasons == ["이용자가 동의를 철회했습니다."])
        print(consent.text(of: .withdrawn)) // in the person's language, and in the policy's own words where it has some
    }
}
