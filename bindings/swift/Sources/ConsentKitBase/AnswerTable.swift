internal import CConsentKitAtomics
import Foundation

/// The answers of one policy's purposes, found by a cheap hash over their bytes and read without a lock.
///
/// Which purposes there are never changes once a table is made; their words do. One writer at a time (the board's lock), any number of
/// readers. A plain address: holding one counts nothing, and `free` is called when no reader can be left.
struct AnswerTable {
    /// One purpose. `turn` is odd while the three words below it are written.
    struct Slot {
        var hash: UInt64 = 0
        var key: UnsafeMutablePointer<UInt8>?
        var length = 0
        var state: UInt64 = 0
        var turn: UInt64 = 0
        var allowed: UInt64 = 0
        var validUntil: UInt64 = 0
        var at: UInt64 = 0
    }

    struct Header {
        var mask: Int
        var slots: UnsafeMutablePointer<Slot>
        var purposes: Unmanaged<PurposeList>
    }

    /// What `write` was last told to hold, to see whether another snapshot has the same purposes.
    final class PurposeList {
        let ids: [String]
        init(_ ids: [String]) { self.ids = ids }
    }

    /// Bit of `state`: time can change the answer.
    static let timed: UInt64 = 2

    private let header: UnsafeMutablePointer<Header>

    var address: UInt { UInt(bitPattern: header) }

    init(address: UInt) {
        header = UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    init(purposes: [String]) {
        // At most half full, so that a look-up ends at an empty slot soon.
        var capacity = 8
        while capacity < purposes.count * 2 { capacity *= 2 }
        let slots = UnsafeMutablePointer<Slot>.allocate(capacity: capacity)
        slots.initialize(repeating: Slot(), count: capacity)
        header = .allocate(capacity: 1)
        header.initialize(to: Header(mask: capacity - 1, slots: slots, purposes: .passRetained(PurposeList(purposes))))
        for purpose in purposes where slot(of: purpose) == nil {
            var bytes = Array(purpose.utf8)
            let key = UnsafeMutablePointer<UInt8>.allocate(capacity: max(bytes.count, 1))
            key.initialize(from: &bytes, count: bytes.count)
            let hash = Self.hash(UnsafeBufferPointer(start: key, count: bytes.count))
            var index = Int(truncatingIfNeeded: hash) & (capacity - 1)
            while slots[index].key != nil { index = (index + 1) & (capacity - 1) }
            slots[index] = Slot(hash: hash, key: key, length: bytes.count)
        }
    }

    func free() {
        let all = UnsafeMutableBufferPointer(start: header.pointee.slots, count: header.pointee.mask + 1)
        all.forEach { $0.key?.deallocate() }
        header.pointee.slots.deallocate()
        header.pointee.purposes.release()
        header.deallocate()
    }

    func holds(_ purposes: [String]) -> Bool {
        header.pointee.purposes._withUnsafeGuaranteedRef { $0.ids == purposes }
    }

    func write(_ purpose: String, allowed: Bool, timed: Bool, validUntil: Int64, at: Int64) {
        guard let slot = slot(of: purpose) else { return }
        let turn = slot.pointer(to: \.turn)!
        let before = consentkit_load_relaxed(turn)
        consentkit_store_relaxed(turn, before &+ 1)
        // Each release keeps the odd turn before the word, so that a reader who sees the word sees the turn.
        consentkit_store_release(slot.pointer(to: \.allowed)!, allowed ? 1 : 0)
        consentkit_store_release(slot.pointer(to: \.validUntil)!, UInt64(bitPattern: validUntil))
        consentkit_store_release(slot.pointer(to: \.at)!, UInt64(bitPattern: at))
        consentkit_store_release(turn, before &+ 2)
        consentkit_store_release(slot.pointer(to: \.state)!, (allowed ? 1 : 0) | (timed ? Self.timed : 0))
    }

    /// The three words of one snapshot, never of two.
    @inline(__always)
    static func read(_ slot: UnsafeMutablePointer<Slot>) -> (allowed: Bool, validUntil: Int64, at: Int64) {
        while true {
            let turn = consentkit_load_acquire(slot.pointer(to: \.turn)!)
            let allowed = consentkit_load_acquire(slot.pointer(to: \.allowed)!)
            let validUntil = consentkit_load_acquire(slot.pointer(to: \.validUntil)!)
            let at = consentkit_load_acquire(slot.pointer(to: \.at)!)
            if turn & 1 == 0, turn == consentkit_load_relaxed(slot.pointer(to: \.turn)!) {
                return (allowed == 1, Int64(bitPattern: validUntil), Int64(bitPattern: at))
            }
        }
    }

    @inline(__always)
    func slot(of purpose: String) -> UnsafeMutablePointer<Slot>? {
        if let found = purpose.utf8.withContiguousStorageIfAvailable({ slot(of: $0) }) { return found }
        // A string that came from Objective-C and has not been copied yet.
        var copy = purpose
        return copy.withUTF8 { slot(of: $0) }
    }

    @inline(__always)
    private func slot(of bytes: UnsafeBufferPointer<UInt8>) -> UnsafeMutablePointer<Slot>? {
        let hash = Self.hash(bytes)
        let (mask, slots) = (header.pointee.mask, header.pointee.slots)
        var index = Int(truncatingIfNeeded: hash) & mask
        while true {
            let slot = slots + index
            guard let key = slot.pointee.key else { return nil }
            if slot.pointee.hash == hash, slot.pointee.length == bytes.count, memcmp(key, bytes.baseAddress ?? .init(key), bytes.count) == 0 {
                return slot
            }
            index = (index + 1) & mask
        }
    }

    /// Eight bytes a step. It need not withstand an attacker: the keys are the policy's, and a look-up never goes past the table.
    @inline(__always)
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let prime: UInt64 = 0x9E37_79B9_7F4A_7C15
        var hash = UInt64(truncatingIfNeeded: bytes.count) &* prime
        guard let start = bytes.baseAddress.map({ UnsafeRawPointer($0) }) else { return hash }
        var offset = 0
        while offset &+ 8 <= bytes.count {
            hash = mix(hash, start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset &+= 8
        }
        guard offset < bytes.count else { return hash }
        if bytes.count >= 8 {
            // The last eight bytes again, some of them twice: cheaper than one at a time.
            return mix(hash, start.loadUnaligned(fromByteOffset: bytes.count &- 8, as: UInt64.self))
        }
        var last: UInt64 = 0
        while offset < bytes.count {
            last = last &<< 8 | UInt64(bytes[offset])
            offset &+= 1
        }
        return mix(hash, last)
    }

    @inline(__always)
    private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word).multipliedFullWidth(by: 0x9FB2_1C65_1E98_DF25)
        return product.high ^ product.low
    }
}
