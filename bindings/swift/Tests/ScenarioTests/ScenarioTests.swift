import Testing

/// Every file of `tests/scenarios` through the public Swift API: with the library, and with the fake where no database is needed.
@Suite struct Scenarios {
    @Test("with the library", arguments: try Surroundings.names())
    func native(name: String) async throws {
        try await World.play(name, Surroundings.text(of: name), fake: false)
    }

    @Test("with the fake", arguments: try Surroundings.names().filter(Self.fakeRuns))
    func fake(name: String) async throws {
        try await World.play(name, Surroundings.text(of: name), fake: true)
    }

    @Test func theFakeRunsWhatNeedsNoDatabase() throws {
        let names = try Surroundings.names()
        let (run, left) = (names.filter(Self.fakeRuns), names.filter { !Self.fakeRuns($0) })
        #expect(names.count >= 84 && run.count >= 20, "\(run.count) of \(names.count)")
        // One that the rule must leave out for each of its reasons, and one that it must not.
        #expect(left.contains("two_accounts_on_one_phone"), "a server")
        #expect(left.contains("restart_keeps_everything"), "a second process")
        #expect(left.contains("agree_to_all_is_many_records"), "a chain to prove")
        #expect(run.contains("night_without_consent"))
    }

    /// A file that cannot be read is not left out: the fake's run fails on it as the library's does.
    private static func fakeRuns(_ name: String) -> Bool {
        guard let text = try? Surroundings.text(of: name), let scenario = try? Scenario(name: name, text: text) else { return true }
        return !scenario.needsDatabase
    }
}
