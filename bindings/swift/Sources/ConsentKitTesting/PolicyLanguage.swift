/// Which of a policy's languages is nearest to the one that a person reads, as the core finds it.
///
/// A language that is written in several scripts is as good as several, and a tag seldom names its script.
enum PolicyLanguage {
    /// The languages that are written in several scripts: the script where a tag names none, and the regions where it is another.
    private static let scripts: [String: (usual: String, others: [(script: String, regions: String)])] = [
        "zh": ("hans", [("hant", "tw hk mo au bn gb gf id pa pf ph sr th us vn")]), "yue": ("hant", [("hans", "cn")]),
        "sr": ("cyrl", [("latn", "me ro ru tr")]), "az": ("latn", [("arab", "ir iq"), ("cyrl", "ru")]), "bs": ("latn", []),
        "ha": ("latn", [("arab", "cm sd")]), "kk": ("cyrl", [("arab", "af cn ir mn")]), "ku": ("latn", [("arab", "iq ir lb")]),
        "ky": ("cyrl", [("arab", "cn"), ("latn", "tr")]), "mn": ("cyrl", [("mong", "cn")]), "ms": ("latn", [("arab", "cc")]),
        "pa": ("guru", [("arab", "pk")]), "sd": ("arab", [("deva", "in")]), "tg": ("cyrl", [("arab", "pk")]), "tt": ("cyrl", []),
        "ug": ("arab", [("cyrl", "kz mn")]), "uz": ("latn", [("arab", "af"), ("cyrl", "cn")]),
    ]

    /// Other names of a language.
    private static let aliases = [
        "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "tl": "fil", "no": "nb", "cmn": "zh", "sh": "sr-latn",
    ]

    /// The declared language nearest to an asked one; nil where none is declared.
    static func nearest(_ declared: [String], to asked: String) -> String? {
        let wanted = Tag(asked)
        var best: (tag: String, distance: [Bool])?
        for tag in declared {
            let found = Tag(tag)
            guard found.language == wanted.language else { continue }
            let distance = [
                !areSame(tag, asked), found.script != wanted.script, found.region != wanted.region, !found.region.isEmpty,
            ]
            // Of several that are as near, the first declared wins.
            if let known = best?.distance, !isNearer(distance, known) { continue }
            best = (tag, distance)
        }
        return best?.tag ?? declared.first
    }

    private static func areSame(_ one: String, _ other: String) -> Bool {
        one.utf8.elementsEqual(other.utf8) { lower($0) == lower($1) }
    }

    private static func isNearer(_ one: [Bool], _ other: [Bool]) -> Bool {
        zip(one, other).first { $0 != $1 }.map { !$0.0 } ?? false
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        (65...90).contains(byte) ? byte + 32 : byte
    }

    /// The parts of a tag that decide.
    private struct Tag {
        let language: String
        let script: String
        let region: String

        /// Reads `zh-Hant-TW`, also as systems write it: `zh_TW`, `zh_TW.UTF-8`.
        init(_ tag: String) {
            let plain = tag.unicodeScalars.prefix { $0 != "." && $0 != "@" }.map { scalar in
                scalar.isASCII ? Character(Unicode.Scalar(PolicyLanguage.lower(UInt8(scalar.value)))) : Character(scalar)
            }
            var parts = plain.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" }.map { String($0) }
            if let first = parts.first, let name = PolicyLanguage.aliases[first] {
                parts.replaceSubrange(0..<1, with: name.split(separator: "-").map(String.init))
            }
            // What stands alone in a letter opens an extension, and nothing behind it says what the language is.
            let rest = parts.dropFirst().prefix { $0.utf8.count > 1 }
            func isLetters(_ part: String, _ count: Int) -> Bool {
                part.utf8.count == count && part.utf8.allSatisfy { (97...122).contains($0) }
            }
            language = parts.first ?? ""
            region = rest.first { isLetters($0, 2) || ($0.utf8.count == 3 && $0.utf8.allSatisfy { (48...57).contains($0) }) } ?? ""
            script = rest.first { isLetters($0, 4) } ?? Self.likelyScript(language, region)
        }

        private static func likelyScript(_ language: String, _ region: String) -> String {
            guard let known = PolicyLanguage.scripts[language] else { return "" }
            return known.others.first { $0.regions.split(separator: " ").contains { $0 == region } }?.script ?? known.usual
        }
    }
}
