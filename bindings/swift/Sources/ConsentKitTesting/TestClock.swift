import ConsentKitBase
import Foundation

/// A clock that stands still until a test moves it. Any thread may read and move it.
public final class TestClock: ConsentClock, @unchecked Sendable {
    private let lock = NSLock()
    private var time: Int64
    private var listeners: [@Sendable () -> Void] = []

    /// A clock at this time, Unix milliseconds; noon of 22 November 2026 in Korea where it is left out: by day for every policy's night.
    public init(at time: Int64 = 1_795_316_400_000) {
        self.time = time
    }

    /// The time, Unix milliseconds.
    public func now() -> Int64 {
        lock.withLock { time }
    }

    /// Sets the time, Unix milliseconds; also backwards. Whoever listens to a fake's `updates` hears what follows from it.
    public func set(_ time: Int64) {
        move { _ in time }
    }

    /// Moves the clock forward, or back for a negative number. Past the ends of time it stays there.
    public func advance(milliseconds: Int64) {
        move { time in
            let (sum, overflow) = time.addingReportingOverflow(milliseconds)
            return overflow ? (milliseconds < 0 ? .min : .max) : sum
        }
    }

    func whenMoved(_ told: @escaping @Sendable () -> Void) {
        lock.withLock { listeners.append(told) }
    }

    private func move(_ next: (Int64) -> Int64) {
        let listeners = lock.withLock { () -> [@Sendable () -> Void] in
            time = next(time)
            return self.listeners
        }
        listeners.forEach { $0() }
    }
}
