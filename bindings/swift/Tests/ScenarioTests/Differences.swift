/// All that differs in one step: a report names everything, not the first.
struct Differences {
    private var found: [String] = []

    mutating func add(_ difference: String) {
        found.append(difference)
    }

    mutating func compare<Value: Equatable>(_ what: String, _ expected: Value, _ got: Value) {
        if expected != got { add("\(what): expected \(shown(expected)), got \(shown(got))") }
    }

    /// Compares where something was expected.
    mutating func maybe<Value: Equatable>(_ what: String, _ expected: Value?, _ got: Value?) {
        if let expected, expected != got { add("\(what): expected \(shown(expected)), got \(got.map(shown) ?? "nothing")") }
    }

    func end() throws {
        if !found.isEmpty { throw ScenarioFault(found.joined(separator: "; ")) }
    }
}

/// A value as a report shows it: the codes of the files, not Swift's names.
private func shown(_ value: Any) -> String {
    switch value {
    case let word as any RawRepresentable<String>: word.rawValue
    case let text as String: "\"\(text)\""
    case let list as [String]: "\(list)"
    case let json as JSON: json.written
    case Optional<Any>.none: "nothing"
    case Optional<Any>.some(let some): type(of: some) == type(of: value) ? "\(some)" : shown(some)
    default: "\(value)"
    }
}
