// SwiftUI is only on Apple's systems: the few types of it that the docs use, of the same shape, so that what they show compiles here.
#if !canImport(SwiftUI)
@MainActor
protocol View {
    associatedtype Body: View
    var body: Body { get }
}

extension Never: View {
    var body: Never { fatalError("a view without parts") }
}

struct Binding<Value> {
    let get: () -> Value
    let set: (Value) -> Void
}

@propertyWrapper
struct State<Value> {
    private final class Box {
        var value: Value
        init(_ value: Value) { self.value = value }
    }

    private let box: Box

    init(wrappedValue: Value) {
        box = Box(wrappedValue)
    }

    var wrappedValue: Value {
        get { box.value }
        nonmutating set { box.value = newValue }
    }
}

extension State where Value: ExpressibleByNilLiteral {
    init() {
        self.init(wrappedValue: nil)
    }
}

struct Toggle: View {
    init(_ title: String, isOn: Binding<Bool>) {}
    var body: Never { fatalError("a view without parts") }
}

struct TaskView<Content: View>: View {
    let body: Content
}

extension View {
    func task(_ action: @escaping @MainActor @Sendable () async -> Void) -> TaskView<Self> {
        TaskView(body: self)
    }
}

protocol EnvironmentKey {
    associatedtype Value
    static var defaultValue: Value { get }
}

nonisolated(unsafe) private var environment: [ObjectIdentifier: Any] = [:]

struct EnvironmentValues {
    subscript<Key: EnvironmentKey>(key: Key.Type) -> Key.Value {
        get { environment[ObjectIdentifier(key)] as? Key.Value ?? Key.defaultValue }
        set { environment[ObjectIdentifier(key)] = newValue }
    }
}
#endif
