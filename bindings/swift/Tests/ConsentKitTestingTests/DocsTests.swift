import ConsentKitTesting
import Foundation
import XCTest

/// What docs/swift.md shows of the fake, run. `cargo test --test snippets` compares the two.
final class DocsTests: XCTestCase {
    func testTheLinesOfTheDocsRun() throws {
        let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../..").standardizedFileURL
        let policy = try String(contentsOf: project.appendingPathComponent("examples/influential/policy.json"), encoding: .utf8)

        let fake = try FakeConsent(policy: policy)
        try fake.grant("marketing.data_use", "marketing.email")
        XCTAssertTrue(fake.consent.allows("marketing.email"))
    }
}
