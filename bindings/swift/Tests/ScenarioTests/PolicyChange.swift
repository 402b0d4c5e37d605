import Foundation

/// What differs from `examples/influential/policy.json`.
struct PolicyChange {
    /// Makes it this edition, with a version label and dates of its own.
    var edition: Int64?
    var set: [(at: String, value: JSON)] = []
    var remove: [String] = []

    init() {}

    init(_ value: JSON) throws {
        var fields = try Fields(value, place: "policy")
        edition = try fields.int("edition")
        set = try fields.list("set") { entry in
            var put = try Fields(entry, place: "set")
            let change = (at: try put.requiredText("at"), value: try put.required("value"))
            try put.finish()
            return change
        } ?? []
        remove = try fields.texts("remove") ?? []
        try fields.finish()
    }

    /// The changed document.
    func document() throws -> String {
        if edition == nil && set.isEmpty && remove.isEmpty { return Surroundings.policy }
        var document = try JSON(Surroundings.policy)
        if let edition { try Self.renumber(&document, edition) }
        for (at, value) in set { try document.put(value, at: at) }
        for at in remove { try document.remove(at: at) }
        return document.written
    }

    private static func renumber(_ document: inout JSON, _ edition: Int64) throws {
        let (version, announced) = (JSON.text("edition-\(edition)"), JSON.text("2026-10-01"))
        let effective = JSON.text("2026-11-\(10 + edition)")
        try document.put(version, at: "/version")
        try document.put(.number("\(edition)"), at: "/edition")
        try document.put(announced, at: "/announced_on")
        try document.put(effective, at: "/effective_on")
        var versions = try (document["amendments"]?["versions"]?.list).orFault("the document lists no versions")
        versions.removeAll { ($0["edition"]?.int ?? .max) >= edition }
        let entry = ["edition": .number("\(edition)"), "version": version, "announced_on": announced, "effective_on": effective]
        try document.put(.list(versions + [.object(entry)]), at: "/amendments/versions")
    }
}

extension JSON {
    /// Puts a value at a pointer. In a list a segment is an entry's `id`, its number, or `-` for a new last one.
    mutating func put(_ value: JSON, at pointer: String) throws {
        try change(pointer) { parent, name in
            switch parent {
            case .object(var fields):
                fields[name] = value
                parent = .object(fields)
                return true
            case .list(var entries):
                if name == "-" {
                    entries.append(value)
                } else if let index = Self.index(of: name, in: entries) {
                    entries[index] = value
                } else {
                    return false
                }
                parent = .list(entries)
                return true
            default: return false
            }
        }
    }

    mutating func remove(at pointer: String) throws {
        try change(pointer) { parent, name in
            switch parent {
            case .object(var fields):
                guard fields.removeValue(forKey: name) != nil else { return false }
                parent = .object(fields)
                return true
            case .list(var entries):
                guard let index = Self.index(of: name, in: entries) else { return false }
                entries.remove(at: index)
                parent = .list(entries)
                return true
            default: return false
            }
        }
    }

    private mutating func change(_ pointer: String, _ change: (inout JSON, String) -> Bool) throws {
        let segments = pointer.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard segments.count > 1, segments[0].isEmpty, descend(segments.dropFirst(), change) else {
            throw ScenarioFault("the policy has no \(pointer)")
        }
    }

    private mutating func descend(_ path: ArraySlice<String>, _ change: (inout JSON, String) -> Bool) -> Bool {
        guard let segment = path.first else { return false }
        if path.count == 1 { return change(&self, segment) }
        switch self {
        case .object(var fields):
            guard var child = fields[segment], child.descend(path.dropFirst(), change) else { return false }
            fields[segment] = child
            self = .object(fields)
            return true
        case .list(var entries):
            guard let index = Self.index(of: segment, in: entries), entries[index].descend(path.dropFirst(), change) else { return false }
            self = .list(entries)
            return true
        default: return false
        }
    }

    private static func index(of segment: String, in entries: [JSON]) -> Int? {
        entries.firstIndex { $0["id"]?.string == segment } ?? Int(segment).flatMap { entries.indices.contains($0) ? $0 : nil }
    }
}
