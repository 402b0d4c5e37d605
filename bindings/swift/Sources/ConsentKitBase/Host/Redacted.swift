extension Consent {
    /// A value that prints nothing of itself: not in a log, not in a test's failure, not in the debugger's dump.
    public protocol Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}
}

extension Consent.Redacted {
    /// The type's name alone.
    public var description: String { "\(Self.self)(…)" }
    /// The type's name alone.
    public var debugDescription: String { description }
    /// No children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
