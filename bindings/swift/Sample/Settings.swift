import ConsentKit

/// The data of a settings screen: a switch for each purpose that is asked, and the reason where a yes does not count.
@MainActor
final class Settings {
    struct Row: Equatable {
        let purpose: String
        let title: String
        /// What the person said.
        var isOn: Bool
        /// Why it is not allowed although the switch is on: the night, the system's own setting.
        var why: [String]
    }

    private(set) var rows: [Row] = []
    private let consent: Consent
    private let language: String
    private var shown: Consent.Shown?

    init(_ consent: Consent, language: String) {
        self.consent = consent
        self.language = language
    }

    /// Draws it anew: when it opens, after a sign-in, a sign-out, and a sync that changed something.
    func load() async throws {
        let form = try await consent.questions(surface: "settings")
        shown = form.shown
        let snapshot = consent.snapshot
        rows = form.questions.map { question in
            let answer = snapshot[question.purpose]
            let isOn = answer?.status == .granted
            let reasons = isOn ? answer?.reasons ?? [] : []
            return Row(purpose: question.purpose, title: question.notice.title, isOn: isOn, why: reasons.map { $0.text(language: language) })
        }
    }

    /// The switch. A no needs no form and counts at once, also where it cannot be written down yet.
    func turn(_ purpose: String, _ isOn: Bool) async throws {
        if !isOn {
            try await consent.withdraw(purpose)
        } else if let shown {
            try await consent.record(shown) { $0.grant(purpose) }
        }
        try await load()
    }

    /// Runs for as long as the screen is there.
    func follow() async throws {
        for await snapshot in consent.updates where snapshot.available { try await load() }
    }
}
