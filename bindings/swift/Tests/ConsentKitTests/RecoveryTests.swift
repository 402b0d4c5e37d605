import ConsentKit
import Foundation
import XCTest

/// A damaged file, one that was put back, and a disk that takes nothing: what an app is told, and what it can do.
final class RecoveryTests: XCTestCase {
    /// A person who agreed to two purposes and took one of them back.
    private func withdrawn(_ phone: Phone) async throws {
        let consent = try phone.open()
        try await consent.grant("marketing.data_use", "marketing.email")
        try await consent.withdraw("marketing.email")
        try await consent.close()
    }

    /// Changes a word of the state, which no record says.
    private func damage(_ phone: Phone) throws {
        var bytes = try Data(contentsOf: phone.file)
        let place = try XCTUnwrap(bytes.range(of: Data(#""kind":"anonymous""#.utf8)))
        bytes.replaceSubrange(place, with: Data(#""kind":"anonymouS""#.utf8))
        try bytes.write(to: phone.file)
    }

    func test_f_27_aDamagedFileIsRecoveredAndAWithdrawalInItCounts() async throws {
        let phone = try Phone()
        let log = Said()
        phone.options.log = { log.add($0.name) }
        try await withdrawn(phone)
        try damage(phone)
        let refused = await fault { _ = try phone.open() }
        XCTAssertEqual(refused?.code, "damaged")
        XCTAssertTrue(refused?.recoverySuggestion?.contains("Consent.recover") ?? false, refused?.recoverySuggestion ?? "no advice")
        let saved = try Consent.recover(at: phone.file, policy: influential(), options: phone.options)
        XCTAssertEqual(log.all.last, "recovered")
        XCTAssertEqual([saved.lost, saved.noes], [0, 1])
        XCTAssertGreaterThanOrEqual(saved.records, 4)
        XCTAssertTrue(FileManager.default.fileExists(atPath: saved.aside), "the damaged file is kept")
        let consent = try phone.open()
        XCTAssertEqual(consent.snapshot["marketing.email"]?.status, .withdrawn)
        XCTAssertFalse(consent.allows("marketing.data_use"), "what was granted is asked again")
        XCTAssertEqual(consent.rolledBack()?.records, 0)
        let noes = try await consent.pending().filter(\.lowers).map(\.purpose)
        XCTAssertEqual(noes, ["marketing.email"])
        try await consent.grant("marketing.data_use")
        XCTAssertTrue(consent.allows("marketing.data_use"))
    }

    func test_f_27_theGuidesWayOutOfADamagedFileLeadsToAnOpenOne() async throws {
        let phone = try Phone()
        try await withdrawn(phone)
        try damage(phone)
        let said = Said()
        let care = FileCare { said.add($0) }
        let consent = try care.openOrRecover(at: phone.file, policy: influential(), options: phone.options)
        XCTAssertTrue(said.all.last?.hasSuffix(" records were saved, 0 are gone") ?? false, "\(said.all)")
        XCTAssertFalse(consent.allows("marketing.email"))
        care.sayWhatIsGone(consent)
        XCTAssertEqual(said.all.count, 2)
    }

    func test_f_27_aFileThatIsNotDamagedIsLeftAlone() async throws {
        let phone = try Phone()
        try await withdrawn(phone)
        let refused = await fault { _ = try Consent.recover(at: phone.file, policy: influential(), options: phone.options) }
        guard case .invalid(let field, _) = refused else { return XCTFail("\(String(describing: refused))") }
        XCTAssertEqual(field, "path")
        let consent = try phone.open()
        XCTAssertTrue(consent.allows("marketing.data_use"))
        XCTAssertNil(consent.rolledBack())
    }

    func test_f_24_aFileThatWasPutBackSaysHowManyRecordsAreGoneAndNothingGrantedCounts() async throws {
        let phone = try Phone()
        try await phone.open().close()
        let earlier = try Data(contentsOf: phone.file)
        try await withdrawn(phone)
        try earlier.write(to: phone.file)
        let consent = try phone.open()
        XCTAssertEqual(consent.rolledBack()?.records, 3)
        XCTAssertFalse(consent.allows("marketing.data_use"))
        try await consent.grant("marketing.data_use")
        XCTAssertTrue(consent.allows("marketing.data_use"))
    }

    func test_f_28_onADiskThatTakesNoMoreAWithdrawalCountsAtOnceAndTheNextStartRecordsIt() async throws {
        let phone = try Phone()
        let victim = Process()
        victim.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("ConsentKitVictim")
        victim.arguments = [phone.file.path, project.appendingPathComponent("examples/influential/policy.json").path, "full"]
        let pipe = Pipe()
        victim.standardOutput = pipe
        try victim.run()
        let heard = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        victim.waitUntilExit()
        XCTAssertEqual(victim.terminationStatus, 0, heard)
        let words = heard.split(separator: "\n").map(String.init)
        XCTAssertEqual(words.dropLast().last, "denied", heard)
        let consent = try phone.open()
        let verification = try await consent.verify()
        XCTAssertTrue(verification.ok)
        XCTAssertTrue(consent.allows("marketing.data_use"))
        // It lay in the mailbox, or in the room that is kept for a no.
        XCTAssertEqual(consent.snapshot["marketing.email"]?.status, .withdrawn)
        let noes = try await consent.pending().filter { $0.purpose == "marketing.email" && $0.lowers }
        XCTAssertEqual(noes.count, 1, "once")
        XCTAssertEqual(consent.unrecorded(), [])
    }
}

/// What was said, from whatever thread.
private final class Said: @unchecked Sendable {
    private let lock = NSLock()
    private var words: [String] = []

    var all: [String] { lock.withLock { words } }

    func add(_ word: String) {
        lock.withLock { words.append(word) }
    }
}
