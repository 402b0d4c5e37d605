// The figures of the Swift face, beside the bare thing each is compared with, in one run. Lines as `cargo xtask bench` reads them.
import CConsentKitAtomics
import CCountAllocations
import ConsentKit
import ConsentKitFFI
import Foundation

let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
let policy = try String(contentsOfFile: CommandLine.arguments[1], encoding: .utf8)

let consent = try Consent.open(at: folder.appendingPathComponent("ours.db"), policy: policy)
let form = try await consent.questions(surface: "settings")
try await consent.record(form.shown) {
    for purpose in ["cookies.analytics", "marketing.data_use", "marketing.email", "marketing.sms"] { $0.grant(purpose) }
}
let raw = try ConsentCore.open(
    options: ConsentKitFFI.ConsentOptions(path: folder.appendingPathComponent("raw.db").path, policy: policy, platform: .desktop, language: "ko"),
    host: HostServices())

/// How long after `record` returned a reader of `updates` has the change: milliseconds, sorted.
func waits(_ consent: Consent) async throws -> [Double] {
    let arrivals = AsyncStream<UInt64>.makeStream()
    let reader = Task {
        for await _ in consent.updates { arrivals.continuation.yield(DispatchTime.now().uptimeNanoseconds) }
    }
    var arrival = arrivals.stream.makeAsyncIterator()
    _ = await arrival.next()
    var waits: [Double] = []
    for turn in 0..<100 {
        let shown = try await consent.questions(surface: "settings").shown
        try await consent.record(shown) { $0.answer("cookies.marketing", turn % 2 == 0) }
        let returned = DispatchTime.now().uptimeNanoseconds
        let arrived = await arrival.next() ?? .max
        waits.append(Double(arrived > returned ? arrived - returned : 0) / 1_000_000)
    }
    reader.cancel()
    return waits.sorted()
}

/// Nanoseconds a call takes at best: what disturbs only ever adds, so many short runs and the least of them.
@inline(__always)
func nanoseconds(_ call: () -> Bool) -> Double {
    let calls = 20_000
    var best = Double.infinity
    for _ in 0..<400 {
        let begun = DispatchTime.now().uptimeNanoseconds
        var count = 0
        for _ in 0..<calls where call() { count += 1 }
        let taken = Double(DispatchTime.now().uptimeNanoseconds - begun) / Double(calls)
        precondition(count == 0 || count == calls)
        best = min(best, taken)
    }
    return best
}

/// How often this thread asked for memory in a thousand calls.
@inline(__always)
func allocations(_ call: () -> Bool) -> Double {
    let before = consentkit_allocations()
    for _ in 0..<1_000 { _ = call() }
    return Double(consentkit_allocations() - before)
}

/// A clock that is moved, to cross the same hour of the evening again and again.
final class MovedClock: ConsentClock, @unchecked Sendable {
    private let time = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)

    init(_ time: Int64) { consentkit_store_release(self.time, UInt64(time)) }
    deinit { time.deallocate() }
    func now() -> Int64 { Int64(consentkit_load_acquire(time)) }
    func advance(_ millis: Int64) { consentkit_store_release(time, UInt64(now() + millis)) }
}

/// Milliseconds of this thread's own time: what it waits while other programs run does not count.
func ownTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1_000 + Double(time.tv_nsec) / 1_000_000
}

/// Milliseconds that each read takes which finds that the night has begun or ended, while somebody writes: by the wall and of the thread's own
/// time, sorted.
func edges(_ policy: String, _ file: URL) async throws -> (wall: [Double], own: [Double]) {
    // Noon in Seoul.
    let clock = MovedClock(1_795_316_400_000)
    var options = ConsentOptions()
    options.clock = clock
    let consent = try Consent.open(at: file, policy: policy, options: options)
    try await consent.record(consent.questions(surface: "settings").shown) { answers in
        ["marketing.data_use", "marketing.sms"].forEach { answers.grant($0) }
    }
    let sms = consent.purpose("marketing.sms")
    let writer = Task.detached {
        while !Task.isCancelled { try await consent.reportSignals(Consent.Signals(gpc: false)) }
    }
    var (wall, own): ([Double], [Double]) = ([], [])
    for turn in 0..<600 {
        clock.advance(12 * 3_600_000)
        let (begun, began) = (DispatchTime.now().uptimeNanoseconds, ownTime())
        let isAllowed = turn % 4 < 2 ? sms.allows() : consent.allows("marketing.sms")
        own.append(ownTime() - began)
        wall.append(Double(DispatchTime.now().uptimeNanoseconds - begun) / 1_000_000)
        precondition(isAllowed == (turn % 2 == 1), "noon and midnight take turns")
    }
    writer.cancel()
    _ = await writer.result
    try await consent.close()
    return (wall.sorted(), own.sorted())
}

func ratio(_ name: String, _ value: Double, _ bound: Double) {
    print("ratio \(name) \(String(format: "%.2f", value)) <= \(bound) \(value <= bound ? "ok" : "FAIL")")
}

// A purpose that time cannot change, and one that the night can.
precondition(consent.snapshot["marketing.email"]?.validUntil == nil && consent.allows("marketing.email"))
precondition(consent.snapshot["marketing.sms"]?.validUntil != nil)
let generated = nanoseconds { raw.allows(purpose: "marketing.email") }
print("the generated call: \(String(format: "%.1f", generated)) ns")
ratio("swift.allows.fixed_ns", nanoseconds { consent.allows("marketing.email") }, 10)
ratio("swift.allows.fixed_long_name_ns", nanoseconds { consent.allows("marketing.data_use") }, 10)
// Beside what the language itself takes for the same string, in the same run: nanoseconds move with the machine.
let known = Dictionary(uniqueKeysWithValues: consent.snapshot.answers.map { ($0.purpose, $0.allowed) })
let looked = nanoseconds { known["marketing.email"] ?? false }
ratio("swift.allows.per_dictionary_look_up", nanoseconds { consent.allows("marketing.email") } / looked, 2)
let handle = consent.purpose("marketing.email")
precondition(handle.allows() && known["marketing.email"] == true)
let word = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
word.initialize(to: 1)
let loaded = nanoseconds { consentkit_load_acquire(word) == 1 }
let handled = nanoseconds { handle.allows() }
print("an atomic load: \(String(format: "%.2f", loaded)) ns; by handle: \(String(format: "%.2f", handled)) ns; a look-up: \(String(format: "%.1f", looked)) ns")
ratio("swift.handle.ns_over_an_atomic_load", handled - loaded, 2)
ratio("swift.allows.timed_ns", nanoseconds { consent.allows("marketing.sms") }, 60)
ratio("swift.allows.unknown_ns", nanoseconds { consent.allows("no.such.purpose") }, 10)

if consentkit_allocations() >= 0 {
    // The counter is not blind.
    precondition(allocations { [UInt8](repeating: 1, count: consent.snapshot.answers.count).count > 0 } >= 1_000)
    let timed = consent.purpose("marketing.sms")
    ratio("swift.handle.allocations_in_1000", allocations { handle.allows() }, 0)
    ratio("swift.handle.timed_allocations_in_1000", allocations { timed.allows() }, 0)
    ratio("swift.allows.allocations_in_1000", allocations { consent.allows("marketing.email") }, 0)
    ratio("swift.allows.timed_allocations_in_1000", allocations { consent.allows("marketing.sms") }, 0)
    ratio("swift.allows.unknown_allocations_in_1000", allocations { consent.allows("no.such.purpose") }, 0)
} else {
    print("allocations are not counted on this system")
}
let crossed = try await edges(policy, folder.appendingPathComponent("edges.db"))
print("reads at a time edge, by the wall: median \(crossed.wall[crossed.wall.count / 2]) ms, the slowest \(crossed.wall[crossed.wall.count - 1]) ms")
// By the wall the slower half is the other programs on this machine; of the thread's own time every read has to keep the bound.
ratio("swift.allows.edge_median_ms", crossed.wall[crossed.wall.count / 2], 1)
ratio("swift.allows.edge_slowest_own_ms", crossed.own[crossed.own.count - 1], 1)

let waited = try await waits(consent)
// Nine of ten: the tenth is the other programs on this machine.
ratio("swift.update_reaches_reader_ms", waited[waited.count * 9 / 10], 5)
try await consent.close()
try FileManager.default.removeItem(at: folder)
