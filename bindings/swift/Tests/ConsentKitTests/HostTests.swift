@testable import ConsentKit
import ConsentKitFFI
import XCTest

/// The app's own code, called from the core: it may hang, throw, answer late, or call back.
final class HostTests: XCTestCase {
    private func phone(_ source: Source) throws -> Phone {
        let phone = try Phone()
        phone.options.advertisingID = source
        return phone
    }

    private func opened(_ phone: Phone) async throws -> Consent {
        let consent = try phone.open()
        try await consent.reportSignals(Consent.Signals(tracking: .authorized))
        try await consent.grant("ad_id.measurement")
        return consent
    }

    func testTheIdIsGivenOnlyAfterAGrantAndIsNotPrinted() async throws {
        let asked = Guarded(0)
        let phone = try phone(Source {
            asked.change { $0 += 1 }
            return .id(value: "38400000-8cf0-11bd-b23e-10b96e40000d", limited: false)
        })
        let consent = try phone.open()
        try await consent.reportSignals(Consent.Signals(tracking: .authorized))
        var id = try await consent.advertisingID(for: "ad_id.measurement")
        XCTAssertEqual(id, .refused(reasons: [.notAnswered]))
        XCTAssertEqual(asked.value, 0)
        try await consent.grant("ad_id.measurement")
        id = try await consent.advertisingID(for: "ad_id.measurement")
        XCTAssertEqual(id, .available(id: "38400000-8cf0-11bd-b23e-10b96e40000d"))
        var dumped = ""
        dump(id, to: &dumped)
        XCTAssertFalse("\(id) \(String(reflecting: id)) \(dumped)".contains("38400000"))
    }

    func testASourceThatThrowsIsARefusal() async throws {
        let consent = try await opened(phone(Source { throw CocoaError(.fileNoSuchFile) }))
        let id = try await consent.advertisingID(for: "ad_id.measurement")
        XCTAssertEqual(id, .refused(reasons: [.adIDUnavailable(kind: .failed)]))
    }

    func testASourceThatHangsIsARefusalAndWhatItSaysLateIsDropped() async throws {
        let (hold, begun) = (DispatchSemaphore(value: 0), Guarded(false))
        let source = Source {
            begun.value = true
            block(on: hold)
            return .id(value: "38400000-8cf0-11bd-b23e-10b96e40000d", limited: false)
        }
        XCTAssertEqual(Patience.advertisingID, 3_000)
        let answer = try HostAdvertisingID(source, limit: 50).advertisingId()
        XCTAssertEqual(answer, .unavailable(kind: .timedOut))
        hold.signal()
        XCTAssertTrue(begun.value)
    }

    func testASourceThatWaitsForeverIsToldToStop() throws {
        let stopped = expectation(description: "stopped")
        let source = Source {
            await withTaskCancellationHandler { await forever() } onCancel: { stopped.fulfill() }
            return .unavailable(kind: .failed)
        }
        XCTAssertEqual(try HostAdvertisingID(source, limit: 50).advertisingId(), .unavailable(kind: .timedOut))
        wait(for: [stopped], timeout: 10)
    }

    func testASourceMayCallBack() async throws {
        let consent = Guarded<Consent?>(nil)
        let phone = try phone(Source {
            let inner = consent.value
            try await inner?.withdraw("ad_id.measurement")
            return .id(value: "38400000-8cf0-11bd-b23e-10b96e40000d", limited: inner?.allows("ad_id.measurement") ?? true)
        })
        consent.value = try await opened(phone)
        let id = try await consent.value?.advertisingID(for: "ad_id.measurement")
        XCTAssertEqual(id, .refused(reasons: [.withdrawn]))
        consent.value = nil
    }

    func testATransportsFailuresAreToldApartAndKeepTheChange() async throws {
        let failures: [(any Error, Consent.Trouble)] = [
            (Consent.TransportError.timedOut, .offline), (Consent.TransportError.unreachable(reason: "no connection"), .offline),
            (Consent.TransportError.tooLarge, .answerTooLarge), (CocoaError(.fileNoSuchFile), .offline),
        ]
        for (failure, trouble) in failures {
            let phone = try Phone()
            let sent = Guarded<[Consent.HTTPRequest]>([])
            phone.options.server = URL(string: "https://consent.example")
            phone.options.transport = Line { request in
                sent.change { $0.append(request) }
                throw failure
            }
            let consent = try phone.open()
            var report = try await consent.sync(timeoutMs: 1_000)
            XCTAssertEqual(report.state, .quiet)
            XCTAssertEqual(sent.value, [], "nothing is sent before the first answer")
            try await consent.grant("cookies.analytics")
            report = try await consent.sync(timeoutMs: 1_000)
            XCTAssertEqual(report.state, .waiting)
            XCTAssertEqual(report.troubles, [trouble], "\(failure)")
            XCTAssertTrue(try XCTUnwrap(sent.value.first).url.hasPrefix("https://consent.example/"))
            let pending = try await consent.pending()
            XCTAssertTrue(pending.contains { $0.purpose == "cookies.analytics" })
        }
    }

    func testATransportThatHangsEndsWithItsRequestsTime() throws {
        let line = Line { _ in
            await forever()
            throw CancellationError()
        }
        let request = ConsentKitFFI.HttpRequest(
            method: "POST", url: "https://consent.example", headers: [], body: Data(), timeoutMs: 10, maxResponseBytes: 10)
        XCTAssertThrowsError(try HostTransport(line, grace: 10).send(request: request)) {
            XCTAssertEqual($0 as? ConsentKitFFI.TransportError, .TimedOut)
        }
    }

    func testATokenThatDoesNotComePausesTheSync() {
        for tokens in [Tokens { _, _ in throw CocoaError(.fileNoSuchFile) }, Tokens { _, _ in await forever(); return "late" }] {
            XCTAssertThrowsError(try HostTokens(tokens, limit: 20).token(subject: "acct_81", refresh: false)) {
                XCTAssertEqual($0 as? HostError, .Failed)
            }
        }
        XCTAssertEqual(try HostTokens(Tokens { "\($0) \($1)" }).token(subject: "acct_81", refresh: true), "acct_81 true")
    }

    func testTheTokensOfTheDocsReachTheServerAndWithoutThemAnAccountIsUnauthorised() async throws {
        for login in [nil, Login { $0 ? "fresh" : "stale" }] {
            let phone = try Phone()
            let bearers = Guarded<Set<String>>([])
            var options = phone.options
            options.server = URL(string: "https://consent.example")
            options.transport = Line { request in
                bearers.change { all in request.headers.filter { $0.name.lowercased() == "authorization" }.forEach { all.insert($0.value) } }
                return Consent.HTTPResponse(status: 401, headers: [], body: Data())
            }
            options.tokens = login.map(MemberTokens.init)
            let consent = try Consent.open(at: phone.file, policy: influential(), options: options)
            try await consent.signIn("acct_81")
            try await consent.grant("marketing.data_use")
            let report = try await consent.sync()
            XCTAssertTrue(report.troubles.contains(.unauthorised), "\(report)")
            XCTAssertEqual(bearers.value.isSuperset(of: ["Bearer stale", "Bearer fresh"]), login != nil, "\(bearers.value)")
        }
    }

    /// What the docs list is what is told, and no more.
    func testEveryEventOfTheLogIsNamedInTheDocs() async throws {
        let page = try text(of: "docs/swift.md")
        let line = try XCTUnwrap(page.components(separatedBy: "\n").first { $0.hasPrefix("Each call tells its name") })
        let listed = Set(line.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element))
        let heard = Guarded<Set<String>>([])
        let phone = try Phone()
        phone.options.log = { event in heard.change { $0.insert(event.name) } }
        let consent = try phone.open()
        try await consent.grant("cookies.analytics")
        try await consent.withdraw("cookies.analytics")
        try await consent.importChoices([Consent.ImportChoice(purpose: "cookies.marketing", choice: .refused, source: "old")])
        try await consent.signIn("acct_81")
        try await consent.signOut()
        try await consent.signOutWithin(timeoutMs: 1)
        try await consent.reportSignals(Consent.Signals(gpc: false))
        _ = try await consent.advertisingID(for: "ad_id.measurement")
        _ = await fault { try await consent.adoptPolicy("{}") }
        _ = await fault { try await consent.sync() }
        try await consent.connectivityRestored()
        _ = try await consent.pending()
        _ = try await consent.stuck()
        _ = try await consent.history()
        _ = try await consent.state(at: noon)
        _ = try await consent.verify()
        try await consent.refresh()
        try await consent.shutdown()
        XCTAssertEqual(heard.value, listed)
    }

    func testTheLogHearsNamesAndCodesOnly() async throws {
        let phone = try Phone()
        let heard = Guarded<[Consent.LogEvent]>([])
        phone.options.log = { event in heard.change { $0.append(event) } }
        let consent = try phone.open()
        try await consent.signIn("acct_canary")
        try await consent.grant("cookies.analytics")
        _ = await fault { _ = try await consent.questions(surface: "canary\u{0}") }
        _ = await fault { try await consent.sync() }
        try await consent.shutdown()
        XCTAssertEqual(
            heard.value.filter { $0.name != "changed" },
            [
                Consent.LogEvent(name: "open", code: "ok"), Consent.LogEvent(name: "sign_in", code: "ok"), Consent.LogEvent(name: "questions", code: "ok"),
                Consent.LogEvent(name: "record", code: "ok"), Consent.LogEvent(name: "questions", code: "invalid"), Consent.LogEvent(name: "sync", code: "no_server"),
                Consent.LogEvent(name: "shutdown", code: "ok"),
            ]
        )
        XCTAssertEqual(heard.value.filter { $0.name == "changed" }.count, 3)
    }
}

/// Waits until its task is cancelled, and then on.
func forever() async {
    await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
}

/// A transport made of a closure.
struct Line: Consent.HTTPTransport {
    let answer: @Sendable (Consent.HTTPRequest) async throws -> Consent.HTTPResponse

    init(_ answer: @escaping @Sendable (Consent.HTTPRequest) async throws -> Consent.HTTPResponse) {
        self.answer = answer
    }

    func send(_ request: Consent.HTTPRequest) async throws -> Consent.HTTPResponse { try await answer(request) }
}

/// Tokens made of a closure.
struct Tokens: Consent.AccountTokens {
    let answer: @Sendable (String, Bool) async throws -> String?

    init(_ answer: @escaping @Sendable (String, Bool) async throws -> String?) {
        self.answer = answer
    }

    func token(for subject: String, refresh: Bool) async throws -> String? { try await answer(subject, refresh) }
}
