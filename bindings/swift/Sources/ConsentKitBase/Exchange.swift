import Foundation

/// One exchange with the server, as whoever waits for it can end it: the app's code for the network or the log-in is not waited for any more.
package final class Exchange: @unchecked Sendable {
    private let lock = NSLock()
    private var ended = false
    private var ends: [Int: @Sendable () -> Void] = [:]
    private var next = 0
    /// Nobody asked for it, so that whoever does ask takes its place.
    package let isAutomatic: Bool

    package init(isAutomatic: Bool = false) {
        self.isAutomatic = isAutomatic
    }

    package var isEnded: Bool { lock.withLock { ended } }

    /// Ends it. May run in a cancellation handler, so what hears of it must do no more than wake a thread.
    package func end() {
        let ends = lock.withLock { () -> [@Sendable () -> Void] in
            ended = true
            defer { self.ends = [:] }
            return Array(self.ends.values)
        }
        ends.forEach { $0() }
    }

    /// Calls `wake` at the end, and at once where it has ended; until `forget` is called with what is returned.
    package func whenEnded(_ wake: @escaping @Sendable () -> Void) -> Int {
        let (id, isNow) = lock.withLock { () -> (Int, Bool) in
            next += 1
            if !ended { ends[next] = wake }
            return (next, ended)
        }
        if isNow { wake() }
        return id
    }

    package func forget(_ id: Int) {
        _ = lock.withLock { ends.removeValue(forKey: id) }
    }
}
