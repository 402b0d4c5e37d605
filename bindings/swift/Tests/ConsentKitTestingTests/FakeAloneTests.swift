import Foundation
import XCTest

final class FakeAloneTests: XCTestCase {
    func testAnAppWithTheFakeLoadsNoNativeLibraryOfOurs() throws {
        let process = Process()
        let output = Pipe()
        // Beside the tests' own program.
        let folder = try XCTUnwrap(Bundle(for: Self.self).executableURL ?? CommandLine.arguments.first.map { URL(fileURLWithPath: $0) })
        process.executableURL = try XCTUnwrap(
            sequence(first: folder, next: { $0.path == "/" ? nil : $0.deletingLastPathComponent() })
                .map { $0.appendingPathComponent("FakeAlone") }
                .first { FileManager.default.isExecutableFile(atPath: $0.path) })
        process.arguments = [PolicyFile.url.path]
        process.standardOutput = output
        try process.run()
        let lines = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).split(separator: "\n")
        XCTAssertTrue(lines.contains("allowed: true"), "\(lines)")
        let libraries = lines.filter { $0.hasPrefix("loaded: ") }
        XCTAssertTrue(libraries.contains { $0.contains("Foundation") }, "nothing was looked at: \(lines)")
        XCTAssertEqual(libraries.filter { $0.lowercased().contains("consentkit") && !$0.contains("FakeAlone") }, [])
    }
}

/// The example's policy.
enum PolicyFile {
    static let url = (1...5).reduce(URL(fileURLWithPath: #filePath)) { path, _ in path.deletingLastPathComponent() }
        .appendingPathComponent("examples/influential/policy.json")

    static func read() throws -> String {
        try String(contentsOf: url, encoding: .utf8)
    }
}
