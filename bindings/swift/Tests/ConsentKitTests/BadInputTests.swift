import ConsentKit
import XCTest

final class BadInputTests: XCTestCase {
    /// Texts that break things elsewhere.
    private let hostile = [
        "", " ", "\u{0}", "a\u{0}b", "null", "nil", "\u{202E}evil", "\u{FFFD}", "👩‍👩‍👧‍👦", "' OR 1=1 --", "../../etc/passwd", "%s%n", "\r\nX: y",
        "é".precomposedStringWithCanonicalMapping, "é".decomposedStringWithCanonicalMapping,
        String(repeating: "a", count: 1_000_000), String(repeating: "가", count: 100_000),
    ]

    func testHostileTextsAreRefusedWithTheFieldAndNothingIsLost() async throws {
        let consent = try Phone().open()
        let form = try await consent.questions(surface: "settings")
        for text in hostile {
            XCTAssertFalse(consent.allows(text))
            XCTAssertEqual(consent.explain(text).reasons, [.unknownPurpose])
            var error = await fault { _ = try await consent.questions(surface: text) }
            XCTAssertEqual(field(error), "surface")
            error = await fault { try await consent.record(form.shown) { $0.grant(text) } }
            XCTAssertEqual(field(error)?.hasPrefix("answers[0]"), true, "\(String(describing: error))")
            error = await fault { try await consent.record(Consent.Shown(rawValue: text)) { $0.grant("cookies.analytics") } }
            XCTAssertTrue(["shown_refused", "invalid"].contains(error?.code), "\(String(describing: error))")
            error = await fault { try await consent.withdraw(text) }
            XCTAssertEqual(field(error)?.hasPrefix("purposes[0]"), true, "\(String(describing: error))")
            do {
                let id = try await consent.advertisingID(for: text)
                XCTAssertEqual(id, .refused(reasons: [.unknownPurpose]))
            } catch let refused {
                XCTAssertEqual(field(refused), "purpose")
            }
            error = await fault { try await consent.import([Consent.ImportChoice(purpose: text, choice: .granted, source: "old")]) }
            XCTAssertEqual(field(error)?.hasPrefix("choices[0]"), true, "\(String(describing: error))")
            error = await fault { try await consent.adoptPolicy(text) }
            XCTAssertEqual(error?.code, "policy_invalid")
            XCTAssertFalse(Consent.policyFaults(text).isEmpty)
        }
        let pending = try await consent.pending()
        XCTAssertEqual(pending, [])
        let verification = try await consent.verify()
        XCTAssertTrue(verification.ok)
    }

    func testNumbersOutsideTheirRangeAreRefused() async throws {
        let consent = try Phone().open()
        for number in [-1, Int64.min] {
            let error = await fault { _ = try await consent.history(after: 0, limit: number) }
            XCTAssertEqual(field(error), "limit")
        }
        for time in [Int64.min, Int64.max] {
            _ = try await consent.stateAt(time)
        }
        let twice = await fault {
            try await consent.record(consent.questions(surface: "settings").shown) {
                $0.refuse("marketing.sms")
                $0.grant("marketing.sms")
            }
        }
        XCTAssertEqual(field(twice)?.contains("answers"), true)
    }

    func testAFileThatIsNoneIsToldApartAndLeftAlone() throws {
        let phone = try Phone()
        let words = Data("this is no database, it is a letter to a friend".utf8)
        try words.write(to: phone.file)
        XCTAssertThrowsError(try phone.open()) { XCTAssertEqual($0 as? ConsentError, .notADatabase) }
        XCTAssertEqual(try Data(contentsOf: phone.file), words)
        XCTAssertThrowsError(try Consent.open(at: URL(string: "https://example.com/a.db")!, policy: influential())) {
            XCTAssertEqual(field($0 as? ConsentError), "file")
        }
        XCTAssertThrowsError(try Consent.open(at: phone.folder.appendingPathComponent("none/a.db"), policy: influential())) {
            XCTAssertEqual(field($0 as? ConsentError), "path")
        }
        try FileManager.default.removeItem(at: phone.file)
        XCTAssertThrowsError(try phone.open(policy: "{}")) { XCTAssertEqual(($0 as? ConsentError)?.code, "policy_invalid") }
        phone.options.server = URL(string: "http://consent.example")
        XCTAssertThrowsError(try phone.open()) { XCTAssertEqual(field($0 as? ConsentError), "server") }
    }

    func testAfterShutdownNothingIsAllowedAndEveryCallSaysWhy() async throws {
        let consent = try Phone().open()
        let form = try await consent.questions(surface: "settings")
        try await consent.grant("cookies.analytics")
        try await consent.close()
        XCTAssertFalse(consent.allows("cookies.analytics"))
        XCTAssertEqual(consent.explain("cookies.analytics").reasons, [.storeUnavailable])
        XCTAssertFalse(consent.snapshot.available)
        XCTAssertTrue(consent.allows("service"), "what needs no consent goes on")
        let calls: [() async throws -> Void] = [
            { _ = try await consent.questions(surface: "settings") },
            { try await consent.record(form.shown) { $0.grant("cookies.marketing") } },
            { try await consent.withdraw("cookies.analytics") },
            { try await consent.import([Consent.ImportChoice(purpose: "cookies.marketing", choice: .granted, source: "old")]) },
            { try await consent.signIn("acct_81") },
            { try await consent.signOut() },
            { try await consent.reportSignals(Consent.Signals(gpc: true)) },
            { _ = try await consent.pending() },
            { _ = try await consent.stuck() },
            { _ = try await consent.history() },
            { _ = try await consent.stateAt(noon) },
            { _ = try await consent.verify() },
            { try await consent.refresh() },
            { try await consent.connectivityRestored() },
        ]
        for (index, call) in calls.enumerated() {
            let error = await fault(call)
            XCTAssertEqual(error, .shutDown, "call \(index)")
        }
        try await consent.close()
    }

    func testTwoThatOpenTheSameFileAtOnceSeeOneLedger() async throws {
        let phone = try Phone()
        let (file, policy, options) = (phone.file, try influential(), phone.options)
        let opened = try await withThrowingTaskGroup(of: Consent.self) { group in
            for _ in 0..<2 {
                group.addTask { try Consent.open(at: file, policy: policy, options: options) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let (one, two) = (opened[0], opened[1])
        try await one.grant("cookies.analytics")
        try await two.grant("cookies.marketing")
        try await one.refresh()
        XCTAssertTrue(one.allows("cookies.marketing") && one.allows("cookies.analytics"))
        let verification = try await one.verify()
        XCTAssertTrue(verification.ok)
        let said = try await two.history().filter { $0.kind == "choice" }
        XCTAssertEqual(said.count, 2)
    }

    func testErrorsReadLikeSentencesAndCarryNobody() async throws {
        let consent = try Phone().open()
        let error = await fault { try await consent.signIn("someone@example.com") }
        XCTAssertEqual(field(error), "subject")
        let texts = [error?.localizedDescription, error?.recoverySuggestion, error.map { "\($0)" }].compactMap { $0 }
        XCTAssertEqual(texts.count, 3)
        XCTAssertFalse(texts.contains { $0.contains("someone") || $0.contains("example.com") })
        XCTAssertTrue(try XCTUnwrap(texts.first).hasPrefix("The argument subject "))
        let all: [ConsentError] = [
            .invalid(field: "answers[2].purpose", reason: "is answered twice in one call"), .noticeNotShown(purpose: "a"),
            .shownRefused(reason: "it is another person's"), .policyInvalid(faults: Consent.policyFaults("{}")), .policyRefused(faults: []),
            .notADatabase, .newerStore(found: 9, known: 1), .damaged(reason: "a"), .storeUnavailable(reason: "a", sqliteCode: 5), .shutDown,
            .alreadySyncing, .noServer, .tooManyPending(limit: 5), .internal,
        ]
        XCTAssertEqual(Set(all.map(\.code)).count, all.count)
        for error in all {
            XCTAssertTrue(try XCTUnwrap(error.errorDescription).hasSuffix("."), error.code)
            XCTAssertFalse(error.localizedDescription.contains("ConsentError"), error.localizedDescription)
        }
    }

    func testATokenPrintsNothingOfItself() async throws {
        let form = try await Phone().open().questions(surface: "settings")
        var dumped = ""
        dump(form, to: &dumped)
        XCTAssertFalse("\(form) \(dumped)".contains(form.shown.rawValue))
    }

    private func field(_ error: ConsentError?) -> String? {
        switch error {
        case .invalid(let field, _): field
        case .noticeNotShown: "answers[0]"
        default: nil
        }
    }
}
