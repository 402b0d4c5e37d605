import ConsentKit
import ConsentKitTesting
import XCTest

/// The pages of a web view, on the library and on the fake: what one answers, the other does.
final class WebPagesTests: XCTestCase {
    private static let shop = "https://shop.example"
    private static let analytics = "cookies.analytics"

    private func both() throws -> [Consent] {
        [try Phone().open(), try FakeConsent(policy: try influential(), platform: .ios).consent]
    }

    private func nonce(_ pages: Consent.WebPages) async throws -> String {
        let script = try await pages.handOff().script
        let found = try NSRegularExpression(pattern: "\"([0-9a-fA-F-]{32,36})\"").firstMatch(in: script, range: NSRange(script.startIndex..., in: script))
        return String(script[try XCTUnwrap(Range(try XCTUnwrap(found).range(at: 1), in: script))])
    }

    private func message(_ nonce: String, _ id: String, _ rest: [String: Any]) throws -> String {
        let members = ["nonce": nonce, "id": id].merging(rest) { _, new in new }
        return String(decoding: try JSONSerialization.data(withJSONObject: members), as: UTF8.self)
    }

    func testAPageAsksAndRecordsAndOthersAreNotHeard() async throws {
        for consent in try both() {
            let pages = try await consent.webPages(Self.shop)
            let nonce = try await nonce(pages)
            let ask = try message(nonce, "1", ["kind": "ask", "surface": "settings"])
            let foreign = try await pages.hear(ask, origin: "https://evil.example", mainFrame: true)
            assertRefused(foreign, .origin)
            let frame = try await pages.hear(ask, origin: Self.shop, mainFrame: false)
            assertRefused(frame, .frame)
            let asked = try await pages.hear(ask, origin: Self.shop, mainFrame: true)
            XCTAssertEqual(asked.outcome, .asked)
            let repeated = try await pages.hear(ask, origin: Self.shop, mainFrame: true)
            assertRefused(repeated, .repeated)
            let malformed = try await pages.hear("{}", origin: Self.shop, mainFrame: true)
            assertRefused(malformed, .malformed)
            let forged = try await pages.hear(try message("0", "2", ["kind": "ask", "surface": "settings"]), origin: Self.shop, mainFrame: true)
            assertRefused(forged, .nonce)

            let reply = try JSONSerialization.jsonObject(with: Data(try XCTUnwrap(asked.reply).utf8)) as? [String: Any]
            let form = try XCTUnwrap(reply?["form"] as? [String: Any])
            let answers = [Self.analytics: true]
            let shown = try XCTUnwrap(form["shown"] as? String)
            let record = try message(nonce, "3", ["kind": "record", "shown": shown, "answers": answers])
            let recorded = try await pages.hear(record, origin: Self.shop, mainFrame: true)
            guard case .recorded(let receipt) = recorded.outcome else { return XCTFail("\(recorded.outcome)") }
            XCTAssertEqual(receipt.items.map(\.choice), [.granted])
            XCTAssertTrue(consent.allows(Self.analytics))
            let script = try await pages.handOff().script
            XCTAssertTrue(script.contains(Self.analytics))

            let unknown = try await pages.hear(
                try message(nonce, "4", ["kind": "closed", "shown": "another"]), origin: Self.shop, mainFrame: true)
            XCTAssertEqual(unknown.outcome, .refused(refusal: .unknownForm))
            XCTAssertTrue(try XCTUnwrap(unknown.reply).contains("unknown_form"))
            let nobody = try await pages.hear(
                try message(nonce, "5", ["kind": "withdraw", "purposes": ["no.such.purpose"]]), origin: Self.shop, mainFrame: true)
            guard case .failed = nobody.outcome else { return XCTFail("\(nobody.outcome)") }
            let handOff = try await pages.handOff()
            XCTAssertFalse("\(recorded) \(handOff)".contains(nonce))
        }
    }

    func testAnOriginThatCannotBeOneIsNamed() async throws {
        for consent in try both() {
            var thrown: (any Error)?
            do { _ = try await consent.webPages(Self.shop, "shop.example") } catch { thrown = error }
            guard case .invalid(let field, _)? = thrown as? ConsentError else { return XCTFail("\(String(describing: thrown))") }
            XCTAssertEqual(field, "origins[1]")
        }
    }

    func testTheStateIsHandedOverNowAndAtEachChange() async throws {
        let consent = try Phone().open()
        let pages = try await consent.webPages(Self.shop)
        let host = await Host()
        let following = Task { await pages.handOver(to: host) }
        try await host.until { $0.count >= 1 }
        let form = try await consent.questions(surface: "settings")
        try await consent.record(form.shown) { $0.grant(Self.analytics) }
        try await host.until { $0.last?.contains("\"\(Self.analytics)\":") == true }
        try await consent.close()
        await following.value
    }

    /// Refused, and not answered.
    private func assertRefused(_ answer: Consent.WebAnswer, _ refusal: Consent.WebRefusal, line: UInt = #line) {
        XCTAssertEqual(answer.outcome, .refused(refusal: refusal), line: line)
        XCTAssertNil(answer.reply, line: line)
    }
}

@MainActor
private final class Host: Consent.WebPageHost {
    private var scripts: [String] = []

    func startWith(_ script: String) { scripts.append(script) }
    func run(_ script: String) {}

    func until(_ condition: @Sendable ([String]) -> Bool) async throws {
        for _ in 0..<400 {
            if condition(scripts) { return }
            try await Task.sleep(nanoseconds: 25_000_000)
        }
        XCTFail("it never came")
    }
}
