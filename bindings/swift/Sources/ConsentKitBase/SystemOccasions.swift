import Foundation
#if canImport(Network)
import Network
#endif

/// The system's own word on the foreground and the network. Needs no permission.
final class SystemOccasions: SyncOccasions, @unchecked Sendable {
    /// UIKit's and AppKit's notifications, by their names: so that an app extension or a tool links neither.
    static let activations = ["UIApplicationDidBecomeActiveNotification", "NSApplicationDidBecomeActiveNotification"]

    private let center: NotificationCenter
    private let lock = NSLock()
    private var observers: [any NSObjectProtocol] = []
    #if canImport(Network)
    private var monitor: NWPathMonitor?
    private var isReachable: Bool?
    #endif

    init(center: NotificationCenter = .default) {
        self.center = center
    }

    func begin(_ happened: @escaping @Sendable (SyncOccasion) -> Void) {
        let observers = Self.activations.map { name in
            center.addObserver(forName: Notification.Name(name), object: nil, queue: nil) { @Sendable _ in happened(.foreground) }
        }
        lock.withLock { self.observers = observers }
        #if canImport(Network)
        let monitor = NWPathMonitor()
        monitor.pathUpdateHandler = { @Sendable [weak self] path in
            if self?.cameBack(path.status == .satisfied) == true { happened(.network) }
        }
        lock.withLock { self.monitor = monitor }
        monitor.start(queue: DispatchQueue(label: "dev.consentkit.network", qos: .utility))
        #endif
    }

    func end() {
        let observers = lock.withLock { () -> [any NSObjectProtocol] in
            defer { self.observers = [] }
            return self.observers
        }
        observers.forEach(center.removeObserver)
        #if canImport(Network)
        lock.withLock { monitor }?.cancel()
        #endif
    }

    #if canImport(Network)
    /// True where there was no way to the network and now there is. What is told first is the state, not a change.
    private func cameBack(_ reachable: Bool) -> Bool {
        lock.withLock {
            defer { isReachable = reachable }
            return reachable && isReachable == false
        }
    }
    #endif
}
