@testable import ConsentKit
import ConsentKitTesting
import XCTest

/// What differs from phone to phone, and what changes while the app runs.
final class SurroundingsTests: XCTestCase {
    func testAnotherZoneWhileTheAppRunsChangesNoAnswer() async throws {
        let phone = try Phone()
        let consent = try phone.open()
        try await consent.grant("marketing.data_use", "marketing.sms")
        let before = ProcessInfo.processInfo.environment["TZ"]
        defer { Self.move(to: before) }
        for zone in ["America/St_Johns", "Pacific/Kiritimati", "Africa/Cairo", "UTC", "no/such/zone", ""] {
            Self.move(to: zone)
            // The night is that of the policy's zone, wherever the phone is.
            XCTAssertTrue(consent.allows("marketing.sms"), zone)
            phone.clock.advance(10 * hour)
            XCTAssertFalse(consent.allows("marketing.sms"), zone)
            XCTAssertEqual(consent.explain("marketing.sms").reasons, [.night], zone)
            phone.clock.advance(14 * hour)
            try await consent.withdraw("marketing.email")
            let verification = try await consent.verify()
            XCTAssertTrue(verification.ok, zone)
        }
        try await consent.close()
        XCTAssertTrue(try phone.open().allows("marketing.sms"), "opened in another zone than it was written in")
    }

    private static func move(to zone: String?) {
        if let zone { setenv("TZ", zone, 1) } else { unsetenv("TZ") }
        tzset()
        NSTimeZone.resetSystemTimeZone()
    }

    /// Quiet hours of a named zone follow its daylight saving, by what the system knows of it; where it knows nothing, it is quiet all day.
    func testQuietHoursFollowANamedZone() async throws {
        func policy(_ zone: String) -> String {
            """
            { "id": "shop", "version": "1", "languages": ["en"],
              "night": { "from": "22:00", "until": "07:00", "zone": "\(zone)" },
              "purposes": [{ "id": "news.sms", "title": { "en": "News" }, "scope": "person", "channel": "sms" }] }
            """
        }
        // The last Sunday of March 2026: at 01:00 UTC the clocks of Berlin go from 02:00 to 03:00.
        let change: Int64 = 1_774_746_000_000
        // Hours from the change on, and whether it is quiet: 22:00 of the evening before is 21:00 UTC, 07:00 of the morning is 05:00 UTC.
        let quiet: [(hours: Int64, isQuiet: Bool)] = [
            (-5, false), (-4, true), (-1, true), (0, true), (3, true), (4, false), (18, false), (19, true), (27, true), (28, false),
        ]
        for (zone, known) in [("Europe/Berlin", true), ("Europe/Nowhere", false)] {
            let phone = try Phone()
            phone.clock.time.value = change - 24 * hour
            let native = try phone.open(policy: policy(zone))
            let fake = try FakeConsent(policy: policy(zone), clock: TestClock(at: phone.clock.now()))
            try await native.grant("news.sms")
            try fake.grant("news.sms")
            for (hours, isQuiet) in quiet {
                phone.clock.time.value = change + hours * hour
                fake.clock.set(change + hours * hour)
                let reasons: [Consent.Reason] = !known ? [.zoneUnknown] : isQuiet ? [.night] : []
                XCTAssertEqual(native.explain("news.sms").reasons, reasons, "\(zone), \(hours) hours")
                XCTAssertEqual(fake.consent.explain("news.sms").reasons, reasons, "the fake, \(zone), \(hours) hours")
                XCTAssertEqual(native.allows("news.sms"), reasons.isEmpty)
                XCTAssertEqual(native.purpose("news.sms").allows(), reasons.isEmpty)
            }
            try await native.close()
        }
    }

    /// The system's language at the next start, as the person may set it; a policy that lacks it answers in its own.
    func testEveryLanguageOfAPhoneOpensAndIsAsked() async throws {
        let phone = try Phone()
        for language in ["tr", "tr-TR", "TR", "ar-EG-u-nu-arab", "ar", "fa_IR", "zh-Hant-TW", "en-US-posix", "i-default", "ko_KR", "KO-kr", "x"] {
            phone.options.language = language
            let consent = try phone.open()
            let fake = try FakeConsent(policy: influential(), language: language, clock: TestClock(at: phone.clock.now()))
            let (form, faked) = (try await consent.questions(surface: "settings"), try await fake.consent.questions(surface: "settings"))
            XCTAssertEqual(form.language, language.lowercased().hasPrefix("en") ? "en" : "ko", language)
            XCTAssertEqual(form.language, faked.language, language)
            XCTAssertEqual(form.questions.map(\.notice), faked.questions.map(\.notice), language)
            try await consent.record(form.shown) { $0.grant("cookies.analytics") }
            XCTAssertTrue(consent.allows("cookies.analytics"), language)
            XCTAssertFalse(consent.snapshot.json.unicodeScalars.contains { $0.properties.numericType == .decimal && !$0.isASCII }, language)
            try await consent.withdraw("cookies.analytics")
            try await consent.close()
        }
        phone.options.language = ""
        XCTAssertThrowsError(try phone.open()) { XCTAssertEqual(($0 as? ConsentError)?.code, "invalid") }
    }

    /// Two handles on one file, as an app and its extension have: each sees the other's answers after `refresh`, a form that one
    /// drew before the other's no does not undo that no, what both write is there, and closing one closes nothing of the other's.
    func testTwoHandlesOnOneFile() async throws {
        let phone = try Phone()
        let (one, two) = (try phone.open(), try phone.open())
        let drawn = try await two.questions(surface: "settings").shown
        try await one.grant("cookies.analytics")
        try await one.withdraw("cookies.analytics")
        try await two.refresh()
        XCTAssertEqual(two.explain("cookies.analytics").reasons, [.withdrawn])
        try await two.record(drawn) { $0.grant("cookies.analytics") }
        try await one.refresh()
        for consent in [one, two] { XCTAssertEqual(consent.explain("cookies.analytics").reasons, [.askAgain(cause: .staleGrant)]) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for consent in [one, two] {
                group.addTask {
                    for turn in 0..<25 {
                        if turn % 2 == 0 { try await consent.grant("cookies.marketing") } else { try await consent.withdraw("cookies.marketing") }
                    }
                }
            }
            try await group.waitForAll()
        }
        try await one.close()
        try await two.refresh()
        let verification = try await two.verify()
        XCTAssertTrue(verification.ok)
        let said = try await two.history().filter { $0.purpose == "cookies.marketing" }
        XCTAssertEqual(said.count, 50)
        try await two.close()
    }

    func testAPolicyWithTwoHundredPurposes() async throws {
        let (phone, document, named) = (try Phone(), try Self.policy(of: 200), (0..<150).map { "cookies.partner\($0)" })
        XCTAssertEqual(Consent.policyFaults(document).map { "\($0.pointer) \($0.code)" }, [])
        let consent = try phone.open(policy: document)
        let fake = try FakeConsent(policy: document)
        for consent in [consent, fake.consent] {
            XCTAssertEqual(consent.snapshot.answers.count, 200)
            let handles = named.map { consent.purpose($0) }
            let form = try await consent.questions(surface: "settings")
            try await consent.record(form.shown) { answers in
                for (at, purpose) in named.enumerated() { answers.answer(purpose, at % 2 == 0) }
            }
            XCTAssertEqual(named.map { consent.allows($0) }, named.indices.map { $0 % 2 == 0 })
            XCTAssertEqual(handles.map { $0.allows() }, named.indices.map { $0 % 2 == 0 })
            try await consent.withdraw(named)
            XCTAssertFalse(named.contains { consent.allows($0) } || handles.contains { $0.allows() })
        }
        XCTAssertEqual(consent.snapshot.answers.map(\.reasons), fake.consent.snapshot.answers.map(\.reasons))
        try await consent.close()
        let again = try phone.open(policy: document)
        XCTAssertEqual(again.snapshot[named[0]]?.status, .withdrawn)
        XCTAssertEqual(again.snapshot.answers.map(\.reasons), fake.consent.snapshot.answers.map(\.reasons))
    }

    /// The influential policy with more purposes, each a copy of a cookie category under another name.
    private static func policy(of count: Int) throws -> String {
        var document = try XCTUnwrap(try JSONSerialization.jsonObject(with: Data(influential().utf8)) as? [String: Any])
        var purposes = try XCTUnwrap(document["purposes"] as? [[String: Any]])
        let category = try XCTUnwrap(purposes.first { $0["id"] as? String == "cookies.analytics" })
        for number in 0..<count - purposes.count {
            var copy = category
            copy["id"] = "cookies.partner\(number)"
            copy["cookies"] = ["partner_\(number)"]
            purposes.append(copy)
        }
        document["purposes"] = purposes
        return String(decoding: try JSONSerialization.data(withJSONObject: document), as: UTF8.self)
    }
}
