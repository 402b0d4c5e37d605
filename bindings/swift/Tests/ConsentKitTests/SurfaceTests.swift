@testable import ConsentKit
import ConsentKitFFI
import XCTest

/// Every function of the core is reached through the public face.
final class SurfaceTests: XCTestCase {
    private typealias Call = (Consent, Phone) async throws -> Void

    /// By its generated name, the public call that reaches it.
    private let calls: [String: Call] = [
        "advertisingId": { consent, _ in _ = try await consent.advertisingID(for: "ad_id.measurement") },
        "adoptPolicy": { consent, _ in try await consent.adoptPolicy(influential()) },
        "announced": { consent, _ in
            let announced = try await consent.announced()
            XCTAssertEqual(announced, [])
        },
        "closed": { consent, _ in try await consent.closed(consent.questions(surface: "first_run").shown) },
        "edition": { consent, _ in
            let policy = try await consent.policy()
            let same = try await consent.edition(policy.edition)
            XCTAssertEqual(same, policy)
        },
        "connectivityRestored": { consent, _ in try await consent.connectivityRestored() },
        "history": { consent, _ in _ = try await consent.history() },
        "importChoices": { consent, _ in 
            let older = Consent.ImportChoice(purpose: "cookies.analytics", choice: .granted, source: "old")
            try await consent.import([older])
         },
        "nextPrompt": { consent, _ in _ = consent.nextPrompt() },
        "open": { _, phone in _ = try Consent.open(at: phone.folder.appendingPathComponent("other.db"), policy: influential()) },
        "pending": { consent, _ in _ = try await consent.pending() },
        "policy": { consent, _ in _ = try await consent.policy() },
        "policyFaults": { _, _ in _ = Consent.policyFaults("{}") },
        "questions": { consent, _ in _ = try await consent.questions(surface: "settings") },
        "reasonCode": { _, _ in
            for reason in everyReason {
                XCTAssertEqual(reason.code, reasonCode(reason: ConsentKitFFI.Reason(reason)))
            }
        },
        "reasonText": { _, _ in XCTAssertFalse(Consent.Reason.night.text(language: "en").isEmpty) },
        "record": { consent, _ in try await consent.grant("cookies.analytics") },
        "refresh": { consent, _ in try await consent.refresh() },
        "reportSignals": { consent, _ in try await consent.reportSignals(Consent.Signals(gpc: false)) },
        "shutdown": { consent, _ in try await consent.close() },
        "signIn": { consent, _ in try await consent.signIn("acct_81") },
        "signOut": { consent, _ in
            try await consent.signIn("acct_82")
            try await consent.signOut()
        },
        "signOutWithin": { consent, _ in
            try await consent.signIn("acct_83")
            let report = try await consent.signOut(within: 0.001)
            XCTAssertNil(report.sync, "there is no server")
            XCTAssertEqual(report.waiting.map(\.kind), [.link])
        },
        "snapshot": { consent, _ in _ = consent.snapshot },
        "stateAt": { consent, _ in _ = try await consent.stateAt(noon) },
        "stuck": { consent, _ in _ = try await consent.stuck() },
        "subscribe": { consent, _ in
            var updates = consent.updates.makeAsyncIterator()
            _ = await updates.next()
            try await consent.grant("cookies.marketing")
            let heard = await updates.next()
            XCTAssertEqual(heard?.allows("cookies.marketing"), true)
        },
        "sync": { consent, _ in
            let error = await fault { try await consent.sync() }
            XCTAssertEqual(error, .noServer)
        },
        "cookies": { consent, _ in
            let verdict = try await consent.cookies().verdict("_fbp")
            XCTAssertFalse(verdict.allowed)
        },
        "cookiesRemoved": { consent, _ in try await consent.cookiesRemoved([], left: []) },
        "webPages": { consent, _ in _ = try await consent.webPages("https://shop.example") },
        "webHandOff": { consent, _ in
            let script = try await consent.webPages("https://shop.example").handOff().script
            XCTAssertFalse(script.isEmpty)
        },
        "webMessage": { consent, _ in
            let answer = try await consent.webPages("https://shop.example").hear("{}", origin: "https://evil.example", mainFrame: true)
            XCTAssertEqual(answer.outcome, .refused(refusal: .origin))
        },
        "unrecorded": { consent, _ in XCTAssertEqual(consent.unrecorded(), []) },
        "rolledBack": { consent, _ in XCTAssertNil(consent.rolledBack()) },
        "verify": { consent, _ in _ = try await consent.verify() },
        "recover": { _, phone in
            // A whole file is refused; that it was asked is what is looked at.
            let refused = await fault { _ = try Consent.recover(at: phone.file, policy: influential(), options: phone.options) }
            XCTAssertEqual(refused?.code, "invalid")
        },
        "verifyFile": { consent, phone in
            try await consent.close()
            _ = try Consent.verifyFile(phone.file)
        },
        "withdraw": { consent, _ in try await consent.withdraw("cookies.analytics") },
    ]

    /// What the wrapper answers from its own memory or reaches in another way, and why.
    private let answeredHere: [String: String] = [
        "allows": "from the table",
        "cancel": "an observer's end is the subscription's end of life",
        "explain": "from the snapshot, which says of each purpose whether the system blocks it",
    ]

    func testEveryExportedFunctionIsCalled() async throws {
        let exported = try exportedFunctions()
        XCTAssertTrue(exported.isSuperset(of: ["record", "policyFaults", "cancel"]), "the generated code was not read")
        XCTAssertEqual(exported, Set(calls.keys).union(answeredHere.keys))
        let engine = try ["CoreEngine", "CoreWebPages"].map { try text(of: "bindings/swift/Sources/ConsentKit/\($0).swift") }.joined()
        for (name, call) in calls {
            let phone = try Phone()
            try await call(try phone.open(), phone)
            let elsewhere = ["open", "policyFaults", "reasonCode", "reasonText", "recover", "verifyFile"]
            XCTAssertTrue(elsewhere.contains(name) || engine.contains("core.\(name)("), "\(name) is not called")
        }
        for name in answeredHere.keys { XCTAssertFalse(engine.contains("core.\(name)("), "\(name) costs a call for each purpose") }
    }

    /// The functions that UniFFI generated, without the traits that the app implements.
    private func exportedFunctions() throws -> Set<String> {
        let source = try text(of: "bindings/swift/Sources/ConsentKitFFI/ConsentKitFFI.swift")
        var found: Set<String> = []
        for name in ["ConsentCoreProtocol", "ConsentSubscriptionProtocol"] {
            let start = try XCTUnwrap(source.range(of: "public protocol \(name)"))
            let end = try XCTUnwrap(source.range(of: "\n}", range: start.upperBound..<source.endIndex))
            found.formUnion(names(in: source[start.upperBound..<end.lowerBound], after: "    func "))
        }
        found.formUnion(names(in: source[...], after: "\npublic func ").filter { !$0.hasPrefix("FfiConverter") && !$0.hasPrefix("uniffi") })
        found.formUnion(names(in: source[...], after: "public static func `").map { $0.replacingOccurrences(of: "`", with: "") })
        return found
    }

    private func names(in text: Substring, after mark: String) -> [String] {
        text.components(separatedBy: mark).dropFirst().compactMap { $0.components(separatedBy: "(").first }
    }
}
