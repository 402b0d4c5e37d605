internal import CConsentKitAtomics

/// The answers of one policy's purposes, found by a cheap hash over their bytes and read without a lock.
///
/// Which purposes there are never changes once a table is made; their words do. One writer at a time (the board's lock), any number of
/// readers. A plain address: holding one counts nothing, and `free` is called when no reader can be left.
struct AnswerTable {
    typealias Slot = consentkit_slot

    private struct Header {
        let mask: Int
        let slots: UnsafeMutablePointer<Slot>
    }

    /// Bits of a slot's state.
    static let granted: UInt64 = 1
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
        header.initialize(to: Header(mask: capacity - 1, slots: slots))
        for purpose in purposes where slot(of: purpose) == nil {
            var bytes = Array(purpose.utf8)
            let key = UnsafeMutablePointer<UInt8>.allocate(capacity: max(bytes.count, 1))
            key.initialize(from: &bytes, count: bytes.count)
            let hash = Self.hash(UnsafeRawPointer(key), bytes.count)
            var index = Int(truncatingIfNeeded: hash) & (capacity - 1)
            while slots[index].key != nil { index = (index + 1) & (capacity - 1) }
            slots[index].hash = hash
            slots[index].key = key
            slots[index].length = Int64(bytes.count)
        }
    }

    func free() {
        UnsafeMutableBufferPointer(start: header.pointee.slots, count: header.pointee.mask + 1).forEach { $0.key?.deallocate() }
        header.pointee.slots.deallocate()
        header.deallocate()
    }

    func write(_ purpose: String, allowed: Bool, timed: Bool, validUntil: Int64, at: Int64) {
        guard let slot = slot(of: purpose) else { return }
        consentkit_slot_write(slot, (allowed ? Self.granted : 0) | (timed ? Self.timed : 0), validUntil, at)
    }

    /// Gives a slot elsewhere what this table says of a purpose; a no where it is not in the table.
    func copy(_ purpose: String, to other: UnsafeMutablePointer<Slot>) {
        guard let slot = slot(of: purpose) else { return Self.deny(other) }
        let words = Self.read(slot)
        consentkit_slot_write(other, consentkit_slot_state(slot), words.validUntil, words.at)
    }

    /// Makes it a no for all times.
    static func deny(_ slot: UnsafeMutablePointer<Slot>) {
        consentkit_slot_write(slot, 0, .max, 0)
    }

    /// The three words of one snapshot, never of two.
    @inline(__always)
    static func read(_ slot: UnsafeMutablePointer<Slot>) -> (allowed: Bool, validUntil: Int64, at: Int64) {
        var (allowed, validUntil, at) = (UInt64(0), Int64(0), Int64(0))
        while consentkit_slot_read(slot, &allowed, &validUntil, &at) == 0 {}
        return (allowed == 1, validUntil, at)
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
        let count = bytes.count
        // An empty text may have no address.
        guard let start = bytes.baseAddress.map({ UnsafeRawPointer($0) }) ?? (count == 0 ? UnsafeRawPointer(header) : nil) else { return nil }
        let hash = Self.hash(start, count)
        let (mask, slots) = (header.pointee.mask, header.pointee.slots)
        var index = Int(truncatingIfNeeded: hash) & mask
        while let key = slots[index].key {
            if slots[index].hash == hash, slots[index].length == Int64(count), Self.areSame(start, UnsafeRawPointer(key), count) {
                return slots + index
            }
            index = (index &+ 1) & mask
        }
        return nil
    }

    /// Eight bytes a step. It need not withstand an attacker: the keys are the policy's, and a look-up never goes past the table.
    @inline(__always)
    private static func hash(_ start: UnsafeRawPointer, _ count: Int) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
        var offset = 0
        while offset &+ 8 <= count {
            hash = mix(hash, start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset &+= 8
        }
        return offset < count ? mix(hash, rest(start, offset, count)) : hash
    }

    @inline(__always)
    private static func areSame(_ one: UnsafeRawPointer, _ other: UnsafeRawPointer, _ count: Int) -> Bool {
        var offset = 0
        while offset &+ 8 <= count {
            let words = (one.loadUnaligned(fromByteOffset: offset, as: UInt64.self), other.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            if words.0 != words.1 { return false }
            offset &+= 8
        }
        return offset == count || rest(one, offset, count) == rest(other, offset, count)
    }

    /// The last bytes, fewer than eight, as one word. Halved and halved again and never across a word's edge: a short string lies in two
    /// registers that were just written, and a load that needs both has to wait for them.
    @inline(__always)
    private static func rest(_ start: UnsafeRawPointer, _ from: Int, _ count: Int) -> UInt64 {
        var (word, offset) = (UInt64(0), from)
        if count &- offset >= 4 {
            word = UInt64(start.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            offset &+= 4
        }
        if count &- offset >= 2 {
            word = word &<< 16 | UInt64(start.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            offset &+= 2
        }
        if count &- offset >= 1 {
            word = word &<< 8 | UInt64(start.load(fromByteOffset: offset, as: UInt8.self))
        }
        return word
    }

    @inline(__always)
    private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word).multipliedFullWidth(by: 0x9FB2_1C65_1E98_DF25)
        return product.high ^ product.low
    }
}
