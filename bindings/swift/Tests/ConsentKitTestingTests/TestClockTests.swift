import ConsentKitTesting
import Testing

@Suite struct TestClockTests {
    @Test func itStandsStillUntilItIsMoved() {
        let clock = TestClock(at: 5)
        #expect(clock.now() == 5)
        clock.advance(milliseconds: 10)
        #expect(clock.now() == 15)
        clock.set(-3)
        #expect(clock.now() == -3)
    }

    @Test func itStopsAtTheEndsOfTime() {
        let clock = TestClock(at: .max)
        clock.advance(milliseconds: 1)
        #expect(clock.now() == .max)
        clock.set(.min)
        clock.advance(milliseconds: -1)
        #expect(clock.now() == .min)
    }
}
