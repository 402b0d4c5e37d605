import Foundation

/// A JSON value read strictly: a key that comes twice is a fault, since it would hide an expectation. Foundation's reader keeps one of
/// the two.
enum JSON: Equatable {
    case null
    case bool(Bool)
    /// As it was written.
    case number(String)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    init(_ text: String) throws {
        var reader = JSONReader(Array(text.utf8))
        self = try reader.document()
    }

    subscript(_ name: String) -> JSON? {
        if case .object(let fields) = self { fields[name] } else { nil }
    }

    var string: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var int: Int64? {
        if case .number(let digits) = self { Int64(digits) } else { nil }
    }

    var bool: Bool? {
        if case .bool(let bool) = self { bool } else { nil }
    }

    var list: [JSON]? {
        if case .list(let entries) = self { entries } else { nil }
    }

    var object: [String: JSON]? {
        if case .object(let fields) = self { fields } else { nil }
    }

    /// The value as a JSON text.
    var written: String {
        switch self {
        case .null: "null"
        case .bool(let bool): bool ? "true" : "false"
        case .number(let digits): digits
        case .text(let text): Self.quoted(text)
        case .list(let entries): "[" + entries.map(\.written).joined(separator: ",") + "]"
        case .object(let fields):
            "{" + fields.sorted { $0.key < $1.key }.map { Self.quoted($0.key) + ":" + $0.value.written }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}

struct JSONFault: Error, CustomStringConvertible {
    let description: String
}

private struct JSONReader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws -> JSON {
        let value = try value()
        skipBlanks()
        if at < bytes.count { throw fault("something follows the value") }
        return value
    }

    private func fault(_ what: String) -> JSONFault {
        JSONFault(description: "no JSON at byte \(at): \(what)")
    }

    private mutating func skipBlanks() {
        while at < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) { at += 1 }
    }

    /// The next byte that is no blank, without taking it.
    private mutating func next() throws -> UInt8 {
        skipBlanks()
        guard at < bytes.count else { throw fault("it ends too early") }
        return bytes[at]
    }

    private mutating func take(_ byte: UInt8) throws -> Bool {
        guard try next() == byte else { return false }
        at += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws {
        guard try take(byte) else { throw fault("\(Character(Unicode.Scalar(byte))) is missing") }
    }

    private mutating func value() throws -> JSON {
        switch try next() {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .list(try list())
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: String, _ value: JSON) throws -> JSON {
        guard bytes[at...].starts(with: word.utf8) else { throw fault("no value") }
        at += word.utf8.count
        return value
    }

    private mutating func number() throws -> JSON {
        let start = at
        while at < bytes.count, (0x30...0x39).contains(bytes[at]) || "+-.eE".utf8.contains(bytes[at]) { at += 1 }
        let digits = String(decoding: bytes[start..<at], as: UTF8.self)
        guard Double(digits) != nil else { throw fault("no value") }
        return .number(digits)
    }

    private mutating func list() throws -> [JSON] {
        try expect(UInt8(ascii: "["))
        var entries: [JSON] = []
        if try take(UInt8(ascii: "]")) { return entries }
        repeat { entries.append(try value()) } while try take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
        return entries
    }

    private mutating func object() throws -> [String: JSON] {
        try expect(UInt8(ascii: "{"))
        var fields: [String: JSON] = [:]
        if try take(UInt8(ascii: "}")) { return fields }
        repeat {
            _ = try next()
            let name = try string()
            try expect(UInt8(ascii: ":"))
            guard fields.updateValue(try value(), forKey: name) == nil else { throw fault("the key \(name) comes twice") }
        } while try take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
        return fields
    }

    private mutating func string() throws -> String {
        guard bytes[at] == UInt8(ascii: "\"") else { throw fault("a text is missing") }
        at += 1
        var units: [UInt8] = []
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(bytes: units, encoding: .utf8) else { throw fault("a text that is no UTF-8") }
                return text
            case UInt8(ascii: "\\"): try units += escape()
            case 0..<0x20: throw fault("a control character in a text")
            default: units.append(byte)
            }
        }
        throw fault("a text without an end")
    }

    private mutating func escape() throws -> [UInt8] {
        guard at < bytes.count else { throw fault("it ends too early") }
        let byte = bytes[at]
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "u"):
            let first = try unit()
            var units = [first]
            if UTF16.isLeadSurrogate(first), bytes[at...].starts(with: "\\u".utf8) {
                at += 2
                units.append(try unit())
            }
            return Array(String(decoding: units, as: UTF16.self).utf8)
        default: throw fault("an escape that JSON does not have")
        }
    }

    private mutating func unit() throws -> UInt16 {
        guard at + 4 <= bytes.count, let unit = UInt16(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16) else {
            throw fault("\\u without four digits")
        }
        at += 4
        return unit
    }
}
