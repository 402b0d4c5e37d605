@testable import ConsentKitBase
import XCTest

/// Readers of `updates` that stop while somebody writes: what SwiftUI's `.task` does at each change of screen.
final class CancelledReadersTests: XCTestCase {
    /// Tasks that read and are cancelled, in batches of a screenful, while another thread shows one snapshot after the other.
    ///
    /// Waits on a thread, not in a task: where a lock is never let go, no task runs any more.
    func test_f_57_aHundredThousandCancelledReadersBesideAWriterEnd() {
        let clock = StillClock()
        let engine = ScriptedEngine(clock: clock)
        let consent = Consent(engine: engine, clock: clock, log: nil)
        let (stopped, ended) = (Guarded(false), expectation(description: "every reader ended"))
        let writer = Thread {
            var turn = 0
            while !stopped.value {
                turn += 1
                engine.change([Consent.PurposeAnswer(purpose: "p\(turn % 2)", allowed: true, reasons: [], status: .granted, osBlocked: false)])
            }
        }
        writer.start()
        Task.detached {
            for _ in 0..<1_000 {
                await withTaskGroup(of: Void.self) { group in
                    for number in 0..<100 {
                        group.addTask {
                            let reader = Task { for await _ in consent.updates {} }
                            for _ in 0..<number % 5 { await Task.yield() }
                            reader.cancel()
                            await reader.value
                        }
                    }
                }
            }
            ended.fulfill()
        }
        let result = XCTWaiter.wait(for: [ended], timeout: 120)
        stopped.value = true
        XCTAssertEqual(result, .completed, "readers and writer wait for each other")
    }

    /// A reader that is cancelled by whoever is told of a change, and one whose stream is let go unread.
    func test_f_57_aReaderMayBeCancelledFromWithinATelling() async throws {
        let clock = StillClock()
        let engine = ScriptedEngine(clock: clock)
        let consent = Consent(engine: engine, clock: clock, log: nil)
        let other = Task { for await _ in consent.updates {} }
        let reader = Task {
            for await snapshot in consent.updates where snapshot.allows("p") {
                other.cancel()
                return true
            }
            return false
        }
        _ = consent.updates
        engine.change([Consent.PurposeAnswer(purpose: "p", allowed: true, reasons: [], status: .granted, osBlocked: false)])
        let heard = await reader.value
        XCTAssertTrue(heard)
        await other.value
    }

    /// Of snapshots shown by several threads at once a reader never gets an older one after a newer one.
    func test_f_57_everyReaderHearsInOrder() async {
        let clock = StillClock()
        let engine = ScriptedEngine(clock: clock)
        let consent = Consent(engine: engine, clock: clock, log: nil)
        let readers = (0..<8).map { _ in
            Task { () -> Bool in
                var last: Int64 = 0
                for await snapshot in consent.updates {
                    if snapshot.generation < last { return false }
                    last = snapshot.generation
                }
                return true
            }
        }
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for turn in 0..<500 {
                        engine.change([Consent.PurposeAnswer(purpose: "p\(writer)\(turn)", allowed: true, reasons: [], status: .granted, osBlocked: false)])
                    }
                }
            }
        }
        consent.board.end()
        for reader in readers {
            let inOrder = await reader.value
            XCTAssertTrue(inOrder)
        }
    }
}
