/// A text, a list or a contact that a document may leave out: then it is empty.
@propertyWrapper
struct OrEmpty<Value: MayBeEmpty & Decodable & Equatable & Sendable>: Decodable, Equatable, Sendable {
    var wrappedValue: Value

    init(wrappedValue: Value) {
        self.wrappedValue = wrappedValue
    }

    init(from decoder: any Decoder) throws {
        wrappedValue = try Value(from: decoder)
    }
}

/// What there is none of where a document says nothing.
protocol MayBeEmpty {
    init()
}

extension Array: MayBeEmpty {}
extension Dictionary: MayBeEmpty {}

extension KeyedDecodingContainer {
    /// What the compiler's own reading of a type calls for such a field.
    func decode<Value>(_ type: OrEmpty<Value>.Type, forKey key: Key) throws -> OrEmpty<Value> {
        OrEmpty(wrappedValue: try decodeIfPresent(Value.self, forKey: key) ?? Value())
    }
}
