import ConsentKit
import ConsentKitTesting
import XCTest

/// What a delivered edition may change: the fake says it as the library does, fault by fault.
final class DeliveredEditionsTests: XCTestCase {
    private static let dayMs: Int64 = 86_400_000
    /// Stands in a change for the number of the edition that is delivered.
    private static let edition = JSON.text("EDITION")

    private struct Vectors {
        let policy: JSON
        let changes: [(name: String, change: PolicyChange, faults: [String])]

        init() throws {
            let file = Surroundings.scenarios.deletingLastPathComponent().appendingPathComponent("bindings/delivered_editions.json")
            let vectors = try JSON(String(contentsOf: file, encoding: .utf8))
            policy = try vectors["policy"].orFault("no policy")
            changes = try vectors["changes"]?.list?.map { entry in
                var change = PolicyChange()
                change.set = try entry["set"]?.list?.map { put in
                    (at: try put["at"].flatMap(\.string).orFault("no place"), value: try put["value"].orFault("no value"))
                } ?? []
                change.remove = entry["remove"]?.list?.compactMap(\.string) ?? []
                return (entry["name"]?.string ?? "", change, entry["faults"]?.list?.compactMap(\.string) ?? [])
            } ?? []
        }

        /// The document with one change, as another edition; nil where the change does not fit it.
        func edited(_ document: JSON, _ change: PolicyChange, edition: Int64) -> JSON? {
            var document = document
            do {
                for (at, value) in change.set {
                    try document.put(value == DeliveredEditionsTests.edition ? .number("\(edition)") : value, at: at)
                }
                for at in change.remove { try document.remove(at: at) }
                try document.put(.number("\(edition)"), at: "/edition")
                try document.put(.text("\(edition)"), at: "/version")
                return document
            } catch {
                return nil
            }
        }
    }

    func test_f_10_f_36_theFakeRefusesOfADeliveredEditionWhatTheLibraryRefuses() async throws {
        let vectors = try Vectors()
        XCTAssertGreaterThan(vectors.changes.count, 50)
        for (name, change, expected) in vectors.changes {
            let (native, fake) = try await open(vectors.policy)
            let document = try XCTUnwrap(vectors.edited(vectors.policy, change, edition: 2), name).written
            let (left, right) = (try await faults(native, document), try await faults(fake, document))
            XCTAssertEqual(left, expected, "the library: \(name)")
            XCTAssertEqual(right, expected, "the fake: \(name)")
            XCTAssertEqual(Facts(native.snapshot), Facts(fake.snapshot), name)
        }
    }

    /// One edition after another, some for a later day, each with changes of its own; in between people answer and days go by.
    func test_f_10_f_36_theyAgreeAboutEveryChainOfDeliveredEditions() async throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["CONSENTKIT_NIGHT"] == nil ? 250 : 2_500
        let first = environment["CONSENTKIT_SEED"].flatMap { UInt64($0) } ?? 1
        print("\(count) chains of delivered editions from CONSENTKIT_SEED=\(first) on")
        let vectors = try Vectors()
        var endings: Set<String> = []
        var editions = 0
        for seed in first..<first + UInt64(count) {
            var random = Random(state: seed)
            let clock = TestClock()
            let (native, fake) = try await open(vectors.policy, clock)
            var newest = vectors.policy
            for step in 0..<2 + random.below(6) {
                let place = "seed \(seed), step \(step)"
                if random.below(3) == 0 { clock.advance(milliseconds: Int64(random.below(6 * Int(Self.dayMs)))) }
                if random.below(3) == 0 { try await answer(&random, native, fake, place) }
                guard let document = next(&random, vectors, newest, clock) else { continue }
                let (left, right) = (try await faults(native, document.written), try await faults(fake, document.written))
                XCTAssertEqual(left, right, "\(place): \(document.written)")
                let (ours, theirs) = (try await seen(native), try await seen(fake))
                XCTAssertEqual(ours, theirs, place)
                XCTAssertEqual(Facts(native.snapshot), Facts(fake.snapshot), place)
                endings.formUnion(left.isEmpty ? ["taken"] : left.compactMap { $0.split(separator: " ").last.map(String.init) })
                if left.isEmpty || random.below(4) == 0 { newest = document }
                editions += 1
                if testRun?.failureCount ?? 0 > 0 { return }
            }
        }
        print("\(count) chains, \(editions) delivered editions, 0 differences; \(endings.sorted())")
        let reached = ["taken", "consent_taken_away", "guard_weakened", "material_not_raised", "older_edition", "dates_backwards"]
        XCTAssertEqual(Set(reached).subtracting(endings).sorted(), [], "never reached")
    }

    private func open(_ policy: JSON, _ clock: TestClock = TestClock()) async throws -> (native: Consent, fake: Consent) {
        try await Pair.open(Settings(platform: .android, osVersion: "", language: "en", policy: policy.written), clock: clock, for: self)
    }

    private func answer(_ random: inout Random, _ native: Consent, _ fake: Consent, _ place: String) async throws {
        let asked = try await native.questions(surface: "settings").questions.map(\.purpose)
        let answers = random.shuffled(asked).prefix(1 + random.below(3)).map { purpose in
            Consent.Answer(purpose: purpose, choice: random.below(2) == 0 ? .granted : .refused, method: .toggle, actor: .person)
        }
        if answers.isEmpty { return }
        var endings: [String] = []
        for consent in [native, fake] {
            do {
                let receipt = try await consent.record(try await consent.questions(surface: "settings").shown, answers)
                endings.append(receipt.items.map { $0.choice.rawValue }.joined())
            } catch {
                endings.append(error.code)
            }
        }
        XCTAssertEqual(endings[0], endings[1], "\(place): \(answers)")
    }

    /// A later edition of a document, mostly by one; nil where the changes do not fit it, or make no policy of it.
    private func next(_ random: inout Random, _ vectors: Vectors, _ newest: JSON, _ clock: TestClock) -> JSON? {
        let before = newest["edition"]?.int ?? 1
        let edition = random.below(6) == 0 ? max(1, before + Int64(random.below(4)) - 1) : before + 1
        var document: JSON? = newest
        for _ in 0...random.below(2) {
            let change = random.of(vectors.changes).change
            document = document.flatMap { vectors.edited($0, change, edition: edition) }
        }
        func day(_ days: Int) -> JSON {
            .text(String(rfc3339(clock.now() + Int64(days) * Self.dayMs).prefix(10)))
        }
        guard var document else { return nil }
        do {
            switch random.below(4) {
            case 0: try document.put(day(1 + random.below(8)), at: "/effective_on")
            case 1: try document.put(day(-random.below(3)), at: "/effective_on")
            default: break
            }
            if document["effective_on"] != nil && random.below(4) == 0 { try document.put(day(-random.below(9)), at: "/announced_on") }
        } catch {
            return nil
        }
        return Consent.policyFaults(document.written).isEmpty ? document : nil
    }

    private func faults(_ consent: Consent, _ document: String) async throws -> [String] {
        do {
            try await consent.adoptPolicy(document)
            return []
        } catch {
            guard case .policyRefused(let faults) = error else { throw error }
            return faults.map { "\($0.pointer) \($0.code.rawValue)" }
        }
    }

    /// What is announced, and what the history tells of editions.
    private func seen(_ consent: Consent) async throws -> [String] {
        let announced = try await consent.announced().map { "\($0.edition) \($0.version) \($0.from) \($0.daysLeft) \($0.asksAgain) \($0.asksFirst)" }
        let history = try await consent.history().map { "\($0.seq) \($0.kind) \($0.edition ?? 0)" }
        return announced + history + [try await consent.policy().version]
    }
}
