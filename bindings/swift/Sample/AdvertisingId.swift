import ConsentKit

/// The advertising id, for one use: asked for when it is needed, and not kept.
@MainActor
struct Advertising {
    let consent: Consent
    /// Asks the system: `TrackingAuthorization.request` on a phone.
    let prompt: () async throws -> Consent.Tracking

    /// What an ad request may carry.
    enum Id: Equatable {
        case value(String)
        case none(why: [String])
    }

    func id(for purpose: String, language: String) async throws -> Id {
        // The system's prompt is due only where something that was granted waits for it.
        if consent.nextPrompt() == .tracking {
            try await consent.reportSignals(Consent.Signals(tracking: prompt()))
        }
        // The gate decides first, and the platform is asked only after a yes.
        switch try await consent.advertisingID(for: purpose) {
        case .available(let id): return .value(id)
        case .refused(let reasons): return .none(why: reasons.map { $0.text(language: language) })
        }
    }
}
