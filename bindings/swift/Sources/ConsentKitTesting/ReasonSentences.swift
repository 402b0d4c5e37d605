import ConsentKitBase
import Foundation

extension PolicyDocument {
    /// A reason as a sentence: in the document's own words, in its language nearest to the asked one, or else in the built-in words.
    func text(of reason: Consent.Reason, in asked: String) -> String {
        let code = reason.code
        let family = code.split(separator: ":", maxSplits: 1).first.map { String($0) } ?? code
        func find(_ words: (String) -> String?) -> String? { words(code) ?? words(family) }
        let language = language(nearestTo: asked)
        let own = find { code in reasons.first { $0.code == code }.map { text($0.text, in: language) } }
        let builtIn = BuiltInSentences.inLanguage(asked)
        let sentence = own ?? find { builtIn[$0] } ?? ""
        guard case .requires(let id) = reason else { return sentence }
        let title = own == nil ? id : purpose(id).map { text($0.title, in: language) } ?? id
        return sentence.replacingOccurrences(of: BuiltInSentences.purpose, with: title, options: .literal)
    }
}
