import Foundation

/// The hours in which messages need a separate consent (KR-4), in the policy's own zone.
struct NightWindow: Decodable, Equatable, Sendable {
    /// 21:00 to 08:00 at UTC+9, e-mail exempt: what holds where a policy says nothing.
    static let korea = NightWindow(from: 21 * 60, until: 8 * 60, zone: .fixed(9 * 60), guardMinutes: 0, exempt: [.email])

    /// Whose clocks tell the hours.
    enum Zone: Equatable, Sendable {
        /// Ahead of UTC by so many minutes all the year round.
        case fixed(Int64)
        /// A zone of this name that the system knows.
        case named(String)
        /// One that it does not know: it is night all day.
        case unknown(String)

        /// Zones that have kept one offset since before any app could ask.
        private static let fixedOffsets: [String: Int64] = ["Asia/Seoul": 540, "Etc/UTC": 0, "UTC": 0]

        init(_ name: String) {
            self = Self.fixedOffsets[name].map { .fixed($0) } ?? (TimeZone(identifier: name) == nil ? .unknown(name) : .named(name))
        }
    }

    private static let minute: Int64 = 60_000
    private static let dayMinutes: Int64 = 24 * 60
    private static let day = dayMinutes * minute

    /// First minute of the night, minutes since midnight.
    let from: Int64
    /// First minute after it.
    let until: Int64
    let zone: Zone
    /// Minutes after `until` that are still denied.
    let guardMinutes: Int64
    let exempt: [PolicyPurpose.Channel]

    private enum Keys: String, CodingKey {
        case from, until, exempt, zone
        case utcOffset = "utc_offset_minutes"
        case guardMinutes = "guard_minutes"
    }

    init(from: Int64, until: Int64, zone: Zone, guardMinutes: Int64, exempt: [PolicyPurpose.Channel]) {
        self.from = from
        self.until = until
        self.zone = zone
        self.guardMinutes = guardMinutes
        self.exempt = exempt
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Keys.self)
        func time(_ key: Keys) throws -> Int64 {
            let text = try fields.decode(String.self, forKey: key)
            guard let minutes = Self.minutes(text) else {
                throw DecodingError.dataCorruptedError(forKey: key, in: fields, debugDescription: "not a time of day such as 21:00")
            }
            return minutes
        }
        from = try time(.from)
        until = try time(.until)
        let name = try fields.decodeIfPresent(String.self, forKey: .zone)
        let offset = try name == nil ? fields.decode(Int64.self, forKey: .utcOffset) : 0
        zone = name.map(Zone.init) ?? .fixed(offset)
        guardMinutes = try fields.decodeIfPresent(Int64.self, forKey: .guardMinutes) ?? 0
        exempt = try fields.decodeIfPresent([PolicyPurpose.Channel].self, forKey: .exempt) ?? []
        let fits = (-14 * 60...14 * 60).contains(offset) && (0...60).contains(guardMinutes)
        guard fits else {
            throw DecodingError.dataCorruptedError(forKey: .utcOffset, in: fields, debugDescription: "hours of the night that cannot be")
        }
    }

    /// True where nobody knows what time it is in the zone.
    var isUnknown: Bool {
        if case .unknown = zone { true } else { false }
    }

    /// True where the instant (Unix milliseconds, any value) lies in the night, or may.
    func covers(_ at: Int64) -> Bool {
        isUnknown || sinceStart(at, offset(at)) < length
    }

    /// The first instant after `at` at which `covers` answers otherwise; nil where there is none.
    func nextChange(after at: Int64) -> Int64? {
        guard !isUnknown, length > 0, length < Self.day else { return nil }
        var from = at
        // Where the clocks change before the hour comes, the hour is another one.
        for _ in 0..<Self.mostClockChanges {
            let since = sinceStart(from, offset(from))
            let (edge, overflow) = from.addingReportingOverflow(since < length ? length - since : Self.day - since)
            guard let change = nextClockChange(after: from), overflow || change < edge else { return overflow ? nil : edge }
            if covers(change) != covers(at) { return change }
            from = change
        }
        return nil
    }

    /// Most changes of a zone's clocks within one day.
    private static let mostClockChanges = 4

    /// By how many minutes local time is ahead of UTC.
    private func offset(_ at: Int64) -> Int64 {
        switch zone {
        case .fixed(let minutes): minutes
        case .named(let name): Int64((TimeZone(identifier: name)?.secondsFromGMT(for: Self.date(at)) ?? 0) / 60)
        case .unknown: 0
        }
    }

    private func nextClockChange(after at: Int64) -> Int64? {
        guard case .named(let name) = zone, let next = TimeZone(identifier: name)?.nextDaylightSavingTimeTransition(after: Self.date(at)) else {
            return nil
        }
        return Int64(next.timeIntervalSince1970) * 1_000
    }

    private static func date(_ at: Int64) -> Date {
        Date(timeIntervalSince1970: Double(at) / 1_000)
    }

    /// A letter never needs the separate consent (KR-4).
    func restricts(_ channel: PolicyPurpose.Channel) -> Bool {
        channel != .post && !exempt.contains(channel)
    }

    /// True where a message that needs the separate consent under the other hours would not need it under these.
    func spares(moreThan other: NightWindow) -> Bool {
        // Everything here is whole minutes, and so each minute of a day speaks for itself.
        func atOneOffset(_ night: NightWindow) -> NightWindow {
            NightWindow(from: night.from, until: night.until, zone: .fixed(0), guardMinutes: night.guardMinutes, exempt: night.exempt)
        }
        // Two nights of one zone are compared by what its clocks show, and those of two zones that change their clocks cannot be.
        let pair: (NightWindow, NightWindow)? =
            switch (zone, other.zone) {
            case (.fixed, .fixed): (self, other)
            default: zone == other.zone ? (atOneOffset(self), atOneOffset(other)) : nil
            }
        let freed = pair.map { mine, theirs in
            (0..<Self.dayMinutes).contains { theirs.covers($0 * Self.minute) && !mine.covers($0 * Self.minute) }
        }
        return freed ?? true || exempt.contains { other.restricts($0) }
    }

    /// Milliseconds of a day since the night last began. Reduced to a day before the offset is added: no instant can overflow.
    private func sinceStart(_ at: Int64, _ offset: Int64) -> Int64 {
        let local = remainder(at, Self.day) + offset * Self.minute
        return remainder(local - from * Self.minute, Self.day)
    }

    private var length: Int64 {
        (remainder(until - from, Self.dayMinutes) + guardMinutes) * Self.minute
    }

    private static func minutes(_ text: String) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.isDigits }),
            let hours = Int64(parts[0]), let minutes = Int64(parts[1]), hours < 24, minutes < 60
        else { return nil }
        return hours * 60 + minutes
    }
}

/// The remainder that is never negative.
private func remainder(_ value: Int64, _ divisor: Int64) -> Int64 {
    let rest = value % divisor
    return rest < 0 ? rest + divisor : rest
}
