import ConsentKit
import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif
#if canImport(SwiftUI)
import SwiftUI
#endif

/// What docs/swift.md shows, compiled as an app has it: in a view model of the main actor, in Swift 6 mode (F-58). `cargo test --test snippets`
/// compares the two; what it does is tested elsewhere.
@MainActor
final class DocsSnippets {
    var wantsPush = false
    var snapshot: Consent.Snapshot?

    func firstRun(policy: String, server: URL?) async throws {
        let file = try Consent.standardFile()
        let consent = try Consent.open(at: file, policy: policy, options: ConsentOptions(server: server))
        precondition(!consent.allows("marketing.email"))

        let form = try await consent.questions(surface: "first_run")
        if form.due {
            try await consent.record(form.shown) {
                $0.grant("marketing.data_use")
                $0.grant("marketing.email")
                $0.answer("marketing.push", wantsPush)
            }
        }
        precondition(consent.allows("marketing.email"))
    }

    func handedOutAtOnce(file: URL, policy: String, server: URL?) async throws {
        let consent = Consent.opening(at: file, policy: policy, options: ConsentOptions(server: server))
        for await snapshot in consent.updates { self.snapshot = snapshot }
    }

    func makeAGate(consent: Consent, suffixes: String) async throws {
        let gate = try await consent.cookies(Consent.CookieOptions(publicSuffixes: suffixes))
        precondition(gate.request("session_id=1; _ga=2") == "session_id=1")
    }

    func urlSession(gate: Consent.CookieGate, url: URL, response: HTTPURLResponse) -> URLSessionConfiguration {
        var request = URLRequest(url: url)

        let configuration = URLSessionConfiguration.default
        configuration.httpShouldSetCookies = false
        configuration.httpCookieAcceptPolicy = .never
        request.setValue(gate.header(for: url, from: .shared), forHTTPHeaderField: "Cookie")
        gate.keep(response, in: .shared)

        return configuration
    }

    func afterAWithdrawal(consent: Consent, gate: Consent.CookieGate, webViewJar: any Consent.CookieJar) async throws {
        try await consent.purge(Consent.URLSessionJar(), by: gate)
        try await consent.purge(webViewJar, by: gate)
    }

    func reading(_ consent: Consent, startAnalytics: () -> Void) -> [String] {
        if consent.allows("cookies.analytics") { startAnalytics() }

        let decision = consent.explain("ad_id.personalised_ads")
        let why = decision.reasons.map { consent.text(of: $0) }
        return why
    }

    func agreed(
        _ consent: Consent, show: (Consent.PolicyView) -> Void, tell: (String, Int64, [String]) -> Void
    ) async throws {
        let answers = try await consent.history().filter { $0.purpose == "marketing.email" }
        if let edition = answers.last?.edition { show(try await consent.edition(edition)) }
        for next in try await consent.announced() { tell(next.version, next.daysLeft, next.asksAgain) }
    }

    func asking(_ consent: Consent, count: () -> Void) {
        let analytics = consent.purpose("cookies.analytics")
        if analytics.allows() { count() }
    }

    func opening(policy: String, server: URL?, login: Login, file: URL) throws -> Consent {
        var options = ConsentOptions(server: server)
        options.tokens = MemberTokens(login: login)
        let consent = try Consent.open(at: file, policy: policy, options: options)
        return consent
    }

    func logging(_ logger: Logger) -> ConsentOptions {
        var options = ConsentOptions()
        options.log = { event in logger.info("consent: \(event.name) \(event.codes.joined(separator: " "))") }
        return options
    }

    func account(_ consent: Consent, later: (Int64?) -> Void) async throws {
        func tryAgain(after time: Int64?) { later(time) }
        try await consent.signIn("acct_81")
        let report = try await consent.sync()
        if report.state == .waiting { tryAgain(after: report.retryAt) }
    }

    func leaving(_ consent: Consent, tell: (String) -> Void) async throws {
        let report = try await consent.signOut(within: 5)
        if !report.waiting.isEmpty { tell("아직 보내지 못한 변경이 \(report.waiting.count)건 있습니다.") }
    }

    func child(_ consent: Consent) async throws {
        try await consent.reportSignals(Consent.Signals(age: .below, guardian: .verified))
        let form = try await consent.questions(surface: "settings")
        try await consent.record(form.shown) { $0.grant("cookies.analytics", actor: .guardian) }
    }

    func fullDisk(_ consent: Consent, tell: (String) -> Void) async throws {
        do {
            try await consent.withdraw("marketing.email")
        } catch {
            guard case .storeUnavailable = error else { throw error }
            // It counts already, and the next start or a later call records it: `unrecorded()` lists it until then.
            tell("동의 철회를 저장할 공간이 없습니다. 공간을 비워 주세요.")
        }
    }
}

/// What an app does with a file that is damaged or was put back.
struct FileCare {
    let tell: (String) -> Void

    func openOrRecover(at file: URL, policy: String, options: ConsentOptions) throws(ConsentError) -> Consent {
        do {
            return try Consent.open(at: file, policy: policy, options: options)
        } catch {
            guard case .damaged = error else { throw error }
            let saved = try Consent.recover(at: file, policy: policy, options: options)
            tell("\(saved.records) records were saved, \(saved.lost) are gone")
            return try Consent.open(at: file, policy: policy, options: options)
        }
    }

    func sayWhatIsGone(_ consent: Consent) {
        if let lost = consent.rolledBack(), let since = lost.since {
            tell("What was said since \(Date(timeIntervalSince1970: Double(since) / 1000)) is gone: please look at your choices again.")
        }
    }
}

/// The app's own log-in.
struct Login: Sendable {
    let answer: @Sendable (_ renewed: Bool) -> String?
    nonisolated func accessToken(renewed: Bool) async throws -> String? { answer(renewed) }
}

/// Of the shape of the system's, that is only on Apple's systems.
struct Logger: Sendable {
    let write: @Sendable (String) -> Void
    nonisolated func info(_ text: String) { write(text) }
}

struct MemberTokens: Consent.AccountTokens {
    let login: Login

    nonisolated func token(for subject: String, refresh: Bool) async throws -> String? {
        try await login.accessToken(renewed: refresh)
    }
}

struct MarketingSwitch: View {
    let consent: Consent
    let purpose: String
    let onChange: (Bool) -> Void
    @State private var isOn = false

    var body: some View {
        Toggle("이메일로 소식 받기", isOn: Binding(get: { isOn }, set: onChange))
            .task { for await allowed in consent.updates(for: purpose) { isOn = allowed } }
    }
}

/// What a screen's model asks of whoever makes it: the app's one `Consent`, or a fake's in a test and in a preview.
@MainActor
protocol HasConsent {
    var consent: Consent { get }
}

@MainActor
final class SettingsModel {
    private let consent: Consent

    init(_ app: any HasConsent) {
        consent = app.consent
    }

    func turn(_ purpose: String, _ isOn: Bool) async throws {
        guard isOn else {
            try await consent.withdraw(purpose)
            return
        }
        // The person has just read the notice beside the switch: draw it from these questions, not from older ones.
        let form = try await consent.questions(surface: "settings")
        try await consent.record(form.shown) { $0.grant(purpose) }
    }
}

struct ConsentKey: EnvironmentKey {
    nonisolated static let defaultValue: Consent? = nil
}

extension EnvironmentValues {
    var consent: Consent? {
        get { self[ConsentKey.self] }
        set { self[ConsentKey.self] = newValue }
    }
}
