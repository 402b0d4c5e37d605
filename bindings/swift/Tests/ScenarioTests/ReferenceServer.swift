import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The reference server as a process of its own, with an empty database. Address, database and operator key stay through every restart.
final class ReferenceServer: @unchecked Sendable {
    private static let operatorKey = "operator-key-of-the-scenarios"
    private static let database = "server.db"
    private static let backup = "backup.db"

    let folder: URL
    private let session = URLSession(configuration: .ephemeral)
    private var policies: [URL] = [Surroundings.policyFile]
    private var address = "127.0.0.1:0"
    private var process: Process?

    /// Answers with a policy of its own, or with the one of the scenarios.
    init(policy: String? = nil) async throws {
        folder = try Surroundings.temporaryFolder()
        if let policy {
            let file = folder.appendingPathComponent("policy.json")
            try policy.write(to: file, atomically: true, encoding: .utf8)
            policies = [file]
        }
        try await up()
    }

    deinit {
        process?.terminate()
        session.invalidateAndCancel()
        try? FileManager.default.removeItem(at: folder)
    }

    var url: String { "http://\(address)" }

    func perform(_ deed: Deed) async throws {
        switch deed {
        case .down: await down()
        case .up: try await up()
        case .publish(let policy): try await publish(policy.document())
        case .backUp: try await copy(Self.database, Self.backup)
        case .restore: try await copy(Self.backup, Self.database)
        }
    }

    /// Starts it where it does not run, and waits until it listens.
    private func up() async throws {
        if process != nil { return }
        let (process, output) = (Process(), Pipe())
        process.executableURL = Surroundings.server
        process.arguments =
            ["--listen", address, "--database", folder.appendingPathComponent(Self.database).path]
            + policies.flatMap { ["--policy", $0.path] }
        process.environment = ["CONSENTKIT_OPERATOR_KEY": Self.operatorKey]
        process.currentDirectoryURL = folder
        process.standardOutput = output
        do {
            try Self.listeningToSignals { try process.run() }
        } catch {
            throw ScenarioFault("the reference server \(Surroundings.server.path) does not start: \(error)")
        }
        address = try await Self.address(from: output.fileHandleForReading).orFault("the reference server ended before it listened")
        self.process = process
    }

    /// A child begins with the signals blocked that the thread which starts it blocks, and Dispatch's threads block all: it would
    /// not hear that it should stop.
    static func listeningToSignals(_ start: () throws -> Void) rethrows {
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try start()
    }

    /// Waits for the line that tells where it listens; nil where the output ends without it.
    private static func address(from output: FileHandle) async -> String? {
        await withCheckedContinuation { continuation in
            // Off Swift's own threads: reading from a pipe blocks.
            DispatchQueue.global().async {
                var said = Data()
                while true {
                    let more = output.availableData
                    said.append(more)
                    let lines = String(decoding: said, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                    if let line = lines.first(where: { $0.hasPrefix("listening on ") }) {
                        return continuation.resume(returning: line.split(separator: "/").last.map(String.init))
                    }
                    if more.isEmpty { return continuation.resume(returning: nil) }
                }
            }
        }
    }

    /// Stops it and waits until it is gone, so that its port and its file are free.
    func down() async {
        guard let process else { return }
        self.process = nil
        await withCheckedContinuation { continuation in
            process.terminationHandler = { _ in continuation.resume() }
            process.terminate()
        }
    }

    /// Restarts it with one more policy.
    private func publish(_ document: String) async throws {
        let file = folder.appendingPathComponent("policy-\(policies.count).json")
        try document.write(to: file, atomically: true, encoding: .utf8)
        policies.append(file)
        await down()
        try await up()
    }

    /// Puts one database file in another's place. A stopped server leaves no journal: the one file is everything.
    private func copy(_ from: String, _ to: String) async throws {
        await down()
        let files = FileManager.default
        for journal in ["-wal", "-shm"] {
            try? files.removeItem(at: folder.appendingPathComponent(to + journal))
            let left = folder.appendingPathComponent(from + journal)
            if files.fileExists(atPath: left.path) { throw ScenarioFault("the server left a journal") }
        }
        try? files.removeItem(at: folder.appendingPathComponent(to))
        try files.copyItem(at: folder.appendingPathComponent(from), to: folder.appendingPathComponent(to))
        try await up()
    }

    // MARK: - The operator's endpoints

    /// What an endpoint answers; any status but 200 is a fault, except one that the caller knows what to make of.
    func operate(_ method: String, _ path: String, _ body: JSON? = nil, unless known: Int? = nil) async throws -> JSON {
        let url = try URL(string: url + path).orFault("\(path) is no path")
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.httpBody = body.map { Data($0.written.utf8) }
        request.setValue("Bearer \(Self.operatorKey)", forHTTPHeaderField: "Authorization")
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        // A connection that outlives a restart would be a dead one.
        request.setValue("close", forHTTPHeaderField: "Connection")
        let (data, response) = try await session.data(for: request)
        let (status, text) = ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
        if status == known { return .null }
        if status != 200 { throw ScenarioFault("the server answered \(status): \(text)") }
        return try JSON(text)
    }

    /// A subject's states and changes; neither where the server knows nothing of them.
    func subject(_ subject: String) async throws -> JSON {
        try await operate("GET", "/v1/subjects/\(subject)", unless: 404)
    }

    /// What a page drawn now shows of a subject.
    func seen(_ subject: String) async throws -> [String: JSON] {
        let states = try await self.subject(subject)["states"]?.list ?? []
        return Dictionary(states.map { ($0["purpose"]?.string ?? "", $0["seen"] ?? .null) }) { first, _ in first }
    }

    /// A change made on the company's web page.
    func change(_ subject: String, _ change: JSON) async throws -> JSON {
        try await operate("POST", "/v1/subjects/\(subject)/changes", .object(["changes": .list([change])]))
    }

    /// An account's token, as the app's log-in would give it.
    func token(_ subject: String) async throws -> String? {
        try await operate("POST", "/v1/subjects/\(subject)/token")["token"]?.string
    }
}
