import ConsentKit
import Foundation
import XCTest

/// The samples that the guide shows, run as a program of their own against the reference server.
final class SampleTests: XCTestCase {
    func testEveryStepOfTheSampleHoldsWhateverThePhonesLanguageAndZoneAre() async throws {
        let plain = try await sample([:])
        XCTAssertTrue(plain.hasSuffix("sample: every step holds\n"), plain)
        XCTAssertGreaterThanOrEqual(plain.components(separatedBy: "  ok  ").count, 15, plain)
        // In Turkish the capital of i is another letter than I; in Arabic the figures are others, and the year may be of another calendar.
        for (language, zone) in [("tr_TR", "Europe/Istanbul"), ("ar_EG@calendar=islamic", "Africa/Cairo"), ("th_TH", "Asia/Kathmandu"), ("C", "nowhere")] {
            let other = try await sample(["LC_ALL": "\(language).UTF-8", "LANG": "\(language).UTF-8", "LANGUAGE": language, "TZ": zone])
            XCTAssertEqual(other, plain, "\(language) \(zone)")
        }
    }

    /// What the program prints.
    private func sample(_ changed: [String: String]) async throws -> String {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("ConsentKitSample")
        process.arguments = [Surroundings.policyFile.path]
        var environment = ProcessInfo.processInfo.environment.merging(changed) { $1 }
        environment["CONSENTKIT_SERVER"] = Surroundings.server.path
        process.environment = environment
        process.standardOutput = output
        let (ended, file) = (AsyncStream<Int32>.makeStream(), output.fileHandleForReading)
        process.terminationHandler = { ended.continuation.yield($0.terminationStatus) }
        // The sample starts a server itself, which has to hear that it should stop.
        try ReferenceServer.listeningToSignals { try process.run() }
        let said = await withCheckedContinuation { continuation in
            // Off Swift's own threads: reading from a pipe blocks.
            DispatchQueue.global().async { continuation.resume(returning: String(decoding: file.readDataToEndOfFile(), as: UTF8.self)) }
        }
        for await status in ended.stream {
            XCTAssertEqual(status, 0, said)
            break
        }
        return said
    }
}
