import ConsentKit

/// What happens at the log-out.
@MainActor
struct LogOut {
    let consent: Consent

    /// Sends what waits, signs out whatever becomes of that, and says what the person has to know; nil where everything arrived.
    func run() async throws -> String? {
        let report = try await consent.signOut(within: 5)
        let withdrawals = report.waiting.filter(\.lowers).count
        let others = report.waiting.count - withdrawals
        switch (withdrawals, others) {
        case (0, 0): return nil
        case (_, 0): return "철회 \(withdrawals)건은 다음에 연결되면 전송됩니다."
        default: return "변경 \(others)건은 이 계정으로 다시 로그인하면 전송됩니다."
        }
    }

    /// The same without waiting: the account's answers count no longer from here on, with or without a network.
    func runAtOnce() async throws {
        try await consent.signOut()
    }
}
