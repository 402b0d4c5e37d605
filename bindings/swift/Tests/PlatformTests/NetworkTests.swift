@testable import ConsentKitBase
import ConsentKit
import Foundation
import Network
import XCTest

/// The moments that the system tells of, against stand-ins of the shape of Apple's modules.
final class NetworkTests: XCTestCase {
    func testTheReturnOfTheNetworkAndOfTheAppIsTold() throws {
        let center = NotificationCenter()
        let occasions = SystemOccasions(center: center)
        let told = Told()
        occasions.begin { told.append($0) }
        let monitor = try XCTUnwrap(NWPathMonitor.running.last)
        // The first word is the state: no change.
        monitor.update(.satisfied)
        monitor.update(.satisfied)
        monitor.update(.unsatisfied)
        monitor.update(.satisfied)
        XCTAssertEqual(told.all, [.network])
        for name in ["UIApplicationDidBecomeActiveNotification", "NSApplicationDidBecomeActiveNotification"] {
            center.post(name: Notification.Name(name), object: nil)
        }
        XCTAssertEqual(told.all, [.network, .foreground, .foreground])
        occasions.end()
        XCTAssertFalse(NWPathMonitor.running.contains { $0 === monitor })
        center.post(name: Notification.Name(SystemOccasions.activations[0]), object: nil)
        monitor.update(.unsatisfied)
        monitor.update(.satisfied)
        XCTAssertEqual(told.all.count, 3, "nothing is told after the end")
    }
}

private final class Told: @unchecked Sendable {
    private let lock = NSLock()
    private var occasions: [SyncOccasion] = []

    var all: [SyncOccasion] { lock.withLock { occasions } }
    func append(_ occasion: SyncOccasion) { lock.withLock { occasions.append(occasion) } }
}
