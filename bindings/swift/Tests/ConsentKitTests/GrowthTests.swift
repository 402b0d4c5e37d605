import CMemory
@testable import ConsentKit
@testable import ConsentKitBase
import Foundation
import XCTest

/// What an app does for months leaves nothing behind in memory. A short form here; `cargo xtask night` sets CONSENTKIT_NIGHT for the whole.
final class GrowthTests: XCTestCase {
    /// So many turns in the long form.
    private func turns(_ whole: Int) -> Int {
        print("growth: \(isNight ? whole : whole / Self.shorter) of \(whole) turns")
        return isNight ? whole : whole / Self.shorter
    }

    private var isNight: Bool { ProcessInfo.processInfo.environment["CONSENTKIT_NIGHT"] != nil }
    private static let shorter = 50

    /// What is left after so many turns: bytes that are allocated, open files, and threads.
    private struct Held {
        let (bytes, files, threads): (Int, Int, Int)

        static func now() -> Held {
            let entries = { (folder: String) in (try? FileManager.default.contentsOfDirectory(atPath: folder))?.count ?? 0 }
            return Held(bytes: Int(consentkit_bytes_in_use()), files: entries("/proc/self/fd"), threads: entries("/proc/self/task"))
        }

        init(bytes: Int, files: Int, threads: Int) { (self.bytes, self.files, self.threads) = (bytes, files, threads) }
    }

    /// Runs the first half, which fills the caches of the system and of SQLite, and then the second, which may leave nothing: the bound is what
    /// queues and pools take up and give back, far below one of anything for each turn.
    private func assertNothingIsLeft(_ turns: Int, cache: Int = 0, line: UInt = #line, _ turn: (Int) async throws -> Void) async throws {
        for number in 0..<turns / 2 { try await turn(number) }
        let before = Held.now()
        for number in turns / 2..<turns { try await turn(number) }
        let after = Held.now()
        print("growth: \(after.bytes - before.bytes) bytes, \(after.files - before.files) files, \(after.threads - before.threads) threads")
        XCTAssertLessThan(after.bytes - before.bytes, Self.slack + cache, "bytes", line: line)
        XCTAssertLessThanOrEqual(after.files - before.files, 8, "files", line: line)
        XCTAssertLessThanOrEqual(after.threads - before.threads, 16, "threads", line: line)
    }

    private static let slack = 512 * 1_024
    /// SQLite keeps so much of a file's pages at most. After the few records of the short form it has not done so yet; after ten thousand it has.
    private var pages: Int { isNight ? 0 : 2_000 * 1_024 }

    func testAHundredThousandQuestionsLeaveNothing() async throws {
        let consent = try Phone().open()
        try await assertNothingIsLeft(turns(100_000)) { number in
            _ = try await consent.questions(surface: number % 2 == 0 ? "settings" : "first_run")
        }
        try await consent.close()
    }

    func testTwentyThousandRecordsLeaveNothingInMemory() async throws {
        let consent = try Phone().open()
        let handle = consent.purpose("cookies.analytics")
        let reader = Task { for await _ in consent.updates {} }
        try await assertNothingIsLeft(turns(20_000), cache: pages) { number in
            if number % 2 == 0 { try await consent.grant("cookies.analytics") } else { try await consent.withdraw("cookies.analytics") }
            XCTAssertEqual(handle.allows(), number % 2 == 0)
        }
        try await consent.close()
        await reader.value
    }

    func testFiveThousandOpensAndClosesLeaveNothing() async throws {
        let phone = try Phone()
        let policy = try influential()
        phone.options.syncsByItself = true
        phone.options.server = URL(string: "https://consent.example")
        phone.options.transport = Line { _ in throw Consent.TransportError.timedOut }
        try await phone.open(policy: policy).close()
        let (file, options) = (phone.file, phone.options)
        try await assertNothingIsLeft(turns(5_000)) { number in
            // Both ways to open it, read, and let go.
            let consent = number % 2 == 0
                ? try Consent.open(at: file, policy: policy, options: options)
                : Consent.opening(at: file, policy: policy, options: options)
            _ = consent.purpose("cookies.analytics").allows()
            _ = consent.updates
            try await consent.close()
        }
    }
}
