import ConsentKitBase
import Foundation

/// The pages of a web view over a fake. No page runs here, so what is handed over is no script: it is the state as JSON, with the nonce that
/// a message has to bear. Messages are judged as in the library, but that none is refused for coming too fast.
final class FakeWebPages: WebPagesEngine, @unchecked Sendable {
    /// Longest message that the library reads, in bytes.
    private static let maxMessageBytes = 16 * 1024

    private let engine: FakeEngine
    private let origins: Set<String>
    private let nonce = UUID().uuidString
    private let lock = NSLock()
    private var heard: Set<String> = []
    private var forms: [String: Consent.Shown] = [:]

    init(_ engine: FakeEngine, _ origins: [String]) throws(ConsentError) {
        if origins.isEmpty { throw .invalid(field: "origins", reason: "is empty; give the origin of each page that may speak to the app") }
        for (place, origin) in origins.enumerated() where !origin.hasPrefix("https://") && !origin.hasPrefix("http://localhost") {
            throw .invalid(
                field: "origins[\(place)]",
                reason: "is no origin of the web; begin with https:// (only this machine itself may have http://)")
        }
        self.engine = engine
        self.origins = Set(origins)
    }

    func handOff() throws(ConsentError) -> Consent.WebHandOff {
        let allowed = engine.snapshot().answers.filter(\.allowed)
        let state = Self.json(["nonce": nonce, "allowed": allowed.map(\.purpose)])
        return Consent.WebHandOff(
            script: state, update: state, gpc: engine.assertsGPC, validUntil: allowed.compactMap(\.validUntil).min(), leftOut: [])
    }

    func hear(_ message: String, origin: String, mainFrame: Bool) throws(ConsentError) -> Consent.WebAnswer {
        switch lock.withLock({ read(message, origin: origin, mainFrame: mainFrame) }) {
        case .failure(let refusal): return Consent.WebAnswer(outcome: .refused(refusal: refusal.why), reply: nil)
        case .success(let message): return done(message)
        }
    }

    private struct Message {
        var id: String
        var said: Said
    }

    private enum Said {
        case ask(surface: String)
        case record(shown: String, answers: [String: Bool])
        case closed(shown: String)
        case withdraw(purposes: [String])
    }

    private struct Refusal: Error {
        var why: Consent.WebRefusal
    }

    private func read(_ text: String, origin: String, mainFrame: Bool) -> Result<Message, Refusal> {
        func refuse(_ why: Consent.WebRefusal) -> Result<Message, Refusal> { .failure(Refusal(why: why)) }
        guard origins.contains(origin) else { return refuse(.origin) }
        guard mainFrame else { return refuse(.frame) }
        guard text.utf8.count <= Self.maxMessageBytes else { return refuse(.tooLarge) }
        guard let members = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any],
            let id = members["id"] as? String, let said = Self.said(members)
        else { return refuse(.malformed) }
        guard members["nonce"] as? String == nonce else { return refuse(.nonce) }
        guard heard.insert(id).inserted else { return refuse(.repeated) }
        return .success(Message(id: id, said: said))
    }

    private static func said(_ members: [String: Any]) -> Said? {
        func isWhole(_ names: String...) -> Bool { Set(members.keys) == Set(["nonce", "id", "kind"] + names) }
        switch members["kind"] as? String {
        case "ask":
            guard isWhole("surface"), let surface = members["surface"] as? String else { return nil }
            return .ask(surface: surface)
        case "record":
            guard isWhole("shown", "answers"), let shown = members["shown"] as? String, let answers = members["answers"] as? [String: Bool]
            else { return nil }
            return .record(shown: shown, answers: answers)
        case "closed":
            guard isWhole("shown"), let shown = members["shown"] as? String else { return nil }
            return .closed(shown: shown)
        case "withdraw":
            guard isWhole("purposes"), let purposes = members["purposes"] as? [String] else { return nil }
            return .withdraw(purposes: purposes)
        default:
            return nil
        }
    }

    private func done(_ message: Message) -> Consent.WebAnswer {
        do throws(ConsentError) {
            switch message.said {
            case .ask(let surface):
                return answer(message, .asked, ["form": told(try engine.questions(surface: surface))])
            case .withdraw(let purposes):
                return answer(message, .withdrawn(receipt: try engine.withdraw(purposes)))
            case .record(let name, let answers):
                guard let shown = shown(name) else { return unknownForm(message) }
                return answer(message, .recorded(receipt: try engine.record(shown: shown, answers: Self.list(answers))))
            case .closed(let name):
                guard let shown = shown(name) else { return unknownForm(message) }
                try engine.closed(shown)
                _ = lock.withLock { forms.removeValue(forKey: name) }
                return answer(message, .closed)
            }
        } catch {
            return answer(message, .failed(reason: error.errorDescription ?? error.code), ["error": error.code])
        }
    }

    /// A page can say yes and no, and only the person says it.
    private static func list(_ answers: [String: Bool]) -> [Consent.Answer] {
        answers.sorted { $0.key < $1.key }.map { purpose, yes in
            Consent.Answer(purpose: purpose, choice: yes ? .granted : .refused, method: .web, actor: .person)
        }
    }

    private func shown(_ name: String) -> Consent.Shown? { lock.withLock { forms[name] } }

    private func unknownForm(_ message: Message) -> Consent.WebAnswer {
        answer(message, .refused(refusal: .unknownForm), ["error": Consent.WebRefusal.unknownForm.rawValue])
    }

    private func answer(_ message: Message, _ outcome: Consent.WebOutcome, _ told: [String: Any] = [:]) -> Consent.WebAnswer {
        let reply = Self.json(["nonce": nonce, "id": message.id].merging(told) { _, new in new })
        return Consent.WebAnswer(outcome: outcome, reply: reply)
    }

    /// The form as a page is given it; the token stays here.
    private func told(_ form: Consent.Questions) -> [String: Any] {
        let name = UUID().uuidString
        lock.withLock { forms[name] = form.shown }
        let asked = form.questions.map { question -> [String: Any] in
            ["purpose": question.purpose, "status": question.status.rawValue, "title": question.notice.title]
        }
        return ["shown": name, "surface": form.surface, "due": form.due, "questions": asked]
    }

    private static func json(_ members: [String: Any]) -> String {
        let written = try? JSONSerialization.data(withJSONObject: members, options: [.sortedKeys])
        return written.map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
