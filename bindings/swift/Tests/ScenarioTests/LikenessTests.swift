import ConsentKit
import ConsentKitTesting
import XCTest

/// The fake beside the library: the same calls at the same times, and after each the same answers, reasons, errors and counts.
final class LikenessTests: XCTestCase {
    func testRandomStoriesEndAlike() async throws {
        let changes: [[(at: String, value: JSON)]] = [
            [],
            [("/audience", .text("mixed")), ("/purposes/marketing.email/expires_after_days", .number("3"))],
            [
                ("/night/exempt", .list([])), ("/night/guard_minutes", .number("1")),
                ("/purposes/marketing.data_use/expires_after_days", .number("5")),
                ("/purposes/marketing.push.night/expires_after_days", .number("2")),
                ("/purposes/marketing.sms.night/requires", .list([.text("marketing.sms"), .text("marketing.data_use")])),
            ],
        ]
        var reached: Set<String> = []
        for (number, change) in changes.enumerated() {
            for platform in [Consent.Platform.ios, .android, .desktop] {
                var policy = PolicyChange()
                policy.set = change
                let story = Story(seed: UInt64(number * 10 + platform.rawValue.count), try policy.document(), platform)
                try await story.tell(steps: 200)
                reached.formUnion(story.reached)
            }
        }
        // A story that reaches nothing compares nothing. What is left out needs a server, a copied file or a new edition.
        let reasons = [
            "guardian_required", "child", "os_denied", "os_restricted", "os_not_determined", "ad_id_limited", "ad_id_unavailable:no_provider",
            "ad_id_unavailable:timed_out", "ad_id_unavailable:failed", "gpc", "requires:marketing.data_use", "not_answered", "refused",
            "withdrawn", "ask_again:expired", "ask_again:stale_grant", "ask_again:undated", "ask_again:ad_id_changed",
            "ask_again:not_by_guardian", "ask_again:impossible_date", "night",
        ]
        XCTAssertEqual(Set(reasons).subtracting(reached).sorted(), [], "never reached")
    }

    func testWhatIsShownIsAlike() async throws {
        for (language, platform, version) in [
            ("ko", Consent.Platform.ios, "17.5"), ("en-GB", .ios, "14.4"), ("fr", .android, ""), ("KO", .harmony, "x"), ("en", .desktop, "1"),
        ] {
            let settings = Settings(platform: platform, osVersion: version, language: language, policy: Surroundings.policy)
            let (native, fake) = try await Pair.open(settings, for: self)
            let (real, faked) = (try await native.policy(), try await fake.policy())
            XCTAssertEqual(real, faked, language)
            for surface in ["first_run", "settings"] {
                let (left, right) = (try await native.questions(surface: surface), try await fake.questions(surface: surface))
                XCTAssertEqual(left.questions, right.questions, language)
                XCTAssertEqual(left.language, right.language)
            }
        }
    }

    func testDeliveredPoliciesAreTakenOverOrRefusedAlike() async throws {
        let documents = try [
            #"{}"#, #"{ "edition": 4 }"#, #"{ "edition": 4 }"#, #"{ "edition": 2 }"#,
            #"{ "edition": 4, "set": [{ "at": "/purposes/marketing.email/material", "value": 2 }] }"#,
            #"{ "edition": 5, "set": [{ "at": "/id", "value": "other" }] }"#,
            #"""
            { "edition": 5, "set": [{ "at": "/purposes/cookies.analytics/basis", "value": "contract" }],
              "remove": ["/purposes/cookies.analytics/google"] }
            """#,
            #"{ "edition": 5, "set": [{ "at": "/purposes/marketing.sms/notice/items/-", "value": "name" }] }"#,
            #"{ "edition": 5, "set": [{ "at": "/purposes/cookies.analytics/cookies/-", "value": "_new" }] }"#,
            #"{ "edition": 5, "set": [{ "at": "/night/until", "value": "07:00" }] }"#,
            #"{ "edition": 5, "set": [{ "at": "/night/guard_minutes", "value": 1 }] }"#,
            #"{ "edition": 6, "set": [{ "at": "/purposes/marketing.email/material", "value": 3 }] }"#,
            #"{ "edition": 7, "set": [{ "at": "/purposes/marketing.email/material", "value": 2 }] }"#,
            #"""
            { "edition": 7, "set": [{ "at": "/purposes/marketing.email/material", "value": 3 }],
              "remove": ["/purposes/marketing.kakao.night", "/purposes/marketing.kakao"] }
            """#,
            #"""
            { "edition": 8, "set": [
              { "at": "/purposes/marketing.email/material", "value": 3 },
              { "at": "/purposes/marketing.kakao/notice/items/-", "value": "name" }
            ] }
            """#,
            #"{ "edition": 8, "set": [{ "at": "/purposes/marketing.email/material", "value": 3 }], "remove": ["/night"] }"#,
            #"""
            { "edition": 9, "set": [
              { "at": "/purposes/marketing.email/material", "value": 3 },
              { "at": "/audience", "value": "mixed" },
              { "at": "/age_of_consent", "value": 16 }
            ] }
            """#,
            #"{ "edition": 10, "set": [{ "at": "/purposes/marketing.email/material", "value": 3 }] }"#,
            #"""
            { "edition": 10, "set": [
              { "at": "/audience", "value": "child" },
              { "at": "/age_of_consent", "value": 16 },
              { "at": "/purposes/marketing.email/material", "value": 4 },
              { "at": "/purposes/marketing.email/requires", "value": ["marketing.data_use"] },
              { "at": "/purposes/marketing.sms/material", "value": 2 },
              { "at": "/purposes/marketing.sms/expires_after_days", "value": 9 },
              { "at": "/purposes/cookies.marketing/material", "value": 2 },
              { "at": "/purposes/cookies.marketing/google", "value": [] },
              { "at": "/purposes/cookies.marketing/sharing", "value": false }
            ] }
            """#,
            #"""
            { "edition": 11, "set": [
              { "at": "/audience", "value": "mixed" },
              { "at": "/age_of_consent", "value": 16 },
              { "at": "/purposes/marketing.email/material", "value": 4 },
              { "at": "/purposes/marketing.sms/material", "value": 3 }
            ] }
            """#,
        ].map { try PolicyChange(JSON($0)).document() }
        let (native, fake) = try await Pair.open(Settings(platform: .ios, osVersion: "", language: "ko", policy: Surroundings.policy), for: self)
        for consent in [native, fake] {
            try await consent.record(try await consent.questions(surface: "settings").shown) {
                for purpose in ["marketing.data_use", "marketing.email", "marketing.kakao", "cookies.analytics"] { $0.grant(purpose) }
            }
        }
        var endings: Set<String> = []
        for (at, document) in (documents + ["no JSON", "{}"]).enumerated() {
            let call = Call(name: "adopt") { try await $0.adoptPolicy(document) }
            let (left, right) = (await call.ending(on: native), await call.ending(on: fake))
            XCTAssertEqual(Refusal(left), Refusal(right), "document \(at)")
            XCTAssertEqual(Facts(native.snapshot), Facts(fake.snapshot), "document \(at)")
            endings.formUnion(Refusal(left).places.map { "\($0)" } + [left?.code ?? "taken over"])
        }
        XCTAssertTrue(endings.isSuperset(of: ["taken over", "policy_refused", "policy_invalid"]), "\(endings)")
    }

    func testUnusableArgumentsAreRefusedAlike() async throws {
        let (native, fake) = try await Pair.open(Settings(platform: .ios, osVersion: "", language: "ko", policy: Surroundings.policy), for: self)
        let texts = [
            "", " ", "\u{3000}", "a\u{0}b", "a\nb", "a\u{2028}", "a\u{202E}b", "a\u{2066}b", String(repeating: "가", count: 64),
            String(repeating: "가", count: 65), String(repeating: "x", count: 200_000), "kim@example.com", "010-1234-5678", "821012345678",
            "10293847", "device:1", " acct", "회원-81", "membership", "no.such.purpose", "marketing.email", "👩‍👩‍👧",
            "null", "NULL", "Optional(nil)", "user_undefined", "0", "000-000", "-1", "none", "guest", "n/a", "비회원", "<nil>", "${userId}",
            "{{id}}", "00000000-0000-0000-0000-000000000000", "d41d8cd98f00b204e9800998ecf8427e", "01012345678", "0123456789",
            "+82 2 123 4567", "02-123-4567", "82-10-1234-5678", "202-555-0100", "٠١٠١٢٣٤٥٦٧٨", "０１０-１２３４-５６７８", "kim%40example.com",
            "2026-11-27", "12-34", "nullpointer",
        ]
        for text in texts {
            for call in Call.with(text) {
                let (left, right) = (await call.ending(on: native), await call.ending(on: fake))
                XCTAssertEqual(left, right, "\(call.name) \(text.prefix(20))")
            }
        }
    }
}

/// An error, and where a refused policy has its faults; an unreadable one may be judged by other words.
private struct Refusal: Equatable {
    let code: String?
    let places: [String]

    init(_ error: ConsentError?) {
        code = error?.code
        if case .policyRefused(let faults) = error { places = faults.map { "\($0.pointer) \($0.code.rawValue)" } } else { places = [] }
    }
}

/// A library and a fake with one clock.
enum Pair {
    /// The library's file lies in a folder that goes with the device, so the device stays for as long as the test runs.
    static func open(
        _ settings: Settings, clock: TestClock = TestClock(), for test: XCTestCase
    ) async throws -> (native: Consent, fake: Consent) {
        nonisolated(unsafe) let device = try NativeDevice(settings, clock: clock, server: nil)
        test.addTeardownBlock { withExtendedLifetime(device) {} }
        try await device.open(shipping: nil)
        let fake = try FakeConsent(
            policy: settings.policy, platform: settings.platform, osVersion: settings.osVersion, language: settings.language, clock: clock)
        return (try XCTUnwrap(device.consent), fake.consent)
    }
}

/// One call, and how it ends.
private struct Call {
    let name: String
    let make: @Sendable (Consent) async throws -> Void

    func ending(on consent: Consent) async -> ConsentError? {
        do {
            try await make(consent)
            return nil
        } catch {
            return error as? ConsentError
        }
    }

    static func with(_ text: String) -> [Call] {
        [
            Call(name: "questions") { _ = try await $0.questions(surface: text) },
            Call(name: "record") { try await $0.record(Consent.Shown(rawValue: text)) { $0.grant("marketing.email") } },
            Call(name: "answer") { consent in
                try await consent.record(try await consent.questions(surface: "settings").shown) { $0.refuse(text) }
            },
            Call(name: "withdraw") { try await $0.withdraw(text) },
            Call(name: "import") { try await $0.import([Consent.ImportChoice(purpose: "marketing.sms", choice: .granted, source: text)]) },
            Call(name: "import of") { try await $0.import([Consent.ImportChoice(purpose: text, choice: .refused, source: "old")]) },
            Call(name: "sign in") { try await $0.signIn(text) },
            Call(name: "advertising id") { _ = try await $0.advertisingID(for: text) },
            Call(name: "history") { _ = try await $0.history(limit: Int64(text.utf8.count) - 1) },
        ]
    }
}
