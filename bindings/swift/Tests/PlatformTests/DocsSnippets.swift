import AppTrackingTransparency
import ConsentKit
import Foundation

/// What docs/swift.md shows of Apple's own libraries, compiled. `cargo test --test snippets` compares the two.
@MainActor
final class DocsSnippets {
    let consent: Consent

    init(_ consent: Consent) {
        self.consent = consent
    }

    func trackingAndID(offer: (URL) -> Void, use: (String) -> Void, show: ([Consent.Reason]) -> Void) async throws {
        let tracking = TrackingAuthorization(consent)
        await tracking.start()

        if consent.nextPrompt() == .tracking, case .settled(_, let settings?) = try await tracking.request() {
            offer(settings)
        }

        switch try await consent.advertisingID(for: "ad_id.measurement") {
        case .available(let id): use(id)
        case .refused(let reasons): show(reasons)
        }
    }

    func importing() async throws {
        let older = OlderConsents(.standard, source: "app_1").choices([
            .init(purpose: "marketing.email", answer: "email_news", saidAt: "email_news_at"),
        ])
        try await consent.import(older)
    }
}
