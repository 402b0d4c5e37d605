import Foundation

/// The body of a background task: one sync, and when to come back.
///
/// It knows nothing of BackgroundTasks, so that any scheduler can run it; the docs show it under `BGTaskScheduler`.
public enum BackgroundSync {
    /// How it went.
    public struct Outcome: Sendable, Hashable {
        /// For `setTaskCompleted(success:)`: everything that could be sent was, or nothing had to be.
        public let success: Bool
        /// Not before this time, Unix milliseconds; nil where nothing waits.
        public let again: Int64?

        /// All fields, in their order.
        public init(success: Bool, again: Int64?) {
            self.success = success
            self.again = again
        }
    }

    /// How long the system lets an app refresh run, less what is needed to end in order. Seconds.
    public static let time: TimeInterval = 25

    /// When to come back where no time was named: a quarter of an hour, the least that the system grants. Milliseconds.
    static let pause: Int64 = 15 * 60 * 1000

    /// Syncs once. A failure is an outcome, not an error: the changes are on the device and the next run sends them. A task that is
    /// cancelled, as an expiration handler does, has its outcome at once: no success, and when to come back.
    public static func run(_ consent: Consent, within seconds: TimeInterval = time) async -> Outcome {
        do {
            let report = try await consent.sync(within: seconds)
            guard report.state == .waiting else { return Outcome(success: true, again: nil) }
            // What the server refused for good waits for an update of the server or the app: coming back soon mends nothing.
            if report.troubles == [.stuck] { return Outcome(success: true, again: report.retryAt) }
            return Outcome(success: false, again: report.retryAt ?? consent.now + pause)
        } catch ConsentError.alreadySyncing, ConsentError.noServer, ConsentError.shutDown {
            // Another sync does the work, or there is nothing to do it with.
            return Outcome(success: true, again: nil)
        } catch {
            return Outcome(success: false, again: consent.now + pause)
        }
    }
}
