import ConsentKit
import Foundation
import WebKit
import XCTest

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The jar of web views, against a stand-in of the shape of WebKit's.
final class WebViewJarTests: FolderTestCase, @unchecked Sendable {
    @MainActor
    func testCK10AfterAWithdrawalTheJarOfWebViewsHoldsWhatIsAllowed() async throws {
        let consent = try opened(in: folder)
        let gate = try await consent.cookies()
        let store = WKHTTPCookieStore()
        for name in ["session_id", "_ga", "_fbp"] {
            let cookie = HTTPCookie(properties: [.name: name, .value: "1", .domain: "www.shop.example", .path: "/"])
            store.setCookie(try XCTUnwrap(cookie))
        }
        try await consent.grant("cookies.analytics")
        let steps = try await consent.purge(Consent.WebViewJar(store), by: gate)
        XCTAssertEqual(steps.map(\.cookie), [Consent.SeenCookie(name: "_fbp", store: "web_view", domain: "www.shop.example", path: "/")])
        let report = try await gate.scan(Consent.WebViewJar(store))
        XCTAssertEqual(report.cookies.map(\.cookie.name), ["session_id", "_ga"])
        XCTAssertEqual(report.withoutConsent, 0)
        let last = try await consent.history().last
        XCTAssertEqual(last?.kind, "cookies_removed")
    }
}
