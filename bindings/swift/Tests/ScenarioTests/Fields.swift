/// The fields of one JSON object, taken one by one. What nobody took is a fault: an expectation that nobody reads cannot fail.
struct Fields {
    private let place: String
    private var left: [String: JSON]

    init(_ value: JSON, place: String) throws {
        guard case .object(let fields) = value else { throw ScenarioFault("\(place) is no object") }
        self.place = place
        left = fields
    }

    mutating func optional(_ name: String) -> JSON? {
        left.removeValue(forKey: name)
    }

    mutating func required(_ name: String) throws -> JSON {
        guard let value = optional(name) else { throw ScenarioFault("\(place) needs \(name)") }
        return value
    }

    mutating func text(_ name: String) throws -> String? {
        try optional(name).map { try $0.string.orFault("\(name) is no text") }
    }

    mutating func text(_ name: String, or absent: String) throws -> String {
        try text(name) ?? absent
    }

    mutating func requiredText(_ name: String) throws -> String {
        try required(name).string.orFault("\(name) is no text")
    }

    mutating func bool(_ name: String) throws -> Bool? {
        try optional(name).map { try $0.bool.orFault("\(name) is neither true nor false") }
    }

    mutating func int(_ name: String) throws -> Int64? {
        try optional(name).map { try $0.int.orFault("\(name) is no whole number") }
    }

    mutating func texts(_ name: String) throws -> [String]? {
        try list(name) { try $0.string.orFault("\(name) holds something that is no text") }
    }

    mutating func list<Entry>(_ name: String, _ read: (JSON) throws -> Entry) throws -> [Entry]? {
        try optional(name).map { try $0.list.orFault("\(name) is no list").map(read) }
    }

    mutating func map<Entry>(_ name: String, _ read: (JSON) throws -> Entry) throws -> [String: Entry] {
        try optional(name).map { try $0.object.orFault("\(name) is no object").mapValues(read) } ?? [:]
    }

    /// Ends the reading.
    func finish() throws {
        if let name = left.keys.min() { throw ScenarioFault("\(place) has an unknown field \(name)") }
    }
}

/// A fault of a scenario file, or of what it expects.
struct ScenarioFault: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension Optional {
    func orFault(_ text: @autoclosure () -> String) throws -> Wrapped {
        guard let self else { throw ScenarioFault(text()) }
        return self
    }
}
