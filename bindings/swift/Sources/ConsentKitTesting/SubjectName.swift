import ConsentKitBase
import Foundation

// What an account may be called, by the core's own rule.
extension Arguments {
    private static let maxSubjectLength = 128
    private static let maxPhoneDigits = 15
    private static let uuidDigits = 32

    /// Words that programs write where there is no value.
    private static let nothing = words("null undefined nil none nan nul undef void empty blank infinity inf dbnull optional")

    /// Of these, the words that name nobody in whatever they stand.
    private static let neverPart = words("null undefined")

    /// Whole names that stand for nobody in particular, or for a field that was not filled.
    private static let nobody = words(
        """
        unknown anonymous anon guest nobody noname user users test tester testuser dummy default placeholder sample example notset notfound \
        unset missing invalid error false true unit string id uid userid accountid memberid subject todo tbd 없음 익명 비회원 게스트 손님 미정 알수없음
        """
    ).union([
        "no name", "test user", "n a", "not set", "not available", "not found", "object object", "kotlin unit", "user id", "account id",
        "member id", "알 수 없음",
    ])

    /// The numbers that programs use for "no id", and the hashes of an empty text.
    private static let noIDs = words(
        """
        2147483647 4294967295 9223372036854775807 18446744073709551615 0x0 d41d8cd98f00b204e9800998ecf8427e \
        da39a3ee5e6b4b0d3255bfef95601890afd80709 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
        """)

    private static let unfilled = words("%s %d %@ {} {0} %1$s")

    /// What stands before the eight digits of a subscriber in a mobile network of Korea.
    private static let mobile = words("010 011 016 017 018 019 8210 008210")

    private static func words(_ text: String) -> Set<String> {
        Set(text.split(separator: " ").map(String.init))
    }

    /// Accepts a pseudonym of one account: no address, no number, no placeholder that people would share (PIPA-11).
    static func check(subject: String) throws(ConsentError) {
        func refuse(_ reason: String) -> ConsentError { .invalid(field: "subject", reason: reason) }
        let pseudonym = "give the account's pseudonym, a random id that says nothing outside your systems"
        try check(subject, "subject", limit: maxSubjectLength)
        if subject.trimmingCharacters(in: .whitespacesAndNewlines) != subject { throw refuse("has spaces around it: take them away") }
        let plain = plain(subject)
        if plain.hasPrefix("device:") || plain.hasPrefix("anonymous:") {
            throw refuse("begins with a reserved word: device: and anonymous: are the library's own")
        }
        if isPlaceholder(plain) {
            throw refuse(
                "stands for no account (null, 0, guest, …): people would share it; give each account's own random id, or sign out")
        }
        if plain.contains("@") || plain.contains("%40") { throw refuse("looks like an e-mail address: \(pseudonym)") }
        if isTelephone(plain) { throw refuse("looks like a telephone number: \(pseudonym)") }
    }

    /// The text as its reader takes it: look-alikes replaced by plain characters, what cannot be seen left out, in lower case.
    private static func plain(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.precomposedStringWithCompatibilityMapping.unicodeScalars {
            let properties = scalar.properties
            switch properties.generalCategory {
            case .format: continue
            case .decimalNumber: out.append(contentsOf: "\(Int(properties.numericValue ?? 0))".unicodeScalars)
            case .dashPunctuation: out.append("-")
            default:
                if properties.isVariationSelector || scalar.value == 0x20E3 { continue }
                out.append(scalar.value == 0x2212 ? "-" : properties.isWhitespace ? " " : scalar)
            }
        }
        return String(out).trimmingCharacters(in: .whitespaces).lowercased()
    }

    private static func isPlaceholder(_ plain: String) -> Bool {
        let words = plain.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        return words.allSatisfy { word in word.allSatisfy { $0 == "0" } || nothing.contains(word) }
            || words.contains(where: neverPart.contains) || nobody.contains(words.joined(separator: " "))
            || (plain.hasPrefix("-") && plain.dropFirst().allSatisfy { isDigit($0) || $0 == "." }) || noIDs.contains(plain)
            || plain.contains("<nil>") || plain.hasPrefix("[object ") || plain.contains("${") || plain.contains("{{")
            || unfilled.contains(plain) || isUUIDOfOneDigit(plain)
    }

    private static func isUUIDOfOneDigit(_ plain: String) -> Bool {
        let bare = plain.hasPrefix("urn:uuid:") ? plain.dropFirst("urn:uuid:".count) : plain[...]
        let digits = bare.filter { !"{}-".contains($0) }
        return digits.count == uuidDigits && Set(digits).count == 1 && digits.allSatisfy(\.isHexDigit)
    }

    private static func isDigit(_ letter: Character) -> Bool { ("0"..."9").contains(letter) }

    private static func isTelephone(_ plain: String) -> Bool {
        let scheme = ["tel:", "sms:", "phone:"].first(where: plain.hasPrefix) ?? ""
        let bare = plain.dropFirst(scheme.count).trimmingCharacters(in: .whitespaces)
        let plus = bare.hasPrefix("+")
        let number = bare.dropFirst(plus ? 1 : 0)
        guard number.allSatisfy({ isDigit($0) || " -.()/_~".contains($0) }) else { return false }
        let groups = number.split { !isDigit($0) }.map(String.init)
        let digits = groups.joined()
        let brackets = number.hasPrefix("(") && (9...maxPhoneDigits).contains(digits.count)
        return (plus && (7...maxPhoneDigits).contains(digits.count)) || (digits.count > 8 && mobile.contains(String(digits.dropLast(8))))
            || (groups.count > 1 && (brackets || isNational(groups) || isInternational(groups) || isAmerican(groups)))
    }

    /// `02-123-4567`, `010-1234-5678`, `01 23 45 67 89`: an area code with its zero, and what follows it.
    private static func isNational(_ groups: [String]) -> Bool {
        let (area, lengths) = (groups[0], groups.dropFirst().map(\.count))
        let total = groups.reduce(0) { $0 + $1.count }
        let grouped =
            (lengths.count == 1 && (6...8).contains(lengths[0])) || (lengths.count == 2 && lengths.allSatisfy { (3...4).contains($0) })
            || (lengths == [2, 2, 2, 2] && area.count == 2)
        return (2...4).contains(area.count) && area.hasPrefix("0") && !area.hasPrefix("00") && (9...12).contains(total) && grouped
    }

    /// `82-10-1234-5678`, `1 202 555 0100`, `001-82-2-6206-0000`: a country code without its plus sign, an area code, the number.
    private static func isInternational(_ groups: [String]) -> Bool {
        let country = groups[0].drop { $0 == "0" }
        let prefixed = groups[0].hasPrefix("00")
        let first =
            ((1...3).contains(country.count) && (prefixed || country.count == groups[0].count)) || (prefixed && country.isEmpty)
        let few = (4...6).contains(groups.count) && groups.reduce(0) { $0 + $1.count } <= maxPhoneDigits + 3
        guard first, few, let last = groups.last else { return false }
        let between = groups.dropFirst().dropLast(2)
        return (3...4).contains(groups[groups.count - 2].count) && last.count == 4 && between.allSatisfy { $0.count <= 4 }
    }

    /// `202-555-0100`: area codes of North America begin with 2 to 9.
    private static func isAmerican(_ groups: [String]) -> Bool {
        groups.map(\.count) == [3, 3, 4] && !groups[0].hasPrefix("0") && !groups[0].hasPrefix("1")
    }
}
