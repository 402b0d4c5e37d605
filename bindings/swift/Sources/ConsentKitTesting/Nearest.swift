/// The word that was probably meant, for whoever made a slip of the pen, as the library finds it.
enum Nearest {
    /// Most edits between a word and the one that was probably meant.
    private static let maxEdits = 2

    /// The nearest known word, at most two edits away. An edit is one letter more, less or other, or two that changed places. Nil where no
    /// word is so near, or more of the word would be other than the same.
    static func word(_ word: String, among known: [String]) -> String? {
        let letters = Array(word.unicodeScalars)
        var nearest: (edits: Int, word: String)?
        for other in known {
            let scalars = Array(other.unicodeScalars)
            // What differs more in length takes more edits than that, and need not be compared.
            if abs(letters.count - scalars.count) > maxEdits { continue }
            let edits = edits(letters, scalars)
            if edits > maxEdits || edits * 2 >= max(letters.count, 1) { continue }
            if nearest.map({ edits < $0.edits }) ?? true { nearest = (edits, other) }
        }
        return nearest?.word
    }

    /// How many edits make one word of the other.
    private static func edits(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var rows = [Array(0...right.count)]
        for (i, a) in left.enumerated() {
            var row = [i + 1]
            for (j, b) in right.enumerated() {
                var least = min(rows[i][j] + (a == b ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
                if i > 0 && j > 0 && a == right[j - 1] && left[i - 1] == b { least = min(least, rows[i - 1][j - 1] + 1) }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}

extension PolicyDocument {
    /// What to do about a name that is no purpose of the policy: where it is near to one, that is probably a slip of the pen.
    func meant(by id: String) -> String {
        Nearest.word(id, among: purposes.map(\.id)).map { "perhaps `\($0)` was meant" } ?? "give one that the policy has"
    }
}
