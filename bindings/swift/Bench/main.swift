// The figures of the Swift face, beside the bare generated call, in one run. Lines as `cargo xtask bench` reads them.
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
ratio("swift.allows.timed_ns", nanoseconds { consent.allows("marketing.sms") }, 60)
ratio("swift.allows.unknown_ns", nanoseconds { consent.allows("no.such.purpose") }, 10)

let waited = try await waits(consent)
// Nine of ten: the tenth is the other programs on this machine.
ratio("swift.update_reaches_reader_ms", waited[waited.count * 9 / 10], 5)
try await consent.close()
try FileManager.default.removeItem(at: folder)
