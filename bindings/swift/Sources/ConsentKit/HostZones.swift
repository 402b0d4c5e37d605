internal import ConsentKitFFI
import Foundation

/// What the system knows of time zones: it is asked for the offset of each day, and between two days that differ for the second of the change.
final class HostZones: ConsentKitFFI.SystemZones {
    /// A day, and a second. Two changes of one zone are never as near to each other as a day.
    private static let day: Int64 = 86_400_000
    private static let second: Int64 = 1000

    func offsets(zone: String, from: Int64, until: Int64) throws -> ZoneOffsets? {
        guard let known = TimeZone(identifier: zone) else { return nil }
        func offset(_ time: Int64) -> Int {
            known.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time) / 1000))
        }
        func change(_ from: Int64, _ seconds: Int) -> OffsetChange {
            OffsetChange(from: from, utcOffsetMinutes: Int32(seconds / 60))
        }
        var changes = [change(from, offset(from))]
        var day = from
        while day < until {
            let next = min(day + Self.day, until)
            if offset(next) != offset(day) {
                changes.append(change(Self.found(from: day, to: next, offset), offset(next)))
            }
            day = next
        }
        return ZoneOffsets(changes: changes, until: until)
    }

    /// The second of the change between two times at which the offsets differ, by halves.
    private static func found(from before: Int64, to after: Int64, _ offset: (Int64) -> Int) -> Int64 {
        var (low, high) = (before, after)
        while high - low > second {
            let middle = low + (high - low) / 2
            if offset(middle) == offset(before) { low = middle } else { high = middle }
        }
        // Clocks change on a whole second.
        return high - high % second
    }
}
