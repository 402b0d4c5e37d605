@testable import ConsentKitBase
import ConsentKit
import Foundation
import Network
import XCTest

/// The moments that the system tells of, against stand-ins of the shape of Apple's modules.
final class NetworkTests: XCTestCase {
    func testTheReturnOfTheNetworkAndOfTheAppIsTold() async throws {
        let center = NotificationCenter()
        let occasions = SystemOccasions(center: center)
        let told = AsyncStream<SyncOccasion>.makeStream()
        occasions.begin { told.continuation.yield($0) }
        var next = told.stream.makeAsyncIterator()
        let monitor = try XCTUnwrap(NWPathMonitor.running.last)
        // The first word is the state: no change.
        monitor.update(.satisfied)
        monitor.update(.satisfied)
        monitor.update(.unsatisfied)
        monitor.update(.satisfied)
        var occasion = await next.next()
        XCTAssertEqual(occasion, .network)
        for name in SystemOccasions.activations {
            center.post(name: Notification.Name(name), object: nil)
            occasion = await next.next()
            XCTAssertEqual(occasion, .foreground)
        }
        occasions.end()
        XCTAssertFalse(NWPathMonitor.running.contains { $0 === monitor })
        center.post(name: Notification.Name(SystemOccasions.activations[0]), object: nil)
        told.continuation.finish()
        occasion = await next.next()
        XCTAssertNil(occasion)
    }
}
