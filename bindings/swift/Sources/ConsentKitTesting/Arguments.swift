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
        var (length, blank) = (0, true)
        for scalar in text.unicodeScalars {
            if length == limit { throw .invalid(field: field, reason: "is too long; give at most \(limit) characters") }
            if scalar.properties.generalCategory == .control || scalar.value == 0x2028 || scalar.value == 0x2029 {
                throw .invalid(field: field, reason: "holds a control character; take it out")
            }
            if scalar.properties.isBidiControl {
                throw .invalid(field: field, reason: "holds a character that turns the reading direction; take it out")
            }
            blank = blank && scalar.properties.isWhitespace
            length += 1
        }
        if blank { throw .invalid(field: field, reason: "is empty: it has no character that can be seen; give a text") }
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
