import ConsentKitBase

/// When a fake's next sync may ask the server again after a failure: the library's own delays, at their longest, since a fake has no chance
/// in it.
struct FakePace {
    /// Milliseconds after the first failure; each further one doubles it.
    private static let first: Int64 = 2_000
    /// Longest delay, an hour.
    private static let longest: Int64 = 3_600_000
    /// Longest while something else answers in the server's place: five minutes.
    private static let longestBehindAPortal: Int64 = 300_000
    /// After a wrong address: a day.
    private static let day: Int64 = 86_400_000

    private var failures = 0
    private var since: Int64 = 0
    private var until: Int64 = 0

    /// Until when nothing is sent; nil where a request may go out now. A clock that moved out of the delay tells nothing of it.
    func holds(at now: Int64) -> Int64? {
        since <= now && now < until ? until : nil
    }

    mutating func failed(_ trouble: Consent.Trouble, at now: Int64) {
        let doubled = Self.first << Int64(min(failures, 30))
        let delay: Int64
        switch trouble {
        // These hold back one account or one change, not the next request.
        case .stuck, .unauthorised, .paused: return
        case .configuration: delay = Self.day
        case .portal: delay = min(doubled, Self.longestBehindAPortal)
        default: delay = min(doubled, Self.longest)
        }
        failures += 1
        since = now
        until = now.addingReportingOverflow(delay).overflow ? .max : now + delay
    }

    mutating func reset() {
        self = FakePace()
    }
}
