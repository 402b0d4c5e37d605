import ConsentKit

/// The data of the first form: what the screen shows, and what the button records.
@MainActor
final class FirstRun {
    /// One switch with everything that must stand beside it before a yes counts.
    struct Row {
        let notice: Consent.Notice
        var isOn = false
    }

    private(set) var rows: [Row] = []
    /// Where the form stands: a screen shows `refused` as a sentence, and draws the form again.
    enum State { case notDue, asking, done, drawAgain }
    private(set) var state = State.notDue
    private let consent: Consent
    private var shown: Consent.Shown?

    init(_ consent: Consent) {
        self.consent = consent
    }

    /// Draws the form, every switch off. `notDue` where nothing has to be asked: go on with the app.
    func load() async throws {
        let form = try await consent.questions(surface: "first_run")
        rows = form.questions.map { Row(notice: $0.notice) }
        shown = form.shown
        state = form.due ? .asking : .notDue
    }

    func turn(_ purpose: String, _ isOn: Bool) {
        guard let at = rows.firstIndex(where: { $0.notice.purpose == purpose }) else { return }
        rows[at].isOn = isOn
    }

    /// The button: one answer for each switch, all on disk or none.
    func submit() async throws {
        guard let shown else { return }
        do {
            try await consent.record(shown) { answers in
                for row in rows { answers.answer(row.notice.purpose, row.isOn) }
            }
            state = .done
        } catch {
            guard case .shownRefused = error else { throw error }
            // The person, the policy or the language has changed since the form was drawn: what was read is not what would count.
            state = .drawAgain
        }
    }
}
