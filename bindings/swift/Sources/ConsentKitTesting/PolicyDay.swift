import Foundation

/// A calendar day as a policy writes it, such as 2026-12-01.
struct PolicyDay: Equatable, Sendable {
    private static let dayMs: Int64 = 86_400_000
    private static let minuteMs: Int64 = 60_000

    /// Days since 1970-01-01.
    let number: Int64

    /// Throws where the text is no day.
    init(_ text: String) throws {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], parts.allSatisfy({ $0.isDigits }), let year = Int64(parts[0]), let month = Int64(parts[1]),
            let day = Int64(parts[2]), (1...12).contains(month), (1...31).contains(day)
        else { throw DecodingError.dataCorrupted(DecodingError.Context(codingPath: [], debugDescription: "not a day such as 2026-12-01")) }
        number = Self.days(year, month, day)
    }

    /// Its first moment, Unix milliseconds, where clocks are ahead of UTC by so many minutes.
    func begins(utcOffsetMinutes: Int64) -> Int64 {
        number * Self.dayMs - utcOffsetMinutes * Self.minuteMs
    }

    /// Days since 1970-01-01 of the Gregorian calendar. Years begin in March here, so that the day that a leap year adds is the last one.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let years = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let (era, yearOfEra) = (years >= 0 ? years / 400 : (years - 399) / 400, (years % 400 + 400) % 400)
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
