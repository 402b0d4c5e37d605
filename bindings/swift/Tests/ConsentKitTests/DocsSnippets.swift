import ConsentKit
import Foundation
#if canImport(SwiftUI)
import SwiftUI
#endif

/// What docs/swift.md shows, compiled. `cargo test --test snippets` compares the two; what it does is tested elsewhere.
enum DocsSnippets {
    static func firstRun(policy: String, server: URL?) async throws {
        let file = try Consent.standardFile()
        let consent = try Consent.open(at: file, policy: policy, options: ConsentOptions(server: server))
        precondition(!consent.allows("marketing.email"))

        let form = try await consent.questions(surface: "first_run")
        if form.due {
            try await consent.record(form.shown) {
                $0.grant("marketing.data_use")
                $0.grant("marketing.email")
                $0.refuse("marketing.push")
            }
        }
        precondition(consent.allows("marketing.email"))
    }

    static func reading(_ consent: Consent, startAnalytics: () -> Void) -> [String] {
        if consent.allows("cookies.analytics") { startAnalytics() }

        let decision = consent.explain("ad_id.personalised_ads")
        let why = decision.reasons.map { $0.text(language: "ko") }
        return why
    }

    static func opening(policy: String, server: URL?, login: Login, file: URL) throws -> Consent {
        var options = ConsentOptions(server: server)
        options.tokens = MemberTokens(login: login)
        let consent = try Consent.open(at: file, policy: policy, options: options)
        return consent
    }

    static func logging(_ logger: Logger) -> ConsentOptions {
        var options = ConsentOptions()
        options.log = { event in logger.info("consent: \(event.name) \(event.code)") }
        return options
    }

    static func account(_ consent: Consent, later: (Int64?) -> Void) async throws {
        func tryAgain(after time: Int64?) { later(time) }
        try await consent.signIn("acct_81")
        let report = try await consent.sync()
        if report.state == .waiting { tryAgain(after: report.retryAt) }
    }
}

/// The app's own log-in.
struct Login: Sendable {
    let answer: @Sendable (_ renewed: Bool) -> String?
    func accessToken(renewed: Bool) async throws -> String? { answer(renewed) }
}

/// Of the shape of the system's, that is only on Apple's systems.
struct Logger: Sendable {
    let write: @Sendable (String) -> Void
    func info(_ text: String) { write(text) }
}

struct MemberTokens: Consent.AccountTokens {
    let login: Login

    func token(for subject: String, refresh: Bool) async throws -> String? {
        try await login.accessToken(renewed: refresh)
    }
}

struct MarketingSwitch: View {
    let consent: Consent
    let purpose: String
    let onChange: (Bool) -> Void
    @State private var snapshot: Consent.Snapshot?

    var body: some View {
        Toggle("이메일로 소식 받기", isOn: Binding(get: { snapshot?.allows(purpose) ?? false }, set: onChange))
            .task { for await next in consent.updates { snapshot = next } }
    }
}
