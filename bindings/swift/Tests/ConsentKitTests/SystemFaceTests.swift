@testable import ConsentKit
@testable import ConsentKitBase
import Foundation
import XCTest
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// What the package has in common with the system's own frameworks.
final class SystemFaceTests: XCTestCase {
    func test_f_64_aRefusedPlainConnectionIsToldFromABrokenOne() {
        let reasons = { (code: Int) -> String in
            switch Consent.TransportError(NSError(domain: NSURLErrorDomain, code: code)) {
            case .refused(let reason): "refused: \(reason)"
            case .unreachable(let reason): "unreachable: \(reason)"
            case .timedOut: "timed out"
            case .tooLarge: "too large"
            }
        }
        // App Transport Security: trying again mends nothing, so it is no broken line.
        XCTAssertEqual(reasons(-1_022), "refused: the system lets no plain http through: use https")
        // Nobody listens, the name is not known, no network, and a line that broke.
        let broken = [URLError.Code.cannotConnectToHost, .cannotFindHost, .notConnectedToInternet, .networkConnectionLost].map { reasons($0.rawValue) }
        XCTAssertTrue(broken.allSatisfy { $0.hasPrefix("unreachable: ") }, "\(broken)")
        XCTAssertEqual(Set(broken).count, broken.count, "each in its own words")
        XCTAssertEqual(reasons(URLError.Code.timedOut.rawValue), "timed out")
    }

    func test_f_64_aConfigurationOfTheAppsOwnIsUsedAndKeepsNothing() async throws {
        let peer = try Peer("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")
        let configuration = URLSessionConfiguration.default
        configuration.httpAdditionalHeaders = ["X-App": "shop"]
        let storage = HTTPCookieStorage.shared
        let before = storage.cookies?.count ?? 0
        let request = Consent.HTTPRequest(
            method: "GET", url: "http://127.0.0.1:\(peer.port)/", headers: [], body: Data(), timeoutMs: 10_000, maxResponseBytes: 10)
        let answer = try await Consent.URLSessionTransport(configuration: configuration).send(request)
        XCTAssertEqual(answer.status, 200)
        XCTAssertTrue(peer.heard.value.contains("X-App: shop"), peer.heard.value)
        XCTAssertEqual(storage.cookies?.count ?? 0, before)
        XCTAssertNotNil(configuration.httpCookieStorage, "the app's own is left alone")
    }

    func test_f_64_anErrorHasADomainACodeAndWordsForObjectiveC() {
        let all: [ConsentError] = [
            .invalid(field: "a", reason: "is empty"), .noticeNotShown(purpose: "a"), .shownRefused(reason: "a"), .policyInvalid(faults: []),
            .policyRefused(faults: []), .notADatabase, .newerStore(found: 2, known: 1), .damaged(reason: "a"),
            .storeUnavailable(reason: "a", sqliteCode: 13), .shutDown, .alreadySyncing, .noServer, .tooManyPending(limit: 1), .internal,
        ]
        let errors = all.map { $0 as NSError }
        XCTAssertEqual(Set(errors.map(\.domain)), ["dev.consentkit.ConsentError"])
        XCTAssertEqual(errors.map(\.code), Array(1...14))
        for (error, plain) in zip(errors, all) {
            XCTAssertEqual(error.userInfo["code"] as? String, plain.code)
            XCTAssertEqual(error.localizedDescription, plain.errorDescription)
            XCTAssertEqual(error.localizedRecoverySuggestion, plain.recoverySuggestion)
        }
    }

    func test_f_64_theFileOfAGroupLiesInAFolderOfItsOwn() throws {
        let shared = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: shared) }
        let file = try Consent.standardFile(in: shared)
        XCTAssertEqual(file.lastPathComponent, "consent.db")
        XCTAssertEqual(file.deletingLastPathComponent().lastPathComponent, "ConsentKit")
        XCTAssertTrue(FileManager.default.fileExists(atPath: file.deletingLastPathComponent().path))
        XCTAssertEqual(try Consent.standardFile(in: shared), file, "twice is the same")
    }
}
