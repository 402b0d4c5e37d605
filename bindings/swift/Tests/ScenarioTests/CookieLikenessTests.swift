import ConsentKit
import ConsentKitTesting
import XCTest

/// The gate of the fake beside the library's, over the names of the policy.
final class CookieLikenessTests: XCTestCase {
    private let names = ["session_id", "_ga", "_ga_ABC123", "_gat", "_fbp", "_gcl_au", "wcs_bt", "SESSION_ID", "whatever", ""]
    private let url = "https://www.shop.example/cart"

    func testCK8TheFakeJudgesTheNamesOfThePolicyAsTheLibraryDoes() async throws {
        let settings = Settings(platform: .ios, osVersion: "17.5", language: "ko", policy: Surroundings.policy)
        let (native, fake) = try await Pair.open(settings, for: self)
        let (real, faked) = (try await native.cookies(), try await fake.cookies())
        let said: [(Consent) async throws -> Void] = [
            { _ in },
            { consent in
                try await consent.record(consent.questions(surface: "settings").shown) {
                    $0.grant("cookies.analytics")
                    $0.refuse("cookies.marketing")
                }
            },
            { try await $0.record($0.questions(surface: "settings").shown) { $0.grant("cookies.marketing") } },
            { try await $0.reportSignals(Consent.Signals(gpc: true)) },
            { try await $0.withdraw("cookies.marketing") },
        ]
        for (step, say) in said.enumerated() {
            try await say(native)
            try await say(fake)
            for name in names { XCTAssertEqual(faked.verdict(name), real.verdict(name), "\(name) after step \(step)") }
            let header = names.map { "\($0)=1" }.joined(separator: "; ")
            XCTAssertEqual(faked.request(header), real.request(header), "step \(step)")
            let headers = names.dropLast().flatMap { ["\($0)=1; Path=/", "\($0)=; Max-Age=0"] }
            XCTAssertEqual(try faked.response(url: url, headers: headers), try real.response(url: url, headers: headers), "step \(step)")
        }
        let seen = names.map { Consent.SeenCookie(name: $0, store: "web_view") }
        XCTAssertEqual(try faked.scan(seen), try real.scan(seen))
        let (steps, wanted) = (try faked.purge(url: url, seen: seen), try real.purge(url: url, seen: seen))
        XCTAssertEqual(steps.map(\.cookie), wanted.map(\.cookie))
        XCTAssertEqual(steps.map(\.purposes), wanted.map(\.purposes))
        try await native.cookiesRemoved(wanted, left: [])
        try await fake.cookiesRemoved(steps, left: [])
        let (entries, expected) = (try await fake.history().last, try await native.history().last)
        XCTAssertEqual([entries?.kind, entries?.purpose], [expected?.kind, expected?.purpose])
        XCTAssertEqual(entries?.seq, expected?.seq)
        for closing in [native, fake] { try await closing.close() }
        for name in names { XCTAssertEqual(faked.verdict(name), real.verdict(name), "\(name) after closing") }
    }
}
