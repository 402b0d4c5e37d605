import ConsentKit
import Foundation
import XCTest

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Cookies by what the person allowed: the gate, and the jars behind it.
final class CookiesTests: XCTestCase {
    private let url = "https://www.shop.example/cart"
    private let options = Consent.CookieOptions(
        catalogue: "Category,Cookie / Data Key name,Wildcard match\nAnalytics,_hj,1\n", categories: ["Analytics": "cookies.analytics"],
        publicSuffixes: "kr\nco.kr\nexample\n")

    private func cookie(_ name: String, value: String = "1") throws -> HTTPCookie {
        try XCTUnwrap(HTTPCookie(properties: [.name: name, .value: value, .domain: "www.shop.example", .path: "/"]))
    }

    func testAGateFollowsEveryTapAlsoAfterItsConsentWasClosed() async throws {
        let consent = try Phone().open()
        let gate = try await consent.cookies(options)
        let header = "session_id=1; _ga=2; _hjSession_7=3; _fbp=4; whatever=5"
        XCTAssertEqual(gate.request(header), "session_id=1")
        let form = try await consent.questions(surface: "settings")
        try await consent.record(form.shown) {
            $0.grant("cookies.analytics")
            $0.grant("cookies.marketing")
        }
        XCTAssertEqual(gate.request(header), header)
        try await consent.withdraw("cookies.marketing")
        XCTAssertEqual(gate.request(header), "session_id=1; _ga=2; _hjSession_7=3")
        XCTAssertNil(gate.request("_fbp=1"))
        try await consent.close()
        XCTAssertEqual(gate.request(header), "session_id=1")
        XCTAssertEqual(gate.verdict("_ga").reasons, [.storeUnavailable])
    }

    func testAHeaderIsJudgedByItsFormAndByWhatWasSaid() async throws {
        let consent = try Phone().open()
        let gate = try await consent.cookies(options)
        guard case .passes(let cookie) = try gate.judge(url: url, header: "session_id=1; Path=/; Secure; SameSite=Lax") else {
            return XCTFail("a necessary cookie was held back")
        }
        XCTAssertEqual(
            cookie,
            Consent.Cookie(
                name: "session_id", value: "1", domain: "www.shop.example", hostOnly: true, path: "/", secure: true, httpOnly: false,
                sameSite: .lax, partitioned: false, expiresAt: nil))
        XCTAssertFalse("\(cookie)".contains("session_id=1"))
        XCTAssertEqual(
            try gate.judge(url: url, header: "_ga=1"),
            .withheld(Consent.CookieVerdict(name: "_ga", source: .policy, purposes: ["cookies.analytics"], allowed: false, reasons: [.notAnswered])))
        XCTAssertEqual(try gate.judge(url: url, header: "session_id=1; Domain=example"), .faulty(.publicSuffix))
        XCTAssertEqual(try gate.response(url: url, headers: ["session_id=1", "_ga=1", "_ga=; Max-Age=0"]), ["session_id=1", "_ga=; Max-Age=0"])
        XCTAssertEqual(gate.verdict("_hjSession_7").source, .catalogue)
        XCTAssertThrowsError(try gate.judge(url: "shop.example", header: "a=b")) { XCTAssertEqual(($0 as? ConsentError)?.code, "invalid") }
    }

    func testCK11AfterAWithdrawalTheJarHoldsWhatIsAllowedAndTheLedgerSaysSo() async throws {
        let consent = try Phone().open()
        let gate = try await consent.cookies()
        let form = try await consent.questions(surface: "settings")
        try await consent.record(form.shown) {
            $0.grant("cookies.analytics")
            $0.grant("cookies.marketing")
        }
        let jar = KeptJar(try ["session_id", "_ga", "_fbp", "_gcl_au", "stuck"].map { try cookie($0) })
        let nothing = try await consent.purge(jar, by: gate)
        XCTAssertEqual(nothing, [])
        try await consent.withdraw("cookies.marketing")
        let report = try await gate.scan(jar)
        XCTAssertEqual([report.namedByPolicy, report.namedByCatalogue, report.unknown, report.withoutConsent], [4, 0, 1, 3])
        let after = try await consent.history().last?.seq ?? 0
        let steps = try await consent.purge(jar, by: gate)
        XCTAssertEqual(steps.map(\.cookie.name), ["_fbp", "_gcl_au", "stuck"])
        XCTAssertEqual(jar.names, ["session_id", "_ga", "stuck"])
        let entries = try await consent.history(after: after)
        XCTAssertEqual(entries.map(\.kind), ["cookies_removed"])
        XCTAssertEqual(entries.map(\.purpose), ["cookies.marketing"])
    }

    func testAJarOfURLSessionKeepsAndSendsWhatIsAllowed() async throws {
        let consent = try Phone().open()
        let gate = try await consent.cookies()
        let storage = HTTPCookieStorage.sharedCookieStorage(forGroupContainerIdentifier: "dev.consentkit.tests.\(UUID().uuidString)")
        let address = try XCTUnwrap(URL(string: url))
        func answer(_ header: String) throws {
            let response = try XCTUnwrap(HTTPURLResponse(url: address, statusCode: 200, httpVersion: nil, headerFields: ["Set-Cookie": header]))
            gate.keep(response, in: storage)
        }
        try answer("session_id=1; Path=/")
        try answer("_ga=2; Path=/")
        XCTAssertEqual((storage.cookies ?? []).map(\.name), ["session_id"])
        XCTAssertEqual(gate.header(for: address, from: storage), "session_id=1")
        let form = try await consent.questions(surface: "settings")
        try await consent.record(form.shown) { $0.grant("cookies.analytics") }
        try answer("_ga=2; Path=/")
        XCTAssertEqual((storage.cookies ?? []).map(\.name).sorted(), ["_ga", "session_id"])
        try await consent.withdraw("cookies.analytics")
        XCTAssertEqual(gate.header(for: address, from: storage), "session_id=1", "what is still in the jar is not sent")
        try await consent.purge(Consent.URLSessionJar(storage), by: gate)
        XCTAssertEqual((storage.cookies ?? []).map(\.name), ["session_id"])
    }
}

/// A jar out of which one cookie cannot be taken.
private final class KeptJar: Consent.CookieJar, @unchecked Sendable {
    let storeName = "web_view"
    private let lock = NSLock()
    private var cookies: [HTTPCookie]

    init(_ cookies: [HTTPCookie]) {
        self.cookies = cookies
    }

    var names: [String] { lock.withLock { cookies.map(\.name) } }
    func cookiesInside() async -> [HTTPCookie] { lock.withLock { cookies } }
    func remove(_ cookie: HTTPCookie) async { lock.withLock { cookies.removeAll { $0 == cookie && $0.name != "stuck" } } }
}
