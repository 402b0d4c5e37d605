import ConsentKit
import Foundation

/// What the app's background task does. `schedule` stands for `BGTaskScheduler.submit`, `complete` for `BGTask.setTaskCompleted`: see docs/swift.md
/// for the registration.
struct BackgroundWork: Sendable {
    let consent: Consent
    let schedule: @Sendable (_ earliest: Date) -> Void
    let complete: @Sendable (_ success: Bool) -> Void

    /// Begins the work; cancel what is returned in the task's expiration handler.
    func begin() -> Task<Void, Never> {
        Task {
            let outcome = await BackgroundSync.run(consent)
            if let again = outcome.again { schedule(Date(timeIntervalSince1970: Double(again) / 1_000)) }
            // Last: the system may suspend the app from now on.
            complete(outcome.success)
        }
    }
}
