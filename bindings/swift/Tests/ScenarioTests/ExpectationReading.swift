import ConsentKit
import Foundation

extension ExpectedForm {
    init(_ value: JSON) throws {
        var fields = try Fields(value, place: "expect")
        due = try fields.bool("due")
        pullFirst = try fields.bool("pull_first")
        language = try fields.text("language")
        purposes = try fields.texts("purposes")
        why = try fields.map("why") { try $0.string.orFault("why is no text") }
        status = try fields.map("status") { try readWord($0, "status") }
        try fields.finish()
    }
}

extension ExpectedImport {
    init(_ value: JSON) throws {
        var fields = try Fields(value, place: "expect")
        imported = try fields.texts("imported").orFault("expect needs imported")
        kept = try fields.texts("kept").orFault("expect needs kept")
        try fields.finish()
    }
}

extension ExpectedGate {
    init(_ value: JSON) throws {
        var fields = try Fields(value, place: "expect")
        if let id = try fields.text("available") {
            self = .available(id)
        } else {
            self = .refused(try fields.texts("refused").orFault("expect needs available or refused"))
        }
        try fields.finish()
    }
}

extension ExpectedSync {
    init(_ value: JSON) throws {
        var fields = try Fields(value, place: "expect")
        state = try fields.text("state")
        pending = try fields.int("pending")
        stuck = try fields.int("stuck")
        acknowledged = try fields.int("acknowledged")
        troubles = try fields.texts("troubles")
        serverLostData = try fields.bool("server_lost_data")
        restored = try fields.bool("restored")
        policyChanged = try fields.bool("policy_changed")
        policyAnnounced = try fields.bool("policy_announced")
        try fields.finish()
    }
}

extension ExpectedPast {
    init(_ value: JSON) throws {
        var fields = try Fields(value, place: "expect")
        policyVersion = try fields.requiredText("policy_version")
        reasons = try fields.map("reasons") { try texts($0, "reasons") }
        try fields.finish()
    }
}

extension Expected {
    init(_ fields: inout Fields) throws {
        allows = try fields.map("allows") { try $0.bool.orFault("allows is neither true nor false") }
        reasons = try fields.map("reasons") { try texts($0, "reasons") }
        status = try fields.map("status") { try readWord($0, "status") }
        validUntil = try fields.map("valid_until") { value in
            value == .null ? nil : try millis(value.string.orFault("valid_until is no text"))
        }
        osBlocked = try fields.map("os_blocked") { try $0.bool.orFault("os_blocked is neither true nor false") }
        pending = try fields.int("pending")
        stuck = try fields.int("stuck")
        signedIn = try fields.bool("signed_in")
        pushBlocked = try fields.bool("push_blocked")
        policyVersion = try fields.text("policy_version")
        announced = try fields.optional("announced").map { value in
            try value.object.orFault("announced is no object").mapValues { try $0.int.orFault("announced is no number") }
        }
        requests = try fields.int("requests")
        history = try fields.optional("history").map(ExpectedHistory.init)
        verify = try fields.bool("verify")
        server = try fields.map("server") { purposes in
            try purposes.object.orFault("server is no object").mapValues { try readWord($0, "server") }
        }
        serverHistory = try fields.map("server_history") { changes in
            try changes.list.orFault("server_history is no list").map { try $0.object.orFault("server_history is no object") }
        }
    }

    /// True where nothing is expected: such a step could never fail.
    var isEmpty: Bool {
        let maps = [
            allows.isEmpty, reasons.isEmpty, status.isEmpty, validUntil.isEmpty, osBlocked.isEmpty, server.isEmpty, serverHistory.isEmpty,
        ]
        let values: [Any?] = [pending, stuck, signedIn, pushBlocked, policyVersion, announced, requests, history, verify]
        return maps.allSatisfy { $0 } && values.allSatisfy { $0 == nil }
    }
}

extension ExpectedHistory {
    init(_ value: JSON) throws {
        var fields = try Fields(value, place: "history")
        kinds = try fields.texts("kinds").orFault("history needs kinds")
        entries = try fields.list("entries", ExpectedEntry.init).orFault("history needs entries")
        try fields.finish()
    }
}

extension ExpectedEntry {
    init(_ value: JSON) throws {
        var fields = try Fields(value, place: "entries")
        kind = try fields.text("kind")
        purpose = try fields.text("purpose")
        status = try fields.word("status")
        at = try fields.text("at").map(millis)
        actor = try fields.text("actor").map(Consent.Actor.read)
        method = try fields.word("method")
        policyVersion = try fields.text("policy_version")
        language = try fields.text("language")
        try fields.finish()
    }
}

extension Fields {
    /// A word out of a fixed set, by its code.
    mutating func word<Word: RawRepresentable<String>>(_ name: String) throws -> Word? {
        try optional(name).map { try readWord($0, name) }
    }
}

func readWord<Word: RawRepresentable<String>>(_ value: JSON, _ name: String) throws -> Word {
    let code = try value.string.orFault("\(name) is no text")
    return try Word(rawValue: code).orFault("\(name) knows no \(code)")
}

func texts(_ value: JSON, _ name: String) throws -> [String] {
    try value.list.orFault("\(name) is no list").map { try $0.string.orFault("\(name) holds something that is no text") }
}
