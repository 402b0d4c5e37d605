import ConsentKit
import Foundation
import XCTest

/// 2026-11-22 12:00 in Seoul.
let noon: Int64 = 1_795_316_400_000
let hour: Int64 = 3_600_000

/// The project's folder: this file lies in bindings/swift/Tests/ConsentKitTests.
let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../..").standardizedFileURL

func text(of path: String) throws -> String {
    try String(contentsOf: project.appendingPathComponent(path), encoding: .utf8)
}

func influential() throws -> String {
    try text(of: "examples/influential/policy.json")
}

/// A value behind a lock.
final class Guarded<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var inner: Value

    init(_ value: Value) {
        inner = value
    }

    var value: Value {
        get { lock.withLock { inner } }
        set { lock.withLock { inner = newValue } }
    }

    func change(_ body: (inout Value) -> Void) {
        lock.withLock { body(&inner) }
    }
}

/// A clock that stands still.
final class StillClock: ConsentClock {
    let time: Guarded<Int64>

    init(_ time: Int64 = noon) {
        self.time = Guarded(time)
    }

    func now() -> Int64 { time.value }
    func advance(_ millis: Int64) { time.change { $0 += millis } }
}

/// The folders of all phones. They go when the tests are over: a `Consent` outlives the phone that a test opened it on, and its file stays until
/// then.
private let phones: URL = {
    atexit { try? FileManager.default.removeItem(at: phones) }
    return FileManager.default.temporaryDirectory.appendingPathComponent("phones-\(UUID().uuidString)")
}()

/// A phone: a folder, a clock, and the app's options. `open` again is the app's next start.
final class Phone {
    let folder: URL
    let clock = StillClock()
    var options: ConsentOptions

    init() throws {
        folder = phones.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        options = ConsentOptions()
        options.language = "ko"
        options.platform = .ios
        options.osVersion = "17.5"
        options.appVersion = "1.0"
        options.clock = clock
        // Each test says when it syncs.
        options.syncsByItself = false
    }

    var file: URL { folder.appendingPathComponent("consent.db") }

    func open(policy: String? = nil) throws -> Consent {
        try Consent.open(at: file, policy: policy ?? influential(), options: options)
    }
}

extension Consent {
    /// Says yes to each, in the settings.
    @discardableResult
    func grant(_ purposes: String...) async throws -> Receipt {
        try await record(questions(surface: "settings").shown) { answers in purposes.forEach { answers.grant($0) } }
    }
}

/// What a call throws; fails the test where it throws nothing.
func fault(file: StaticString = #filePath, line: UInt = #line, _ call: () async throws -> Void) async -> ConsentError? {
    do {
        try await call()
        XCTFail("nothing was thrown", file: file, line: line)
    } catch let error as ConsentError {
        return error
    } catch {
        XCTFail("\(error)", file: file, line: line)
    }
    return nil
}

/// Waits until something holds, for half a minute at most: what never holds fails its test and does not hold up the others.
func eventually(_ what: String, file: StaticString = #filePath, line: UInt = #line, _ holds: () -> Bool) async {
    let latest = DispatchTime.now() + 30
    while !holds() {
        if DispatchTime.now() > latest { return XCTFail("\(what) did not happen", file: file, line: line) }
        try? await Task.sleep(nanoseconds: 2_000_000)
    }
}
