import XCTest

/// Every file of `tests/scenarios` through the public Swift API: with the library, and with the fake where no database is needed.
final class ScenarioTests: XCTestCase {
    func testEveryScenarioHoldsWithTheLibrary() async throws {
        let names = try Surroundings.names()
        XCTAssertGreaterThanOrEqual(names.count, 85, "files are missing")
        try await play(names, fake: false)
    }

    func testEveryScenarioThatNeedsNoDatabaseHoldsWithTheFake() async throws {
        let names = try Surroundings.names().filter { try !Scenario(name: $0, text: Surroundings.text(of: $0)).needsDatabase }
        XCTAssertGreaterThanOrEqual(names.count, 20, "the rule for what a fake runs leaves too little")
        try await play(names, fake: true)
    }

    func testTheRuleLeavesOutWhatNeedsADatabaseAndNothingElse() throws {
        for (name, needs) in [
            ("two_accounts_on_one_phone", true), ("restart_keeps_everything", true), ("agree_to_all_is_many_records", true),
            ("night_without_consent", false), ("under_14", false), ("form_forged", false),
        ] {
            XCTAssertEqual(try Scenario(name: name, text: Surroundings.text(of: name)).needsDatabase, needs, name)
        }
    }

    /// Plays some at a time: most of a scenario's time is spent waiting for disk and network.
    private func play(_ names: [String], fake: Bool) async throws {
        let width = 4
        var played = 0
        try await withThrowingTaskGroup(of: String?.self) { group in
            var left = names.makeIterator()
            func begin() {
                guard let name = left.next() else { return }
                group.addTask {
                    do {
                        try await World.play(name, Surroundings.text(of: name), fake: fake)
                        return nil
                    } catch {
                        return "\(error)"
                    }
                }
            }
            (0..<width).forEach { _ in begin() }
            for try await fault in group {
                played += 1
                if let fault { XCTFail(fault) }
                begin()
            }
        }
        XCTAssertEqual(played, names.count)
        print("\(played) scenarios played with the \(fake ? "fake" : "library")")
    }
}
