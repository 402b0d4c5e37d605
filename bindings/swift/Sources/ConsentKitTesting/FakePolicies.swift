import ConsentKitBase
import Foundation

extension PolicyDocument {
    /// Reads a document. Only what the fake uses of it is looked at.
    static func read(_ document: String) throws(ConsentError) -> PolicyDocument {
        do {
            // Some editors put a mark in front of a text in UTF-8.
            let plain = document.unicodeScalars.first == "\u{FEFF}" ? String(document.unicodeScalars.dropFirst()) : document
            let policy = try JSONDecoder().decode(Self.self, from: Data(plain.utf8))
            if let fault = policy.nightFault { throw ConsentError.policyInvalid(faults: [fault]) }
            return policy
        } catch let error as ConsentError {
            throw error
        } catch {
            throw .policyInvalid(faults: [fault(of: error)])
        }
    }

    /// A document may not call hours day that its laws call night.
    private var nightFault: Consent.PolicyFault? {
        guard let night, let regime = regimes.first(where: { night.spares(moreThan: $0.night) }) else { return nil }
        return Consent.PolicyFault(
            pointer: "/night", code: .badNight, what: "the night is shorter, or spares more channels, than the law \"\(regime.rawValue)\" allows",
            fix: "leave it out, or make it at least as long")
    }

    private static func fault(of error: any Error) -> Consent.PolicyFault {
        func at(_ path: [any CodingKey]) -> String {
            path.map { "/" + ($0.intValue.map(String.init) ?? $0.stringValue) }.joined()
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return Consent.PolicyFault(
                pointer: at(context.codingPath + [key]), code: .missingField, what: "a needed field is not there", fix: "add it")
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            return Consent.PolicyFault(
                pointer: at(context.codingPath), code: .wrongType, what: "a value of another type", fix: "compare it with the schema")
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            return Consent.PolicyFault(
                pointer: at(context.codingPath), code: .unknownValue, what: "not a value that is allowed here",
                fix: "compare it with the schema")
        default:
            return Consent.PolicyFault(pointer: "", code: .syntax, what: "the document is no JSON", fix: "check it with a JSON tool")
        }
    }
}
