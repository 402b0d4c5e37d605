import XCTest

/// The runner itself: what it must not let pass.
final class RunnerTests: XCTestCase {
    /// What the runner says to a scenario whose steps are these, after an `open`.
    private func said(_ steps: String, server: Bool = false, fake: Bool = true) async throws -> String {
        let text = """
            { "name": "trial", "about": "A trial.", "rules": ["KR-1"], "server": \(server), "steps": [{ "step": "open" }, \(steps)] }
            """
        return try await fault("trial", text, fake: fake)
    }

    private func fault(_ name: String, _ text: String, fake: Bool) async throws -> String {
        do {
            try await World.play(name, text, fake: fake)
        } catch {
            return "\(error)"
        }
        throw ScenarioFault("the runner let it pass: \(text)")
    }

    func testAWrongExpectationIsToldWithItsStepAndBothValues() async throws {
        let fault = try await said(
            #"{ "step": "expect", "allows": { "membership": true } }, "#
                + #"{ "step": "expect", "pending": 7, "allows": { "cookies.analytics": true } }"#)
        XCTAssertEqual(fault, "trial.json step 3 (expect): allows cookies.analytics: expected true, got false; pending: expected 7, got 0")
    }

    func testEachKindOfExpectationCanFail() async throws {
        let wrong: [(step: String, told: String)] = [
            (#"{ "step": "expect", "reasons": { "cookies.analytics": ["refused"] } }"#, #"expected ["refused"], got ["not_answered"]"#),
            (#"{ "step": "expect", "status": { "cookies.analytics": "granted" } }"#, "expected granted, got not_answered"),
            (#"{ "step": "expect", "status": { "no.such.purpose": "granted" } }"#, "got nothing"),
            (
                #"{ "step": "expect", "valid_until": { "cookies.analytics": "2026-11-22T21:00:00+09:00" } }"#,
                "valid_until cookies.analytics"
            ),
            (#"{ "step": "expect", "os_blocked": { "marketing.push": true } }"#, "expected true, got false"),
            (#"{ "step": "expect", "stuck": 1 }"#, "stuck: expected 1, got 0"),
            (#"{ "step": "expect", "requests": 1 }"#, "requests: expected 1, got 0"),
            (#"{ "step": "expect", "signed_in": true }"#, "signed_in"),
            (#"{ "step": "expect", "push_blocked": true }"#, "push_blocked"),
            (#"{ "step": "expect", "policy_version": "x" }"#, "policy_version"),
            (#"{ "step": "expect", "history": { "kinds": ["choice"], "entries": [{}] } }"#, "history entries: expected 1, got 0"),
            (
                #"{ "step": "expect", "history": { "kinds": ["policy"], "entries": [{ "policy_version": "x" }] } }"#,
                "history[0].policy_version"
            ),
            (#"{ "step": "ask", "expect": { "due": false } }"#, "due: expected false, got true"),
            (#"{ "step": "ask", "expect": { "why": { "membership": "answered" } } }"#, #"got "not asked""#),
            (#"{ "step": "ask", "expect": { "status": { "membership": "granted" } } }"#, "got nothing"),
            (#"{ "step": "ask", "error": "invalid" }"#, #"expected the error "invalid", got none"#),
            (#"{ "step": "ask", "surface": "x" }"#, "expected no error, got"),
            (#"{ "step": "ask", "surface": "x", "error": "no_server" }"#, #"error: expected "no_server", got "invalid""#),
            (#"{ "step": "ask", "surface": "x", "error": "invalid", "field": "y" }"#, #"field: expected "y", got "surface""#),
            (#"{ "step": "answer", "grant": ["cookies.analytics"] }"#, "no form is on the screen"),
            (#"{ "step": "prompt", "expect": "push" }"#, #"expected "push", got "none""#),
            (
                #"{ "step": "ad_id", "purpose": "ad_id.measurement", "provider": "throws", "expect": { "refused": [] } }"#,
                "the provider was asked: expected true, got false"
            ),
            (
                #"{ "step": "state_at", "at": "2026-11-23T00:00:00Z", "expect": { "policy_version": "x", "reasons": {} } }"#,
                "policy_version"
            ),
            (
                #"{ "step": "import", "choices": [{ "purpose": "marketing.email", "choice": "granted", "source": "s" }], "#
                    + #""expect": { "imported": [], "kept": [] } }"#,
                "imported: expected [], got"
            ),
        ]
        for fake in [false, true] {
            for (step, told) in wrong {
                let fault = try await said(step, fake: fake)
                XCTAssertTrue(fault.hasPrefix("trial.json step 2 (") && fault.contains(told), "\(step)\n\(fault)")
            }
        }
    }

    func testAProofIsLookedAt() async throws {
        let native = try await said(#"{ "step": "expect", "verify": false }"#, fake: false)
        XCTAssertTrue(native.contains("verify: expected false"))
        let fake = try await said(#"{ "step": "expect", "verify": true }"#)
        XCTAssertTrue(fake.contains("verify: expected true"))
    }

    func testAProviderThatMustNotBeAskedIsNoticed() async throws {
        for fake in [false, true] {
            let fault = try await said(
                #"""
                { "step": "open", "device": "b", "platform": "android" }, { "step": "ask", "device": "b" },
                { "step": "answer", "device": "b", "grant": ["ad_id.measurement"] },
                { "step": "ad_id", "device": "b", "purpose": "ad_id.measurement", "expect": { "refused": ["ad_id_unavailable:failed"] } }
                """#, fake: fake)
            XCTAssertTrue(fault.contains("the provider was asked: expected false, got true"), fault)
        }
    }

    func testWhatTheServerSaysCanFail() async throws {
        let wrong: [(step: String, told: String)] = [
            (
                #"{ "step": "expect", "server": { "acct_81": { "marketing.email": "granted" } } }"#,
                #"expected "granted", got "not_answered""#
            ),
            (#"{ "step": "expect", "server_history": { "acct_81": [{ "purpose": "marketing.email" }] } }"#, "got nothing"),
            (#"{ "step": "sync", "expect": { "state": "up_to_date" } }"#, #"expected "up_to_date", got "quiet""#),
            (
                #"{ "step": "web", "subject": "acct_81", "purpose": "marketing.email", "choice": "granted", "expect": "stale_grant" }"#,
                "outcome"
            ),
            (
                #"{ "step": "may_send", "subject": "acct_81", "channel": "email", "expect": { "allowed": true, "reasons": [] } }"#,
                "allowed"
            ),
        ]
        for (step, told) in wrong {
            let fault = try await said(step, server: true, fake: false)
            XCTAssertTrue(fault.contains(told), "\(step)\n\(fault)")
            let without = try await said(step, fake: false)
            XCTAssertTrue(without.lowercased().contains("server"), "\(step)\n\(without)")
        }
    }

    func testAFileIsReadStrictly() async throws {
        let wrong: [(steps: String, told: String)] = [
            (#"{ "step": "jump" }"#, "step 2 (jump): unknown step"),
            (#"{ "step": "sync", "expects": {} }"#, "unknown field expects"),
            (#"{ "step": "expect", "allowed": {} }"#, "unknown field allowed"),
            (#"{ "step": "ask", "expect": { "dew": true } }"#, "unknown field dew"),
            (#"{ "step": "expect" }"#, "expects nothing"),
            (#"{ "step": "expect", "status": { "marketing.email": "maybe" } }"#, "status knows no maybe"),
            (#"{ "step": "expect", "pending": "0" }"#, "pending is no whole number"),
            (#"{ "step": "shutdown", "field": "x" }"#, "a field without an error"),
            (#"{ "step": "server", "do": "up", "device": "a" }"#, "is no device's"),
            (#"{ "step": "expect", "pending": 0, "pending": 1 }"#, "the key pending comes twice"),
            (#"{ "step": "expect", "device": "b", "pending": 0 }"#, "no device \"b\" was opened"),
            (#"{ "step": "open" }"#, "was opened before"),
            (#"{ "step": "clock", "advance": "3 days" }"#, "is no duration"),
            (#"{ "step": "clock", "set": "tomorrow" }"#, "is no RFC 3339 time"),
            (#"{ "step": "restart", "policy": { "set": [{ "at": "/no/such", "value": 1 }] } }"#, "the policy has no /no/such"),
            (#"{ "step": "restart" }"#, "a fake has no second process"),
        ]
        for (steps, told) in wrong {
            let fault = try await said(steps)
            XCTAssertTrue(fault.hasPrefix("trial.json") && fault.contains(told), "\(steps)\n\(fault)")
        }
        let named = #"{ "name": "other", "about": "A trial.", "rules": ["KR-1"], "steps": [{ "step": "open" }] }"#
        let fault = try await fault("trial", named, fake: true)
        XCTAssertTrue(fault.contains(#"its name says "other""#), fault)
    }

    func testWhetherAFileNeedsADatabaseIsReadFromItsSteps() throws {
        let past = #"{ "step": "state_at", "at": "2026-11-23T00:00:00Z", "expect": { "policy_version": "", "reasons": {} } }"#
        for (step, needs) in [
            (#"{ "step": "restart" }"#, true), (past, true), (#"{ "step": "open", "copy_of": "b" }"#, true),
            (#"{ "step": "expect", "verify": true }"#, true), (#"{ "step": "server", "do": "up" }"#, true),
            (#"{ "step": "page", "subject": "s", "name": "n" }"#, true), (#"{ "step": "expect", "pending": 0 }"#, false),
            (#"{ "step": "open" }"#, false), (#"{ "step": "sync" }"#, false), (#"{ "step": "sign_in", "subject": "s" }"#, false),
            (#"{ "step": "shutdown" }"#, false), (#"{ "step": "adopt_policy", "policy": { "edition": 4 } }"#, false),
        ] {
            let text = #"{ "name": "t", "about": "A.", "rules": ["KR-1"], "steps": [\#(step)] }"#
            XCTAssertEqual(try Scenario(name: "t", text: text).needsDatabase, needs, step)
        }
        let server = #"{ "name": "t", "about": "A.", "rules": ["KR-1"], "server": true, "steps": [{ "step": "open" }] }"#
        XCTAssertTrue(try Scenario(name: "t", text: server).needsDatabase)
    }
}
