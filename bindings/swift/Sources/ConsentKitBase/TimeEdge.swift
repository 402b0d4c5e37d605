import Dispatch
import Foundation

/// Wakes once an answer has run out, so that whoever listens hears of the night without anybody having asked.
///
/// By the system's own clock; a test's clock wakes by itself when it is moved.
final class TimeEdge: @unchecked Sendable {
    private let lock = NSLock()
    private var planned = Int64.max
    private let wake: @Sendable () -> Void

    init(_ wake: @escaping @Sendable () -> Void) {
        self.wake = wake
    }

    /// Wakes at that time, Unix milliseconds, and not at an earlier plan's; never for the largest number.
    func plan(_ time: Int64, now: Int64) {
        let isNew = lock.withLock { () -> Bool in
            defer { planned = time }
            return planned != time
        }
        guard isNew, time < .max else { return }
        let wait = max(time.subtractingReportingOverflow(now).partialValue, 0)
        // By the wall: a phone that slept through the edge is woken at once.
        let deadline = DispatchWallTime.now() + .milliseconds(Int(clamping: wait))
        DispatchQueue.global(qos: .utility).asyncAfter(wallDeadline: deadline) { [weak self] in self?.reached(time) }
    }

    private func reached(_ time: Int64) {
        let isPlanned = lock.withLock { () -> Bool in
            guard planned == time else { return false }
            planned = .max
            return true
        }
        if isPlanned { wake() }
    }
}
