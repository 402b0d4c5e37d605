import ConsentKitBase
import Foundation

extension PolicyDocument {
    /// Reads a document. Only what the fake uses of it is looked at.
    static func read(_ document: String) throws(ConsentError) -> PolicyDocument {
        do {
            return try JSONDecoder().decode(Self.self, from: Data(document.utf8))
        } catch {
            throw .policyInvalid(faults: [fault(of: error)])
        }
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

extension FakeLedger {
    /// Takes over a later edition that was delivered, by the core's own rules for one purpose after another.
    mutating func adopt(_ document: String, at now: Int64) throws(ConsentError) {
        let offered = try PolicyDocument.read(document)
        if offered == policy { return }
        let faults = offered.faults(after: policy, and: formerPolicies)
        if !faults.isEmpty { throw .policyRefused(faults: faults) }
        formerPolicies.insert(policy, at: 0)
        policy = offered
        append("policy", at: now, policyVersion: offered.version)
    }
}
