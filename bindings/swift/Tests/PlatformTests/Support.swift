import ConsentKit
import Foundation
import XCTest

/// 2026-11-22 12:00 in Seoul.
let noon: Int64 = 1_795_316_400_000

let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../..").standardizedFileURL

struct Noon: ConsentClock {
    func now() -> Int64 { noon }
}

/// An iPhone's app with a file of its own.
func opened(
    in folder: URL, source: (any AdvertisingIDSource)? = nil, log: (@Sendable (Consent.LogEvent) -> Void)? = nil
) throws -> Consent {
    var options = ConsentOptions()
    options.platform = .ios
    options.language = "ko"
    options.clock = Noon()
    options.log = log
    options.advertisingID = source
    let policy = try String(contentsOf: project.appendingPathComponent("examples/influential/policy.json"), encoding: .utf8)
    return try Consent.open(at: folder.appendingPathComponent("consent.db"), policy: policy, options: options)
}

extension Consent {
    func grant(_ purposes: String...) async throws {
        try await record(questions(surface: "settings").shown) { answers in purposes.forEach { answers.grant($0) } }
    }
}

class FolderTestCase: XCTestCase, @unchecked Sendable {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    override func setUpWithError() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    override func tearDownWithError() throws {
        try FileManager.default.removeItem(at: folder)
    }
}

final class Heard: @unchecked Sendable {
    private let lock = NSLock()
    private var events: [Consent.LogEvent] = []

    var all: [Consent.LogEvent] { lock.withLock { events } }

    @Sendable
    func append(_ event: Consent.LogEvent) {
        lock.withLock { events.append(event) }
    }
}
