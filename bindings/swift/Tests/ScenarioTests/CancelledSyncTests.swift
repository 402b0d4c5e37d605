import ConsentKit
import ConsentKitTesting
import Foundation
import XCTest

/// A task that syncs is cancelled, as iOS does to a background task: it ends at once, and so does the exchange.
final class CancelledSyncTests: XCTestCase {
    func test_f_67_whatWasOnTheWayArrivesOnceWhereverTheTaskWasCancelled() async throws {
        for place in [Door.Place.beforeTheServer, .behindTheServer] {
            let (server, door) = (try await ReferenceServer(), Door(place))
            let consent = try open(server, door)
            try await consent.signIn("acct_81")
            try await consent.record(consent.questions(surface: "settings").shown) { $0.grant("marketing.data_use") }

            let sync = Task { try await consent.sync() }
            await door.reached()
            sync.cancel()
            do {
                let report = try await sync.value
                XCTFail("it waited for \(report)")
            } catch {
                XCTAssertTrue(error is CancellationError, "\(error)")
            }
            try await consent.withdraw("marketing.data_use")
            // The next one begins at once, and finds out what the server took.
            door.open()
            let report = try await consent.sync()
            XCTAssertEqual(report.state, .upToDate)
            let pending = try await consent.pending()
            XCTAssertEqual(pending, [])

            let known = try await server.subject("acct_81")
            let states = known["states"]?.list ?? []
            XCTAssertEqual(states.filter { $0["purpose"]?.string == "marketing.data_use" }.compactMap { $0["status"]?.string }, ["withdrawn"])
            let said = (known["changes"]?.list ?? []).filter { $0["purpose"]?.string == "marketing.data_use" }
            // Newest first.
            XCTAssertEqual(said.compactMap { $0["choice"]?.string }, ["withdrawn", "granted"], known.written)
            try await consent.close()
            await server.down()
        }
    }

    private func open(_ server: ReferenceServer, _ door: Door) throws -> Consent {
        var options = ConsentOptions(server: URL(string: server.url))
        options.platform = .ios
        options.language = "ko"
        options.transport = door
        options.tokens = Login(server: server)
        options.syncsByItself = false
        return try Consent.open(at: server.folder.appendingPathComponent("consent.db"), policy: Surroundings.policy, options: options)
    }
}

private struct Login: Consent.AccountTokens {
    let server: ReferenceServer

    func token(for subject: String, refresh: Bool) async throws -> String? { try await server.token(subject) }
}

/// A door in the line that stays shut until a test opens it.
private final class Door: Consent.HTTPTransport {
    enum Place { case beforeTheServer, behindTheServer }

    private let place: Place
    private let line = Consent.URLSessionTransport()
    private let arrivals = AsyncStream<Void>.makeStream()
    private let opening = AsyncStream<Void>.makeStream()

    init(_ place: Place) {
        self.place = place
    }

    func open() { opening.continuation.finish() }

    /// Waits until a request stands at the door.
    func reached() async {
        for await _ in arrivals.stream { return }
    }

    func send(_ request: Consent.HTTPRequest) async throws -> Consent.HTTPResponse {
        if place == .beforeTheServer { await pass() }
        let answer = try await line.send(request)
        if place == .behindTheServer { await pass() }
        return answer
    }

    private func pass() async {
        arrivals.continuation.yield()
        for await _ in opening.stream {}
    }
}
