@testable import ConsentKit
@testable import ConsentKitBase
import XCTest

/// A task that is cancelled at any of the places where it waits: what was called runs to its end, and nothing is lost, doubled or stuck.
final class CancellationTests: XCTestCase {
    private typealias Call = @Sendable (Consent) async throws -> Void

    /// Every call that waits.
    private let calls: [(name: String, make: Call)] = [
        ("questions", { _ = try await $0.questions(surface: "settings") }), ("record", { try await $0.grant("cookies.analytics") }),
        ("withdraw", { try await $0.withdraw("cookies.analytics") }),
        ("import", { try await $0.import([Consent.ImportChoice(purpose: "cookies.marketing", choice: .refused, source: "old")]) }),
        ("signIn", { try await $0.signIn("acct_81") }), ("signOut", { try await $0.signOut() }),
        ("signOut within", { try await $0.signOut(within: 0.05) }),
        ("reportSignals", { try await $0.reportSignals(Consent.Signals(push: .granted)) }),
        ("advertisingID", { _ = try await $0.advertisingID(for: "ad_id.measurement") }), ("policy", { _ = try await $0.policy() }),
        ("adoptPolicy", { try await $0.adoptPolicy(influential()) }), ("sync", { try await $0.sync(within: 1) }),
        ("connectivityRestored", { try await $0.connectivityRestored() }), ("pending", { _ = try await $0.pending() }),
        ("stuck", { _ = try await $0.stuck() }), ("history", { _ = try await $0.history() }), ("announced", { _ = try await $0.announced() }),
        ("closed", { try await $0.closed($0.questions(surface: "first_run").shown) }), ("edition", { _ = try await $0.edition(3) }),
        ("stateAt", { _ = try await $0.stateAt(noon) }),
        ("verify", { _ = try await $0.verify() }), ("refresh", { try await $0.refresh() }),
        ("updates", { for await _ in $0.updates {} }), ("updates for one", { for await _ in $0.updates(for: "cookies.analytics") {} }),
        ("background sync", { _ = await BackgroundSync.run($0, within: 1) }),
    ]

    func testAtEachPlaceWhereACallWaits() async throws {
        let phone = try Phone()
        phone.options.server = URL(string: "https://consent.example")
        phone.options.transport = Line { _ in
            try await Task.sleep(nanoseconds: 1_000_000)
            throw Consent.TransportError.timedOut
        }
        phone.options.tokens = Tokens { _, _ in "token" }
        phone.options.advertisingID = Source {
            try await Task.sleep(nanoseconds: 1_000_000)
            return .unavailable(kind: .failed)
        }
        let consent = try phone.open()
        try await consent.reportSignals(Consent.Signals(tracking: .authorized))
        try await consent.grant("ad_id.measurement")
        for (name, make) in calls {
            for place in [0, 1, 2, 3, 5, 10, 50, 500] {
                let ended = expectation(description: "\(name) at \(place)")
                let task = Task.detached {
                    defer { ended.fulfill() }
                    do {
                        try await make(consent)
                    } catch is CancellationError {
                        // Only a sync is not waited for.
                        XCTAssertEqual(name, "sync")
                    } catch {
                        // A sync that meets the one before, which is still ending.
                        XCTAssertEqual(error as? ConsentError, .alreadySyncing, "\(name) at \(place)")
                    }
                }
                for _ in 0..<place { await Task.yield() }
                task.cancel()
                await fulfillment(of: [ended], timeout: 30)
            }
        }
        // All that was said is there, in order, and the next call does its work.
        try await consent.signOut()
        try await consent.grant("cookies.analytics")
        XCTAssertTrue(consent.allows("cookies.analytics"))
        let said = try await consent.history().filter { $0.kind == "choice" && $0.purpose == "cookies.analytics" }.map(\.status)
        XCTAssertEqual(said.filter { $0 == .granted }.count, 9, "each record that was called, and the last one: \(said)")
        let verification = try await consent.verify()
        XCTAssertTrue(verification.ok)
        try await consent.close()
    }

    func testAClosingThatIsCancelledClosesAllTheSame() async throws {
        for place in [0, 1, 3, 10, 100] {
            let consent = try Phone().open()
            let closing = Task { try await consent.close() }
            for _ in 0..<place { await Task.yield() }
            closing.cancel()
            try await closing.value
            XCTAssertFalse(consent.snapshot.available)
        }
    }
}
