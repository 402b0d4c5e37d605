import ConsentKit

/// The app's own log-in: whatever brings an access token of the account.
protocol LogInService: Sendable {
    func accessToken(of subject: String, renewed: Bool) async throws -> String
}

/// Hands the account's tokens to the sync.
struct MemberTokens: Consent.AccountTokens {
    let service: any LogInService

    func token(for subject: String, refresh: Bool) async throws -> String? {
        try await service.accessToken(of: subject, renewed: refresh)
    }
}

/// What happens once the log-in succeeded.
@MainActor
struct LogIn {
    let consent: Consent

    /// Signs in, fetches what the person said elsewhere, and tells whether a form has to be shown.
    ///
    /// - Parameter subject: The account's pseudonym, never an e-mail address or a telephone number.
    func run(_ subject: String, age: Consent.AgeBand) async throws -> Bool {
        try await consent.signIn(subject)
        // Age and guardian belong to the person in front of the screen, and ended with the sign-in.
        try await consent.reportSignals(Consent.Signals(age: age))
        // What was withdrawn on the web must not be asked again: the server is heard first, for as long as the person would wait.
        _ = try? await consent.sync(within: 5)
        return try await consent.questions(surface: "first_run").due
    }
}
