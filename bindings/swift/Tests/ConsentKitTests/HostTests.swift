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
            var report = try await consent.sync(within: 1)
            XCTAssertEqual(report.state, .quiet)
            XCTAssertEqual(sent.value, [], "nothing is sent before the first answer")
            try await consent.grant("cookies.analytics")
            report = try await consent.sync(within: 1)
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
        let table = try XCTUnwrap(page.components(separatedBy: "| event |").last?.components(separatedBy: "\n\n").first)
        let events = table.components(separatedBy: "\n").dropFirst(2).compactMap { $0.components(separatedBy: "|").dropFirst().first }
        let listed = Set(events.flatMap { $0.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element) })
        let heard = Guarded<Set<String>>([])
        let phone = try Phone()
        phone.options.log = { event in heard.change { $0.insert(event.name) } }
        phone.options.server = URL(string: "https://consent.example")
        phone.options.advertisingID = Source { .id(value: "38400000-8cf0-11bd-b23e-10b96e40000d", limited: false) }
        phone.options.transport = Line { _ in throw Consent.TransportError.timedOut }
        let consent = try phone.open()
        try await consent.grant("ad_id.measurement")
        try await consent.closed(consent.questions(surface: "first_run").shown)
        _ = try await consent.announced()
        try await consent.grant("cookies.analytics")
        try await consent.withdraw("cookies.analytics")
        try await consent.import([Consent.ImportChoice(purpose: "cookies.marketing", choice: .refused, source: "old")])
        try await consent.signIn("acct_81")
        try await consent.signOut()
        try await consent.reportSignals(Consent.Signals(tracking: .authorized))
        _ = try await consent.advertisingID(for: "ad_id.personalised_ads")
        _ = try await consent.advertisingID(for: "ad_id.measurement")
        _ = await fault { try await consent.adoptPolicy("{}") }
        try await consent.adoptPolicy(influential())
        _ = try await consent.sync()
        try await consent.connectivityRestored()
        try await consent.cookiesRemoved([], left: [])
        _ = try await consent.pending()
        _ = try await consent.stuck()
        _ = try await consent.history()
        _ = try await consent.stateAt(noon)
        _ = try await consent.verify()
        try await consent.refresh()
        try await consent.close()
        // Told by what reads the signals on a phone, and by the recovery of a damaged file: see the tests of TrackingAuthorization and of recover.
        XCTAssertEqual(heard.value.union(["signals_not_recorded", "recovered"]), listed)
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
        try await consent.close()
        XCTAssertEqual(
            heard.value,
            [
                Consent.LogEvent(name: "opened"), Consent.LogEvent(name: "signed_in"), Consent.LogEvent(name: "recorded"),
                Consent.LogEvent(name: "failed", codes: ["invalid"]), Consent.LogEvent(name: "failed", codes: ["no_server"]),
                Consent.LogEvent(name: "closed"),
            ]
        )
    }

    func test_f_51_theLogSaysWhetherAnAdvertisingIDWasGivenOrRefusedAndNamesNoPurpose() async throws {
        let heard = Guarded<[Consent.LogEvent]>([])
        let phone = try phone(Source { .id(value: "38400000-8cf0-11bd-b23e-10b96e40000d", limited: false) })
        phone.options.log = { event in heard.change { $0.append(event) } }
        let consent = try await opened(phone)
        heard.value = []
        _ = try await consent.advertisingID(for: "ad_id.measurement")
        _ = try await consent.advertisingID(for: "ad_id.personalised_ads")
        try await consent.reportSignals(Consent.Signals(tracking: .denied))
        _ = try await consent.advertisingID(for: "ad_id.measurement")
        _ = try await consent.advertisingID(for: "ad_id.nobody_knows")
        let refused = { Consent.LogEvent(name: "advertising_id_refused", codes: $0) }
        XCTAssertEqual(
            heard.value,
            [
                Consent.LogEvent(name: "advertising_id_given"), refused(["not_answered"]), Consent.LogEvent(name: "signals_reported"),
                refused(["os_denied"]), refused(["unknown_purpose"]),
            ])
    }

    func test_f_51_aReasonThatNamesAPurposeIsLoggedWithoutIt() async throws {
        let clock = StillClock()
        let (engine, heard) = (ScriptedEngine(clock: clock), Guarded<[Consent.LogEvent]>([]))
        engine.id.value = .refused(reasons: [.gpc, .requires(purpose: "canary"), .askAgain(cause: .expired)])
        let consent = Consent(engine: engine, clock: clock, log: { event in heard.change { $0.append(event) } })
        _ = try await consent.advertisingID(for: "canary")
        XCTAssertEqual(heard.value, [Consent.LogEvent(name: "advertising_id_refused", codes: ["gpc", "requires", "ask_again:expired"])])
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
