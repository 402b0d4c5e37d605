import ConsentKit
import ConsentKitTesting
import Foundation
import XCTest

/// Every policy of `examples/policies`, and some that other companies might write: opened, asked, recorded and synced with the library against
/// the reference server, and answered by the fake in the same way.
final class PolicyExamplesTests: XCTestCase {
    func testEachExampleOpensAsksRecordsAndSyncs() async throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Surroundings.policies.path).filter { $0.hasSuffix(".json") }.sorted()
        XCTAssertTrue(names.contains("minimal.json"), "\(names)")
        for name in names {
            let document = try String(contentsOf: Surroundings.policies.appendingPathComponent(name), encoding: .utf8)
            let faults = Consent.policyFaults(document)
            // What a company published may lack what a law asks for: the library refuses it and says what.
            if faults.isEmpty { try await play(document, name) } else { XCTAssertTrue(Self.asPublished.contains(name), "\(name): \(faults)") }
        }
    }

    private static let asPublished = ["as-published-2020.json"]

    private func play(_ document: String, _ name: String) async throws {
        let server = try await ReferenceServer(policy: document)
        var options = ConsentOptions(server: URL(string: server.url))
        options.platform = .ios
        options.language = "en"
        options.clock = TestClock()
        options.tokens = ServerTokens(server: server)
        options.syncsByItself = false
        let file = server.folder.appendingPathComponent("consent.db")
        let native = try Consent.open(at: file, policy: document, options: options)
        let fake = try FakeConsent(policy: document, language: "en", server: .reachable)
        for consent in [native, fake.consent] { try await consent.reportSignals(Consent.Signals(tracking: .authorized, age: .above)) }
        assertAlike(native, fake.consent, "\(name), opened")

        let policy = try JSON(document)
        let form = policy["surfaces"]?.list?.first?.string ?? "first_run"
        var askable: [String] = []
        for consent in [native, fake.consent] {
            let questions = try await consent.questions(surface: form)
            askable = questions.questions.map(\.purpose)
            XCTAssertFalse(askable.isEmpty, name)
            XCTAssertFalse(questions.questions.contains { $0.notice.title.isEmpty }, name)
            try await consent.record(questions.shown) { answers in
                for (at, purpose) in askable.enumerated() { answers.answer(purpose, at % 3 != 2) }
            }
        }
        assertAlike(native, fake.consent, "\(name), answered")
        let first = try XCTUnwrap(askable.first)
        for consent in [native, fake.consent] { try await consent.withdraw(first) }
        assertAlike(native, fake.consent, "\(name), withdrawn")
        XCTAssertFalse(native.allows(first), name)

        try await native.signIn("acct_81")
        let report = try await native.sync()
        XCTAssertEqual(report.state, .upToDate, "\(name): \(report)")
        let verification = try await native.verify()
        XCTAssertTrue(verification.ok, name)
        try await native.close()
        await server.down()
    }

    private func assertAlike(_ native: Consent, _ fake: Consent, _ when: String) {
        let (left, right) = (native.snapshot, fake.snapshot)
        XCTAssertEqual(left.answers, right.answers, when)
        XCTAssertEqual(left.googleConsent, right.googleConsent, when)
        XCTAssertEqual(left.policyVersion, right.policyVersion, when)
    }

    func testEachExampleIsShownAlikeInEveryLanguage() async throws {
        for url in try FileManager.default.contentsOfDirectory(at: Surroundings.policies, includingPropertiesForKeys: nil) {
            let document = try String(contentsOf: url, encoding: .utf8)
            guard url.pathExtension == "json", Consent.policyFaults(document).isEmpty else { continue }
            for language in ["en", "ko-KR", "ja", "zh-TW", "fr-CA", "pt-BR"] {
                let settings = Settings(platform: .ios, osVersion: "17.5", language: language, policy: document)
                let (native, fake) = try await Pair.open(settings, for: self)
                let (real, faked) = (try await native.policy(), try await fake.policy())
                XCTAssertEqual(real, faked, "\(url.lastPathComponent) \(language)")
                try await native.close()
            }
        }
    }

    func testALanguageIsFoundAlike() async throws {
        let declared = ["en", "zh-Hans", "zh-Hant", "sr-Latn", "sr", "pt-BR", "pt", "es-419", "he", "nb", "uz-Cyrl", "uz-Latn"]
        let title = declared.map { "\"\($0)\": \"\($0)\"" }.joined(separator: ", ")
        let document = """
            { "id": "notes", "version": "1", "languages": [\(declared.map { "\"\($0)\"" }.joined(separator: ", "))],
              "purposes": [{ "id": "crash_reports", "title": { \(title) } }] }
            """
        for language in [
            "zh-TW", "zh-HK", "zh_TW", "zh_TW.UTF-8", "zh-Hant-HK", "zh-hant-cn", "zh", "zh-CN", "cmn-TW", "zh-u-rg-twzzzz", "sr-Cyrl", "sr-RS",
            "sr-ME", "sh", "pt-PT", "pt-br", "PT-AO", "es-MX", "iw", "no-NO", "uz", "uz-CN", "uz-AF", "fr", "EN-gb", "x",
        ] {
            let (native, fake) = try await Pair.open(Settings(platform: .ios, osVersion: "", language: language, policy: document), for: self)
            let (real, faked) = (try await native.questions(surface: "anything"), try await fake.questions(surface: "anything"))
            XCTAssertEqual(real.language, faked.language, language)
            XCTAssertEqual(real.questions, faked.questions, language)
            try await native.close()
        }
    }
}

private struct ServerTokens: Consent.AccountTokens {
    let server: ReferenceServer

    func token(for subject: String, refresh: Bool) async throws -> String? { try await server.token(subject) }
}
