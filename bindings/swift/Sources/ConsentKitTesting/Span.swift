/// From when and until when something holds, Unix milliseconds.
struct Span: Equatable {
    static let never = Span(from: .max, end: .min)
    static let always = Span(from: .min, end: .max)

    /// From this time on.
    let from: Int64
    /// Before this time; the highest number never comes.
    let end: Int64

    func holds(at now: Int64) -> Bool {
        from <= now && (now < end || end == .max)
    }

    /// The next time at which it begins or ceases to hold; nil where there is none.
    func nextChange(after now: Int64) -> Int64? {
        if from >= end { return nil }
        if now < from { return from }
        return now < end && end != .max ? end : nil
    }

    /// While both hold.
    func and(_ other: Span) -> Span {
        let both = Span(from: max(from, other.from), end: min(end, other.end))
        return both.from < both.end ? both : .never
    }

    /// The one that ends later: of two that end together, the one that began before.
    func longer(_ other: Span) -> Span {
        other.end > end || (other.end == end && from > other.from) ? other : self
    }

    /// While a grant of `at` counts that holds for so many days: only while its date is one that can be.
    static func days(_ days: Int, from at: Int64) -> Span {
        let day: Int64 = 86_400_000
        let (length, tooLong) = Int64(days).multipliedReportingOverflow(by: day)
        let (sum, tooLate) = at.addingReportingOverflow(length)
        let end = tooLong || tooLate ? .max : sum
        let (from, tooEarly) = at.subtractingReportingOverflow(Dates.slack)
        return Span(from: tooEarly ? .min : from, end: at < Dates.earliest ? min(end, Dates.earliest) : end)
    }
}

/// Which dates of an answer can be.
enum Dates {
    /// 2008-01-01: no consent of an app is older.
    static let earliest: Int64 = 1_199_145_600_000
    /// How far after the present clock a date may lie and still be taken for true: an hour.
    static let slack: Int64 = 3_600_000

    /// True where an answer of `at` can have been given, by a clock that says `now`.
    static func isPossible(_ at: Int64, at now: Int64) -> Bool {
        let (latest, overflow) = now.addingReportingOverflow(slack)
        return (overflow || at <= latest) && (at >= earliest || now < earliest)
    }
}
