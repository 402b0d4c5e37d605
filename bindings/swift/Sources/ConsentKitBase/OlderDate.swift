import Foundation

/// Reads when an answer was given from what an older store kept.
///
/// It leaves out what it cannot read for sure: a text without an offset may be of any zone.
enum OlderDate {
    /// 2008-01-01, before any app store. The core takes no date before it and none in the future, and would refuse every choice for the
    /// sake of one such as 0.
    private static let earliest: Int64 = 1_199_145_600_000

    /// A clock that was set back since must not cost a good date. Milliseconds: a day.
    private static let slack: Int64 = 86_400_000

    /// From here on a number counts milliseconds: as seconds it would be after the year 5000.
    private static let leastMilliseconds = 100_000_000_000.0

    /// Unix milliseconds; nil for what is no date, and for one that cannot be.
    static func read(_ value: Any?) -> Int64? {
        let millis: Double? =
            switch value {
            case let date as Date: date.timeIntervalSince1970 * 1_000
            case let number as NSNumber: counted(number.doubleValue)
            case let text as String: read(text: text.trimmingCharacters(in: .whitespacesAndNewlines))
            default: nil
            }
        guard let time = millis.flatMap({ Int64(exactly: $0.rounded()) }) else { return nil }
        let latest = Int64(Date().timeIntervalSince1970 * 1_000) + slack
        return (earliest...max(latest, earliest)).contains(time) ? time : nil
    }

    private static func counted(_ number: Double) -> Double {
        number < leastMilliseconds ? number * 1_000 : number
    }

    private static func read(text: String) -> Double? {
        if text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }), let number = Double(text) { return counted(number) }
        var rest = Substring(text)
        guard let year = digits(4, &rest), skip("-", &rest), let month = digits(2, &rest), skip("-", &rest), let day = digits(2, &rest),
            skip("T", &rest) || skip("t", &rest) || skip(" ", &rest),
            let hour = digits(2, &rest), skip(":", &rest), let minute = digits(2, &rest), skip(":", &rest), let second = digits(2, &rest)
        else { return nil }
        var fraction = 0.0
        if skip(".", &rest) || skip(",", &rest) {
            let figures = rest.prefix { $0.isASCII && $0.isNumber }
            guard !figures.isEmpty, let read = Double("0.\(figures)") else { return nil }
            rest = rest.dropFirst(figures.count)
            fraction = read
        }
        guard let offset = offset(&rest), rest.isEmpty, (1...12).contains(month), hour < 24, minute < 60, second <= 60,
            let days = daysSince1970(year, month, day)
        else { return nil }
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset * 60
        return (Double(seconds) + fraction) * 1_000
    }

    /// Minutes ahead of UTC: `Z`, `+09:00`, `+0900` or `+09`.
    private static func offset(_ rest: inout Substring) -> Int? {
        if skip("Z", &rest) || skip("z", &rest) { return 0 }
        let sign = skip("+", &rest) ? 1 : skip("-", &rest) || skip("\u{2212}", &rest) ? -1 : 0
        guard sign != 0, let hours = digits(2, &rest), hours < 24 else { return nil }
        if rest.isEmpty { return sign * hours * 60 }
        _ = skip(":", &rest)
        guard let minutes = digits(2, &rest), minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }

    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? calendar.timeZone
        let parts = DateComponents(year: year, month: month, day: day)
        guard let date = calendar.date(from: parts), calendar.component(.day, from: date) == day else { return nil }
        return Int((date.timeIntervalSince1970 / 86_400).rounded())
    }

    private static func digits(_ count: Int, _ rest: inout Substring) -> Int? {
        let figures = rest.prefix(count)
        guard figures.count == count, figures.utf8.count == count, figures.allSatisfy(\.isNumber), let number = Int(figures) else { return nil }
        rest = rest.dropFirst(count)
        return number
    }

    private static func skip(_ character: Character, _ rest: inout Substring) -> Bool {
        guard rest.first == character else { return false }
        rest = rest.dropFirst()
        return true
    }
}
