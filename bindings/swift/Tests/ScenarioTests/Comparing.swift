import ConsentKit
import Foundation

// What an `expect` step looks at.
extension World {
    func compare(_ expected: Expected, _ device: any Device) async throws {
        let consent = try device.consent.orFault("the device is not open")
        var differences = Differences()
        Self.decided(&differences, expected, consent)
        let snapshot = consent.snapshot
        for (purpose, status) in expected.status.sorted(by: { $0.key < $1.key }) {
            differences.maybe("status \(purpose)", status, snapshot[purpose]?.status)
        }
        for (purpose, until) in expected.validUntil.sorted(by: { $0.key < $1.key }) {
            let got = try snapshot[purpose].orFault("the snapshot has no \(purpose)").validUntil
            differences.compare("valid_until \(purpose)", until.map(rfc3339), got.map(rfc3339))
        }
        differences.maybe("pending", expected.pending, snapshot.pending)
        differences.maybe("signed_in", expected.signedIn, snapshot.signedIn)
        differences.maybe("push_blocked", expected.pushBlocked, snapshot.pushBlocked)
        differences.maybe("policy_version", expected.policyVersion, snapshot.policyVersion)
        if let announced = expected.announced {
            let got = try await consent.announced().map { ($0.version, $0.daysLeft) }
            differences.compare("announced", announced, Dictionary(uniqueKeysWithValues: got))
        }
        differences.maybe("requests", expected.requests, device.requests)
        if let stuck = expected.stuck {
            differences.compare("stuck", stuck, Int64(try await consent.stuck().count))
        }
        if let history = expected.history {
            Self.compare(&differences, history, try await consent.history())
        }
        if let verify = expected.verify {
            let got = try await consent.verify()
            if got.ok != verify { differences.add("verify: expected \(verify), got \(got.fault?.what ?? "no fault")") }
        }
        try await onServer(&differences, expected)
        try differences.end()
    }

    private static func decided(_ differences: inout Differences, _ expected: Expected, _ consent: Consent) {
        for (purpose, allowed) in expected.allows.sorted(by: { $0.key < $1.key }) {
            differences.compare("allows \(purpose)", allowed, consent.explain(purpose).allowed)
        }
        for (purpose, reasons) in expected.reasons.sorted(by: { $0.key < $1.key }) {
            let decision = consent.explain(purpose)
            differences.compare("reasons \(purpose)", reasons, decision.reasons.map(\.code))
            differences.compare("allows \(purpose)", reasons.isEmpty, decision.allowed)
        }
        for purpose in Set(expected.allows.keys).union(expected.reasons.keys).sorted() {
            differences.compare("allows and explain of \(purpose)", consent.explain(purpose).allowed, consent.allows(purpose))
        }
        for (purpose, blocked) in expected.osBlocked.sorted(by: { $0.key < $1.key }) {
            differences.compare("os_blocked \(purpose)", blocked, consent.explain(purpose).osBlocked)
        }
    }

    private static func compare(_ differences: inout Differences, _ expected: ExpectedHistory, _ all: [Consent.HistoryEntry]) {
        let entries = all.filter { expected.kinds.contains($0.kind) }
        differences.compare("history entries", expected.entries.count, entries.count)
        for (at, (expected, got)) in zip(expected.entries, entries).enumerated() {
            differences.maybe("history[\(at)].kind", expected.kind, got.kind)
            differences.maybe("history[\(at)].purpose", expected.purpose, got.purpose)
            differences.maybe("history[\(at)].status", expected.status, got.status)
            differences.maybe("history[\(at)].at", expected.at, got.at)
            differences.maybe("history[\(at)].actor", expected.actor, got.actor)
            differences.maybe("history[\(at)].method", expected.method, got.method)
            differences.maybe("history[\(at)].policy_version", expected.policyVersion, got.policyVersion)
            differences.maybe("history[\(at)].language", expected.language, got.language)
        }
    }

    private func onServer(_ differences: inout Differences, _ expected: Expected) async throws {
        for (subject, purposes) in expected.server.sorted(by: { $0.key < $1.key }) {
            let states = try await server().subject(subject)["states"]?.list ?? []
            for (purpose, status) in purposes.sorted(by: { $0.key < $1.key }) {
                let state = states.first { $0["purpose"]?.string == purpose }
                differences.compare("server \(subject) \(purpose)", status.rawValue, state?["status"]?.string ?? "not_answered")
            }
        }
        for (subject, expected) in expected.serverHistory.sorted(by: { $0.key < $1.key }) {
            let changes = try await server().subject(subject)["changes"]?.list ?? []
            for (at, fields) in expected.enumerated() {
                for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
                    let got = at < changes.count ? changes[at][name] : nil
                    // A time by its instant, not by how it is written.
                    let instant = name == "at" ? value.string.flatMap { try? millis($0) } : nil
                    if let instant, instant == got?.string.flatMap({ try? millis($0) }) { continue }
                    differences.maybe("server history of \(subject)[\(at)].\(name)", value, got)
                }
            }
        }
    }
}
