import ConsentKit
import Foundation
import XCTest

/// The fake beside the library in many short stories, each of which follows from one number.
final class RandomSequencesTests: XCTestCase {
    /// By day the same thousand on every run; by night ten thousand that nobody has seen. `CONSENTKIT_SEED` plays them again from a number on,
    /// which is what a difference names.
    func testTheFakeAndTheLibraryAgreeInEveryRandomSequence() async throws {
        let environment = ProcessInfo.processInfo.environment
        let isNight = environment["CONSENTKIT_NIGHT"] != nil
        let count = isNight ? 10_000 : 1_000
        let first = environment["CONSENTKIT_SEED"].flatMap { UInt64($0) } ?? (isNight ? UInt64(Date().timeIntervalSince1970) * 1_000_000 : 1)
        print("\(count) random sequences from CONSENTKIT_SEED=\(first) on")
        let policies = try Self.policies.map { try PolicyChange(JSON($0)).document() }
        let steps = try await withThrowingTaskGroup(of: Int.self) { group in
            for half in 0..<Self.width {
                group.addTask {
                    var steps = 0
                    for number in stride(from: half, to: count, by: Self.width) {
                        let seed = first &+ UInt64(number)
                        let story = Story(seed: seed, policies[Int(seed % UInt64(policies.count))], Self.platforms[Int(seed / 7 % 5)])
                        let length = 4 + Int(seed / 35 % 10)
                        try await story.tell(steps: length)
                        steps += length
                    }
                    return steps
                }
            }
            return try await group.reduce(0, +)
        }
        print("\(count) sequences, \(steps) steps")
        XCTAssertGreaterThan(steps, count * 4)
    }

    /// Stories that are told at the same time: most of one is spent waiting for the disk.
    private static let width = 4
    private static let platforms: [Consent.Platform] = [.ios, .android, .desktop, .harmony, .fireOS]

    /// The consents to the night, which only a policy with a night may ask.
    private static let nights = ["sms", "push", "kakao"].map { "\"/purposes/marketing.\($0).night\"" }.joined(separator: ", ")

    /// What Google is told hangs on consent alone.
    private static let google = ["analytics", "marketing"].map { "\"/purposes/cookies.\($0)/google\"" }.joined(separator: ", ")

    /// The policy as it is; with children among its readers; with answers that run out and a night that is another one; held to no law, so
    /// without a night; and held to none with a night of its own.
    private static let policies = [
        #"{}"#, #"{ "remove": ["/regimes", "/night", \#(nights)] }"#,
        #"""
        { "set": [{ "at": "/night", "value": { "from": "22:30", "until": "06:00", "utc_offset_minutes": -300, "exempt": ["email"] } }],
          "remove": ["/regimes"] }
        """#,
        // Some of it allowed until the person objects, with children among the readers in every second one.
        #"""
        { "set": [
            { "at": "/purposes/cookies.analytics/basis", "value": "legitimate_interest" },
            { "at": "/purposes/cookies.marketing/basis", "value": "opt_out" },
            { "at": "/purposes/marketing.data_use/basis", "value": "legitimate_interest" }
          ], "remove": ["/regimes", \#(google)] }
        """#,
        #"""
        { "set": [
            { "at": "/audience", "value": "mixed" },
            { "at": "/purposes/cookies.analytics/basis", "value": "opt_out" },
            { "at": "/purposes/cookies.analytics/expires_after_days", "value": 1 },
            { "at": "/purposes/cookies.marketing/basis", "value": "legitimate_interest" },
            { "at": "/purposes/cookies.marketing/requires", "value": ["cookies.analytics"] }
          ], "remove": ["/regimes", "/night", \#(nights), \#(google)] }
        """#,
        #"""
        { "set": [{ "at": "/audience", "value": "mixed" }, { "at": "/purposes/marketing.email/expires_after_days", "value": 3 }] }
        """#,
        #"""
        { "set": [
          { "at": "/night/exempt", "value": [] }, { "at": "/night/guard_minutes", "value": 1 },
          { "at": "/purposes/marketing.data_use/expires_after_days", "value": 5 },
          { "at": "/purposes/marketing.push.night/expires_after_days", "value": 2 },
          { "at": "/purposes/marketing.sms.night/requires", "value": ["marketing.sms", "marketing.data_use"] }
        ] }
        """#,
    ]
}
