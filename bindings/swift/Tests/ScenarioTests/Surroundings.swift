import Foundation

/// Where the runner finds what is not Swift: the files of the repository and the reference server.
enum Surroundings {
    private static let root = (1...5).reduce(URL(fileURLWithPath: #filePath)) { path, _ in path.deletingLastPathComponent() }

    static let scenarios = root.appendingPathComponent("tests/scenarios")

    /// `examples/policies`: what other companies might write.
    static let policies = root.appendingPathComponent("examples/policies")

    /// `examples/influential/policy.json`.
    static let policyFile = root.appendingPathComponent("examples/influential/policy.json")
    static let policy = (try? String(contentsOf: policyFile, encoding: .utf8)) ?? ""

    /// The reference server's program: `CONSENTKIT_SERVER`, else where Cargo leaves it.
    static let server: URL = {
        let given = ProcessInfo.processInfo.environment["CONSENTKIT_SERVER"]
        return given.map { URL(fileURLWithPath: $0) } ?? root.appendingPathComponent("target/debug/consentkit-server")
    }()

    /// A folder of its own under the system's temporary one.
    static func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("consentkit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// The names of all scenarios, without `.json`.
    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: scenarios.path).filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
            .sorted()
    }

    static func text(of name: String) throws -> String {
        try String(contentsOf: scenarios.appendingPathComponent("\(name).json"), encoding: .utf8)
    }
}
