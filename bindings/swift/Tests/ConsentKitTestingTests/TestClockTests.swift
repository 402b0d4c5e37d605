import ConsentKitTesting
import XCTest

final class TestClockTests: XCTestCase {
    func testItStandsStillUntilItIsMoved() {
        let clock = TestClock(at: 5)
        XCTAssertEqual(clock.now(), 5)
        clock.advance(milliseconds: 10)
        XCTAssertEqual(clock.now(), 15)
        clock.set(-3)
        XCTAssertEqual(clock.now(), -3)
    }

    func testItStopsAtTheEndsOfTime() {
        let clock = TestClock(at: .max)
        clock.advance(milliseconds: 1)
        XCTAssertEqual(clock.now(), .max)
        clock.set(.min)
        clock.advance(milliseconds: -1)
        XCTAssertEqual(clock.now(), .min)
    }
}
