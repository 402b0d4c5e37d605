import ConsentKit
import ConsentKitTesting
import Foundation
import XCTest

/// What the library refuses, the fake refuses with the same words.
final class BadArgumentsTests: XCTestCase {
    func test_f_73_theFakeNamesTheSameFaultInTheSameWords() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var options = ConsentOptions()
        options.platform = .ios
        options.language = "ko"
        let native = try Consent.open(at: folder.appendingPathComponent("consent.db"), policy: Surroundings.policy, options: options)
        let fake = try FakeConsent(policy: Surroundings.policy).consent
        let row: @Sendable (String, Int64?) -> Consent.ImportChoice = { purpose, date in
            Consent.ImportChoice(purpose: purpose, choice: .granted, saidAt: date, source: "old")
        }
        let calls: [(String, @Sendable (Consent) async throws -> Void)] = [
            ("a token that is none", { try await $0.record(Consent.Shown(rawValue: "forged")) { $0.grant("cookies.analytics") } }),
            ("a token of another ledger", { try await $0.record(Consent.Shown(rawValue: String(repeating: "a", count: 64) + ".{}")) { $0.grant("cookies.analytics") } }),
            ("an empty token", { try await $0.record(Consent.Shown(rawValue: "")) { $0.grant("cookies.analytics") } }),
            ("two bad rows", { try await $0.import([row("cookies.analytics", 1), row("no.such", nil), row("", 7)]) }),
            ("two bad rows, the other way", { try await $0.import([row("", 7), row("no.such", nil), row("cookies.analytics", 1)]) }),
            ("a good row before a bad one", { try await $0.import([row("cookies.analytics", nil), row("no such", nil)]) }),
            ("no row", { try await $0.import([]) }), ("no purpose", { try await $0.withdraw([]) }),
            ("an unknown purpose", { try await $0.withdraw("cookies.analytics", "no.such", "") }),
            ("one answered twice", { consent in
                let shown = try await consent.questions(surface: "settings").shown
                try await consent.record(shown) {
                    $0.grant("cookies.analytics")
                    $0.refuse("no.such")
                    $0.refuse("cookies.analytics")
                }
            }),
            ("no answer", { consent in
                let shown = try await consent.questions(surface: "settings").shown
                try await consent.record(shown, [])
            }),
            ("a surface that is none", { _ = try await $0.questions(surface: "nowhere") }), ("an empty surface", { _ = try await $0.questions(surface: "") }),
            ("a limit", { _ = try await $0.history(limit: 0) }), ("a sync of no time", { try await $0.sync(within: -.infinity) }),
            ("a placeholder", { try await $0.signIn("null") }), ("an id for nothing", { _ = try await $0.advertisingID(for: "cookies.analytics") }),
        ]
        for (name, call) in calls {
            let (real, faked) = (await fault(native, call), await fault(fake, call))
            XCTAssertNotNil(real, name)
            XCTAssertEqual(real, faked, name)
        }
    }

    private func fault(_ consent: Consent, _ call: @Sendable (Consent) async throws -> Void) async -> ConsentError? {
        do {
            try await call(consent)
            return nil
        } catch {
            return error as? ConsentError
        }
    }
}
