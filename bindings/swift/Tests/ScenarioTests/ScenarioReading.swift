import ConsentKit
import Foundation

extension Scenario {
    /// Largest file; a scenario is read by people.
    private static let maxBytes = 64 * 1024
    private static let begin = "2026-11-22T12:00:00+09:00"

    /// Reads a file strictly; `name` is its own name without the ending.
    init(name: String, text: String) throws {
        if text.utf8.count > Self.maxBytes { throw ScenarioFault("is too large") }
        var fields = try Fields(JSON(text), place: "the file")
        let said = try fields.requiredText("name")
        if said != name { throw ScenarioFault("its name says \"\(said)\"") }
        self.name = name
        server = try fields.bool("server") ?? false
        at = try millis(fields.text("at", or: Self.begin))
        let (about, rules) = (try fields.requiredText("about"), try fields.texts("rules") ?? [])
        var (read, number) = ([Step](), 0)
        _ = try fields.list("steps") { step in
            number += 1
            do {
                read.append(try Step(step))
            } catch {
                throw ScenarioFault("step \(number) (\(step["step"]?.string ?? "?")): \(error)")
            }
        }
        try fields.finish()
        if about.isEmpty || rules.isEmpty || read.isEmpty { throw ScenarioFault("needs a sentence, a rule and a step") }
        steps = read
    }
}

extension Step {
    init(_ value: JSON) throws {
        var fields = try Fields(value, place: "the step")
        kind = try fields.requiredText("step")
        device = try fields.text("device")
        let (code, field) = (try fields.text("error"), try fields.text("field"))
        if code == nil && field != nil { throw ScenarioFault("a field without an error") }
        error = code.map { ExpectedError(code: $0, field: field) }
        action = try Action(kind, &fields)
        try fields.finish()
        if case .expect(let expected) = action, expected.isEmpty { throw ScenarioFault("expects nothing") }
        if action.isElsewhere && (device != nil || error != nil) { throw ScenarioFault("is no device's, and has no typed error") }
    }
}

extension Action {
    fileprivate init(_ kind: String, _ fields: inout Fields) throws {
        switch kind {
        case "open": self = .open(try Opening(&fields))
        case "restart": self = .restart(policy: try fields.optional("policy").map(PolicyChange.init))
        case "shutdown": self = .close
        case "ask":
            self = .ask(
                surface: try fields.text("surface", or: "settings"),
                form: try fields.text("form"),
                expect: try ExpectedForm(fields.optional("expect") ?? .object([:])))
        case "dismiss": self = .dismiss
        case "closed": self = .closed
        case "answer": self = .answer(try FormAnswers(&fields))
        case "withdraw": self = .withdraw(purposes: try fields.texts("purposes").orFault("needs purposes"))
        case "import":
            self = .import(
                try fields.list("choices", Consent.ImportChoice.init).orFault("needs choices"),
                expect: try fields.optional("expect").map(ExpectedImport.init))
        case "signals":
            self = .signals(
                Consent.Signals(
                    tracking: try fields.word("tracking"), gpc: try fields.bool("gpc"), age: try fields.word("age"),
                    guardian: try fields.word("guardian"), push: try fields.word("push")))
        case "ad_id":
            self = .advertisingID(
                purpose: try fields.requiredText("purpose"),
                provider: try fields.optional("provider").map(Provider.init),
                expect: try fields.optional("expect").map(ExpectedGate.init))
        case "prompt": self = .prompt(expect: try fields.requiredText("expect"))
        case "sign_in": self = .signIn(subject: try fields.requiredText("subject"))
        case "sign_out": self = .signOut
        case "online": self = .online
        case "sync": self = .sync(expect: try ExpectedSync(fields.optional("expect") ?? .object([:])))
        case "adopt_policy": self = .adoptPolicy(try PolicyChange(fields.required("policy")))
        case "state_at":
            self = .stateAt(try millis(fields.requiredText("at")), expect: try ExpectedPast(fields.required("expect")))
        case "expect": self = .expect(try Expected(&fields))
        case "clock": self = .clock(try Movement(&fields))
        case "server": self = .server(try Deed(&fields))
        case "page": self = .page(subject: try fields.requiredText("subject"), name: try fields.requiredText("name"))
        case "web": self = .web(try WebChange(&fields))
        case "may_send": self = .maySend(try Sending(&fields))
        default: throw ScenarioFault("unknown step")
        }
    }
}

extension Opening {
    fileprivate init(_ fields: inout Fields) throws {
        platform = try fields.word("platform") ?? .desktop
        osVersion = try fields.text("os_version", or: "")
        language = try fields.text("language", or: "ko")
        policy = try fields.optional("policy").map(PolicyChange.init) ?? PolicyChange()
        copyOf = try fields.text("copy_of")
        withMarker = try fields.bool("with_marker") ?? false
    }
}

extension FormAnswers {
    fileprivate init(_ fields: inout Fields) throws {
        form = try fields.text("form")
        forge = try fields.optional("forge").map { value in
            var forgery = try Fields(value, place: "forge")
            let pair = (replace: try forgery.requiredText("replace"), with: try forgery.requiredText("with"))
            try forgery.finish()
            return pair
        }
        grant = try fields.texts("grant") ?? []
        refuse = try fields.texts("refuse") ?? []
        method = try fields.word("method") ?? .toggle
        actor = try fields.text("actor").map(Consent.Actor.read) ?? .person
        expect = try fields.optional("expect").map { value in
            try value.object.orFault("expect is no object").mapValues { try readWord($0, "expect") }
        }
    }
}

extension Consent.Actor {
    /// In JSON the person is `self`.
    static func read(_ code: String) throws -> Consent.Actor {
        if code == "self" { return .person }
        return try Consent.Actor(rawValue: code).flatMap { $0 == .person ? nil : $0 }.orFault("actor knows no \(code)")
    }
}

extension Consent.ImportChoice {
    fileprivate init(_ value: JSON) throws {
        var fields = try Fields(value, place: "choices")
        self.init(
            purpose: try fields.requiredText("purpose"),
            choice: try fields.word("choice").orFault("needs choice"),
            saidAt: try fields.text("said_at").map(millis),
            source: try fields.requiredText("source"),
            textVersion: try fields.text("text_version"))
        try fields.finish()
    }
}

extension Provider {
    fileprivate init(_ value: JSON) throws {
        if value.string == "throws" {
            self = .fails
            return
        }
        var fields = try Fields(value, place: "provider")
        if let id = fields.optional("id") {
            var given = try Fields(id, place: "id")
            self = .id(value: try given.requiredText("value"), limited: try given.bool("limited") ?? false)
            try given.finish()
        } else {
            self = .unavailable(try fields.word("unavailable").orFault("provider answers nothing"))
        }
        try fields.finish()
    }
}

extension Movement {
    fileprivate init(_ fields: inout Fields) throws {
        switch (try fields.text("set"), try fields.text("advance")) {
        case (let time?, nil): self = .set(try millis(time))
        case (nil, let span?): self = .advance(try duration(span))
        default: throw ScenarioFault("needs either set or advance")
        }
    }
}

extension Deed {
    fileprivate init(_ fields: inout Fields) throws {
        let deed = try fields.requiredText("do")
        let policy = try fields.optional("policy").map(PolicyChange.init)
        switch (deed, policy) {
        case ("publish", let policy): self = .publish(policy ?? PolicyChange())
        case ("down", nil): self = .down
        case ("up", nil): self = .up
        case ("back_up", nil): self = .backUp
        case ("restore", nil): self = .restore
        default: throw ScenarioFault("do knows no \(deed), or it takes no policy")
        }
    }
}

extension WebChange {
    fileprivate init(_ fields: inout Fields) throws {
        subject = try fields.requiredText("subject")
        purpose = try fields.requiredText("purpose")
        choice = try fields.word("choice").orFault("needs choice")
        seen = try fields.text("seen", or: "fresh")
        method = try fields.text("method", or: "web")
        expect = try fields.text("expect", or: "applied")
    }
}

extension Sending {
    fileprivate init(_ fields: inout Fields) throws {
        subject = try fields.requiredText("subject")
        channel = try fields.requiredText("channel")
        kind = try fields.text("kind", or: "ad")
        at = try fields.text("at")
        var expected = try Fields(fields.required("expect"), place: "expect")
        allowed = try expected.bool("allowed").orFault("expect needs allowed")
        reasons = try expected.texts("reasons").orFault("expect needs reasons")
        try expected.finish()
    }
}
