import ConsentKitBase
internal import ConsentKitFFI

/// The pages of a web view over the core.
final class CoreWebPages: WebPagesEngine {
    private let core: ConsentCore
    private let pages: WebPages

    init(_ core: ConsentCore, _ pages: WebPages) {
        self.core = core
        self.pages = pages
    }

    func handOff() throws(ConsentKitBase.ConsentError) -> Consent.WebHandOff {
        let handOff = core.webHandOff(pages: pages)
        return Consent.WebHandOff(
            script: handOff.script, update: handOff.update, gpc: handOff.gpc, validUntil: handOff.validUntil, leftOut: handOff.leftOut)
    }

    func hear(_ message: String, origin: String, mainFrame: Bool) throws(ConsentKitBase.ConsentError) -> Consent.WebAnswer {
        let answer = core.webMessage(pages: pages, text: message, origin: origin, mainFrame: mainFrame)
        return Consent.WebAnswer(outcome: Consent.WebOutcome(answer.outcome), reply: answer.reply)
    }
}

extension Consent.WebOutcome {
    fileprivate init(_ core: ConsentKitFFI.WebOutcome) {
        switch core {
        case .asked: self = .asked
        case .recorded(let receipt): self = .recorded(receipt: Consent.Receipt(receipt))
        case .closed: self = .closed
        case .withdrawn(let receipt): self = .withdrawn(receipt: Consent.Receipt(receipt))
        case .refused(let refusal): self = .refused(refusal: Consent.WebRefusal(refusal))
        case .failed(let reason): self = .failed(reason: reason)
        }
    }
}

extension Consent.WebRefusal {
    fileprivate init(_ core: ConsentKitFFI.WebRefusal) {
        switch core {
        case .origin: self = .origin
        case .frame: self = .frame
        case .tooLarge: self = .tooLarge
        case .tooMany: self = .tooMany
        case .malformed: self = .malformed
        case .nonce: self = .nonce
        case .repeated: self = .repeated
        case .unknownForm: self = .unknownForm
        }
    }
}
