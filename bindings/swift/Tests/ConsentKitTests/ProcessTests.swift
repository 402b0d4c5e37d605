import ConsentKit
import XCTest

/// The process ends in the middle of a call: nothing that was confirmed is lost, and nothing is half there.
final class ProcessTests: XCTestCase {
    func testAProcessThatIsKilledWhileItRecordsLosesNothingItConfirmed() async throws {
        let phone = try Phone()
        let victim = Process()
        victim.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("ConsentKitVictim")
        victim.arguments = [phone.file.path, project.appendingPathComponent("examples/influential/policy.json").path]
        let pipe = Pipe()
        victim.standardOutput = pipe
        try victim.run()
        var heard = Data()
        while heard.filter({ $0 == UInt8(ascii: "\n") }).count < 20 {
            let part = pipe.fileHandleForReading.availableData
            if part.isEmpty { break }
            heard.append(part)
        }
        kill(victim.processIdentifier, SIGKILL)
        victim.waitUntilExit()
        heard.append(pipe.fileHandleForReading.readDataToEndOfFile())
        XCTAssertEqual(victim.terminationReason, .uncaughtSignal)

        let confirmed = String(decoding: heard, as: UTF8.self).split(separator: "\n").filter { $0.split(separator: " ").last?.count == 64 }
        XCTAssertGreaterThanOrEqual(confirmed.count, 20)
        let last = try XCTUnwrap(confirmed.last?.split(separator: " ").first.flatMap { Int64(String($0)) })

        let consent = try phone.open()
        let verification = try await consent.verify()
        XCTAssertTrue(verification.ok)
        XCTAssertGreaterThanOrEqual(verification.records, last)
        // Two answers of one form are both there or neither is.
        let said = try await consent.history(after: 0, limit: 1_000).filter { $0.kind == "choice" }
        let (granted, refused) = (said.filter { $0.status == .granted }.count, said.filter { $0.purpose == "cookies.marketing" }.count)
        XCTAssertEqual(granted, refused)
    }
}
