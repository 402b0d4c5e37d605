import ConsentKitFFI
import Foundation
import XCTest

/// What the README shows, run. `cargo test --test readme` compares the two.
final class ReadmeTests: XCTestCase {
    func testTheLinesOfTheReadmeRun() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("consent.db").path
        let policy = try String(contentsOfFile: XCTUnwrap(ProcessInfo.processInfo.environment["CONSENTKIT_POLICY"]), encoding: .utf8)

        let options = ConsentOptions(path: path, policy: policy, platform: .ios, language: "ko")
        let core = try ConsentCore.open(options: options, host: HostServices())
        precondition(!core.allows(purpose: "marketing.email"))

        let form = try core.questions(surface: "first_run")
        let answers = ["marketing.data_use", "marketing.email"].map { Answer(purpose: $0, choice: .granted, method: .toggle, actor: .person) }
        let receipt = try core.record(shown: form.shown, answers: answers)
        precondition(core.allows(purpose: "marketing.email") && receipt.pending == 2)

        _ = try core.withdraw(purposes: ["marketing.email"])
        let reasons = core.explain(purpose: "marketing.email").reasons.map { reasonText(reason: $0, language: "ko") }
        precondition(reasons == ["이용자가 동의를 철회했습니다."])
        try core.shutdown()
    }
}
