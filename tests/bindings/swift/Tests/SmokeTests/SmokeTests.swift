import ConsentKitFFI
import Foundation
import XCTest

/// The generated Swift reaches the core, and the core reaches back: what the hand-written package will stand on.
final class SmokeTests: XCTestCase {
    private var folder = FileManager.default.temporaryDirectory

    override func setUpWithError() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    override func tearDownWithError() throws {
        try FileManager.default.removeItem(at: folder)
    }

    private func policy() throws -> String {
        let path = try XCTUnwrap(ProcessInfo.processInfo.environment["CONSENTKIT_POLICY"])
        return try String(contentsOfFile: path, encoding: .utf8)
    }

    private func open(host: HostServices = HostServices(), server: String? = nil, policy: String? = nil) throws -> ConsentCore {
        let options = ConsentOptions(
            path: folder.appendingPathComponent("consent.db").path,
            policy: try policy ?? self.policy(),
            platform: .desktop,
            language: "ko",
            server: server
        )
        return try ConsentCore.open(options: options, host: host)
    }

    private func answer(_ purpose: String, _ choice: ChoiceKind) -> Answer {
        Answer(purpose: purpose, choice: choice, method: .toggle, actor: .person)
    }

    private func answerMarketing(_ core: ConsentCore) throws -> Receipt {
        try core.record(
            shown: core.questions(surface: "settings").shown,
            answers: [answer("marketing.data_use", .granted), answer("marketing.email", .granted), answer("marketing.sms", .refused)]
        )
    }

    private func status(_ purpose: String, _ core: ConsentCore) -> Status? {
        core.snapshot().answers.first { $0.purpose == purpose }?.status
    }

    func testAGrantAndARefusalAreRecordedExplainedAndKept() throws {
        let core = try open()
        XCTAssertFalse(core.allows(purpose: "marketing.email"))
        XCTAssertEqual(core.explain(purpose: "marketing.data_use").reasons, [.notAnswered])
        let form = try core.questions(surface: "settings")
        XCTAssertTrue(form.due)
        XCTAssertEqual(form.language, "ko")
        let title = try XCTUnwrap(form.questions.first { $0.purpose == "marketing.email" }?.notice.title)
        XCTAssertNotNil(title.unicodeScalars.first { ("가"..."힣").contains($0) })

        let receipt = try answerMarketing(core)
        XCTAssertEqual(receipt.pending, 3)
        XCTAssertEqual(receipt.items.first { $0.purpose == "marketing.sms" }?.choice, .refused)
        XCTAssertTrue(core.allows(purpose: "marketing.email"))
        XCTAssertFalse(core.allows(purpose: "marketing.sms"))

        _ = try core.withdraw(purposes: ["marketing.data_use"])
        let decision = core.explain(purpose: "marketing.email")
        XCTAssertFalse(decision.allowed)
        XCTAssertEqual(decision.reasons, [.requires(purpose: "marketing.data_use")])
        let reason = try XCTUnwrap(decision.reasons.first)
        XCTAssertEqual(reasonCode(reason: reason), "requires:marketing.data_use")
        XCTAssertNotEqual(reasonText(reason: reason, language: "ko"), reasonText(reason: reason, language: "en"))
        XCTAssertEqual(status("marketing.sms", core), .refused)
        XCTAssertTrue(try core.verify().ok)
        try core.shutdown()

        let again = try open()
        XCTAssertEqual(status("marketing.data_use", again), .withdrawn)
        XCTAssertEqual(try again.pending().count, 4)
    }

    func testBadInputThrowsAnErrorThatNamesTheField() throws {
        let core = try open()
        XCTAssertThrowsError(try core.questions(surface: "no such form")) { XCTAssertEqual(invalidField($0), "surface") }
        XCTAssertThrowsError(try core.history(after: 0, limit: -1)) { XCTAssertEqual(invalidField($0), "limit") }
        XCTAssertThrowsError(try core.record(shown: "forged", answers: [answer("marketing.email", .granted)])) { error in
            guard case ConsentError.ShownRefused = error else { return XCTFail("\(error)") }
        }
        let twice = [answer("marketing.sms", .refused), answer("marketing.sms", .granted)]
        let shown = try core.questions(surface: "settings").shown
        XCTAssertThrowsError(try core.record(shown: shown, answers: twice)) { error in
            XCTAssertTrue(invalidField(error)?.contains("answers") == true, "\(error)")
        }
        XCTAssertEqual(try core.pending(), [])
        try core.shutdown()

        XCTAssertFalse(policyFaults(document: "{").isEmpty)
        XCTAssertEqual(policyFaults(document: try policy()), [])
        try FileManager.default.removeItem(at: folder.appendingPathComponent("consent.db"))
        XCTAssertThrowsError(try open(policy: "{}")) { error in
            guard case ConsentError.PolicyInvalid(let faults) = error else { return XCTFail("\(error)") }
            XCTAssertFalse(faults.isEmpty)
        }
    }

    func testAnObserverHearsEachChangeMayCallBackAndIsLetGo() throws {
        let core = try open()
        let observer = Listener { core.allows(purpose: "marketing.email") }
        let subscription = core.subscribe(observer: observer)
        _ = try answerMarketing(core)
        let last = try XCTUnwrap(observer.heard.last)
        XCTAssertEqual(last.snapshot.answers.first { $0.purpose == "marketing.email" }?.allowed, true)
        XCTAssertEqual(last.snapshot.pending, 3)
        XCTAssertTrue(last.allowed)

        subscription.cancel()
        let before = observer.heard.count
        _ = try core.withdraw(purposes: ["marketing.email"])
        XCTAssertEqual(observer.heard.count, before)
    }

    func testAnObserverThatThrowsHarmsNobody() throws {
        let core = try open()
        let subscription = core.subscribe(observer: Thrower())
        XCTAssertEqual(try answerMarketing(core).pending, 3)
        XCTAssertTrue(core.allows(purpose: "marketing.email"))
        subscription.cancel()
    }

    func testTheHostsTransportCarriesRequestsAndItsTypedFailureKeepsTheChange() throws {
        let transport = DeadLine()
        let core = try open(host: HostServices(transport: transport), server: "https://consent.example")
        XCTAssertEqual(try core.sync(timeoutMs: 1_000).state, .quiet)
        XCTAssertEqual(transport.sent, [], "nothing is sent before the first answer")
        _ = try core.record(shown: core.questions(surface: "settings").shown, answers: [answer("cookies.analytics", .granted)])
        let report = try core.sync(timeoutMs: 1_000)
        XCTAssertTrue(try XCTUnwrap(transport.sent.first).url.hasPrefix("https://consent.example/"))
        XCTAssertEqual(report.state, .waiting)
        XCTAssertEqual(report.troubles, [.offline])
        XCTAssertEqual(try core.pending().filter { $0.purpose == "cookies.analytics" }.count, 1)
    }

    func testTheAdvertisingIdIsNotReadWithoutAGrant() throws {
        let source = IdSource()
        let core = try open(host: HostServices(advertisingId: source))
        guard case .refused = try core.advertisingId(purpose: "ad_id.measurement") else { return XCTFail("an id without a grant") }
        XCTAssertEqual(source.asked, 0)
    }

    func testAfterShutdownNothingIsAllowedAndEveryCallSaysWhy() throws {
        let core = try open()
        _ = try answerMarketing(core)
        try core.shutdown()
        XCTAssertFalse(core.allows(purpose: "marketing.email"))
        XCTAssertFalse(core.snapshot().available)
        for call in [{ _ = try core.questions(surface: "settings") }, { _ = try core.withdraw(purposes: ["marketing.email"]) }] {
            XCTAssertThrowsError(try call()) { error in
                guard case ConsentError.ShutDown = error else { return XCTFail("\(error)") }
            }
        }
    }
}

private func invalidField(_ error: Error) -> String? {
    guard case ConsentError.Invalid(let field, _) = error else { return nil }
    return field
}

// The core calls each of these on the thread that called the core: one at a time here.

private final class Listener: ConsentObserver, @unchecked Sendable {
    private let ask: () -> Bool
    var heard: [(snapshot: ConsentSnapshot, allowed: Bool)] = []

    init(ask: @escaping () -> Bool) {
        self.ask = ask
    }

    func changed(snapshot: ConsentSnapshot) throws {
        heard.append((snapshot, ask()))
    }
}

private final class Thrower: ConsentObserver {
    func changed(snapshot: ConsentSnapshot) throws {
        throw CocoaError(.fileNoSuchFile)
    }
}

private final class DeadLine: HttpTransport, @unchecked Sendable {
    var sent: [HttpRequest] = []

    func send(request: HttpRequest) throws -> HttpResponse {
        sent.append(request)
        throw TransportError.TimedOut
    }
}

private final class IdSource: AdvertisingIdSource, @unchecked Sendable {
    var asked = 0

    func advertisingId() throws -> AdIdAnswer {
        asked += 1
        return .id(value: "38400000-8cf0-11bd-b23e-10b96e40000d", limited: false)
    }
}
