import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The company's server for the sample: the reference server as a process of its own, and the company's log-in, which knows its key.
final class CompanyServer: LogInService, @unchecked Sendable {
    let url: URL
    private static let key = "operator-key-of-one-run-of-the-sample"
    private let process = Process()

    /// - Parameters:
    ///   - program: The reference server's program; `cargo xtask swift --sample` builds it.
    ///   - folder: Where its database lies.
    ///   - policy: The policy document that it answers with.
    init(program: String, folder: URL, policy: String) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["--listen", "127.0.0.1:0", "--database", folder.appendingPathComponent("server.db").path, "--policy", policy]
        process.environment = ["CONSENTKIT_OPERATOR_KEY": Self.key]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var (said, address) = ("", String?.none)
        while address == nil {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { break }
            said += String(decoding: more, as: UTF8.self)
            // Whole lines only: the last one may still be on its way.
            let lines = said.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            address = lines.first { $0.hasPrefix("listening on ") }?.split(separator: " ").last.map(String.init)
        }
        guard let url = address.flatMap({ URL(string: $0) }) else { throw CocoaError(.executableNotLoadable) }
        self.url = url
    }

    func accessToken(of subject: String, renewed: Bool) async throws -> String {
        struct Answer: Decodable { let token: String }
        return try JSONDecoder().decode(Answer.self, from: try await call("POST", "/v1/subjects/\(subject)/token")).token
    }

    /// Everything that the server knows of an account, as text.
    func known(of subject: String) async throws -> String {
        String(decoding: try await call("GET", "/v1/subjects/\(subject)"), as: UTF8.self)
    }

    private func call(_ method: String, _ path: String) async throws -> Data {
        var request = URLRequest(url: url.appendingPathComponent(path))
        request.httpMethod = method
        request.setValue("Bearer \(Self.key)", forHTTPHeaderField: "Authorization")
        return try await URLSession.shared.data(for: request).0
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}
