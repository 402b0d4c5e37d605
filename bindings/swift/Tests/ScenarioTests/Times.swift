import Foundation

/// Reads an RFC 3339 time as Unix milliseconds.
func millis(_ text: String) throws -> Int64 {
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withInternetDateTime]
    if let date = formatter.date(from: text) { return Int64((date.timeIntervalSince1970 * 1000).rounded()) }
    formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
    let date = try formatter.date(from: text).orFault("\"\(text)\" is no RFC 3339 time")
    return Int64((date.timeIntervalSince1970 * 1000).rounded())
}

/// Writes Unix milliseconds as an RFC 3339 time in UTC.
func rfc3339(_ millis: Int64) -> String {
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
    return formatter.string(from: Date(timeIntervalSince1970: Double(millis) / 1000))
}

/// Reads `P20D`, `PT36H`, `PT1M`, `PT2S` or a chain of them as milliseconds.
func duration(_ text: String) throws -> Int64 {
    let fault = "\"\(text)\" is no duration such as P20D or PT1H30M"
    guard text.first == "P" else { throw ScenarioFault(fault) }
    let parts = text.dropFirst().split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
    let units: [[Character: Int64]] = [["D": 86_400_000], ["H": 3_600_000, "M": 60_000, "S": 1000]]
    var total: Int64 = 0
    for (part, units) in zip(parts, units) {
        var digits = ""
        for sign in part {
            if let unit = units[sign] {
                total += try Int64(digits).orFault(fault) * unit
                digits = ""
            } else {
                digits.append(sign)
            }
        }
        if !digits.isEmpty { throw ScenarioFault(fault) }
    }
    return total
}
