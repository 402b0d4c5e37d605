/// The hours in which messages need a separate consent (KR-4), in the policy's own zone.
struct NightWindow: Decodable, Equatable, Sendable {
    /// 21:00 to 08:00 at UTC+9, e-mail exempt: what holds where a policy says nothing.
    static let korea = NightWindow(from: 21 * 60, until: 8 * 60, utcOffset: 9 * 60, guardMinutes: 0, exempt: [.email])

    private static let minute: Int64 = 60_000
    private static let dayMinutes: Int64 = 24 * 60
    private static let day = dayMinutes * minute

    /// First minute of the night, minutes since midnight.
    let from: Int64
    /// First minute after it.
    let until: Int64
    /// What local time is ahead of UTC, minutes.
    let utcOffset: Int64
    /// Minutes after `until` that are still denied.
    let guardMinutes: Int64
    let exempt: [PolicyPurpose.Channel]

    private enum Keys: String, CodingKey {
        case from, until, exempt
        case utcOffset = "utc_offset_minutes"
        case guardMinutes = "guard_minutes"
    }

    init(from: Int64, until: Int64, utcOffset: Int64, guardMinutes: Int64, exempt: [PolicyPurpose.Channel]) {
        self.from = from
        self.until = until
        self.utcOffset = utcOffset
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
        utcOffset = try fields.decode(Int64.self, forKey: .utcOffset)
        guardMinutes = try fields.decodeIfPresent(Int64.self, forKey: .guardMinutes) ?? 0
        exempt = try fields.decode([PolicyPurpose.Channel].self, forKey: .exempt)
        let fits = abs(utcOffset) <= 14 * 60 && (0...60).contains(guardMinutes)
        guard fits else {
            throw DecodingError.dataCorruptedError(forKey: .utcOffset, in: fields, debugDescription: "hours of the night that cannot be")
        }
    }

    /// True where the instant (Unix milliseconds, any value) lies in the night.
    func covers(_ at: Int64) -> Bool {
        sinceStart(at) < length
    }

    /// The first instant after `at` at which `covers` answers otherwise; nil where there is none.
    func nextChange(after at: Int64) -> Int64? {
        guard length > 0, length < Self.day else { return nil }
        let since = sinceStart(at)
        let (sum, overflow) = at.addingReportingOverflow(since < length ? length - since : Self.day - since)
        return overflow ? nil : sum
    }

    func restricts(_ channel: PolicyPurpose.Channel) -> Bool {
        !exempt.contains(channel)
    }

    /// True where a message that needs the separate consent under the other hours would not need it under these.
    func spares(moreThan other: NightWindow) -> Bool {
        // Everything here is whole minutes, and so each minute of a day speaks for itself.
        let freed = (0..<Self.dayMinutes).contains { other.covers($0 * Self.minute) && !covers($0 * Self.minute) }
        return freed || exempt.contains { other.restricts($0) }
    }

    /// Milliseconds of a day since the night last began. Reduced to a day before the offset is added: no instant can overflow.
    private func sinceStart(_ at: Int64) -> Int64 {
        let local = remainder(at, Self.day) + utcOffset * Self.minute
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
