import ConsentKitBase

/// What the core accepts as an argument. A fault is thrown as the error the app would see.
enum Arguments {
    static let maxIDLength = 64
    static let maxSurfaceLength = 64
    static let maxSourceLength = 128
    static let maxNameLength = 128
    static let maxAnswers = 200
    private static let maxSubjectLength = 128
    /// Digits of a telephone number: the shortest Korean ones with their area code, the longest of E.164.
    private static let phoneDigits = 9...15

    /// Refuses empty, overlong and hostile text.
    static func check(_ text: String, _ field: String, limit: Int) throws(ConsentError) {
        var (length, blank) = (0, true)
        for scalar in text.unicodeScalars {
            if length == limit { throw .invalid(field: field, reason: "is too long") }
            if scalar.properties.generalCategory == .control || scalar.value == 0x2028 || scalar.value == 0x2029 {
                throw .invalid(field: field, reason: "holds a control character")
            }
            if scalar.properties.isBidiControl {
                throw .invalid(field: field, reason: "holds a character that turns the reading direction")
            }
            blank = blank && scalar.properties.isWhitespace
            length += 1
        }
        if blank { throw .invalid(field: field, reason: "is empty") }
    }

    static func check(count: Int, _ field: String) throws(ConsentError) {
        if count == 0 { throw .invalid(field: field, reason: "is empty") }
        if count > maxAnswers { throw .invalid(field: field, reason: "has \(count) entries; at most \(maxAnswers)") }
    }

    /// Accepts a pseudonym and nothing that leads to a person outside the company's systems (PIPA-11).
    static func check(subject: String) throws(ConsentError) {
        try check(subject, "subject", limit: maxSubjectLength)
        let advice = "give the account's pseudonym, a name that says nothing outside your systems"
        if subject.contains("@") { throw .invalid(field: "subject", reason: "looks like an e-mail address; \(advice)") }
        if looksLikePhone(subject) { throw .invalid(field: "subject", reason: "looks like a telephone number; \(advice)") }
        let spaced = subject.first?.isWhitespace == true || subject.last?.isWhitespace == true
        if subject.hasPrefix("device:") || subject.hasPrefix("anonymous:") || spaced {
            throw .invalid(field: "subject", reason: "begins with a reserved word or has spaces around it")
        }
    }

    private static func looksLikePhone(_ subject: String) -> Bool {
        let digits = subject.filter { ("0"..."9").contains($0) }
        let onlyPhoneSigns = subject.allSatisfy { ("0"..."9").contains($0) || " +-.()/".contains($0) }
        let punctuated = subject.contains { " -.()/".contains($0) }
        return onlyPhoneSigns && phoneDigits.contains(digits.count)
            && (subject.hasPrefix("+") || digits.hasPrefix("0") || digits.hasPrefix("8210") || punctuated)
    }
}

extension StringProtocol {
    /// True where it holds nothing but ASCII digits.
    var isDigits: Bool {
        utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
