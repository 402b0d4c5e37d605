import ConsentKitBase

/// What the core accepts as an argument. A fault is thrown as the error the app would see.
enum Arguments {
    static let maxIDLength = 64
    static let maxSurfaceLength = 64
    static let maxSourceLength = 128
    static let maxNameLength = 128
    static let maxAnswers = 200

    /// Refuses empty, overlong and hostile text.
    static func check(_ text: String, _ field: String, limit: Int) throws(ConsentError) {
        var (length, isSeen) = (0, false)
        for scalar in text.unicodeScalars {
            if length == limit { throw .invalid(field: field, reason: "is too long; give at most \(limit) characters") }
            if scalar.properties.generalCategory == .control || scalar.value == 0x2028 || scalar.value == 0x2029 {
                throw .invalid(field: field, reason: "holds a control character; take it out")
            }
            if scalar.properties.isBidiControl {
                throw .invalid(field: field, reason: "holds a character that turns the reading direction; take it out")
            }
            isSeen = isSeen || isVisible(scalar)
            length += 1
        }
        if !isSeen { throw .invalid(field: field, reason: "is empty: it has no character that can be seen; give a text") }
    }

    /// False for a character that leaves nothing on the screen. A text of these alone looks like an empty one.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        if properties.isWhitespace || properties.isDefaultIgnorableCodePoint { return false }
        if properties.generalCategory == .control || properties.generalCategory == .unassigned { return false }
        switch scalar.value {
        // The Braille pattern without dots, the empty note head, the anchors of annotations and the place of an object, the joiners of
        // hieroglyphs.
        case 0x2800, 0x1D159, 0xFFF9...0xFFFC, 0x13430...0x13440, 0x16FE4: return false
        // What Unicode will never assign, and what it leaves to private agreement.
        case 0xFDD0...0xFDEF, 0xE000...0xF8FF, 0xF0000...0x10FFFF: return false
        default: return scalar.value & 0xFFFE != 0xFFFE
        }
    }

    static func check(count: Int, _ field: String) throws(ConsentError) {
        if count == 0 { throw .invalid(field: field, reason: "is empty; give at least one entry") }
        if count > maxAnswers { throw .invalid(field: field, reason: "has \(count) entries; give at most \(maxAnswers) in one call") }
    }
}

extension StringProtocol {
    /// True where it holds nothing but ASCII digits.
    var isDigits: Bool {
        utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
