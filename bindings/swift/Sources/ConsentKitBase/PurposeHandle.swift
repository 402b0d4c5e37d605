internal import CConsentKitAtomics

/// What is known of one purpose, in words that stay where they are whatever the policy becomes.
final class PurposeWord: @unchecked Sendable {
    let slot: UnsafeMutablePointer<AnswerTable.Slot>

    init() {
        slot = .allocate(capacity: 1)
        slot.initialize(to: AnswerTable.Slot())
    }

    deinit {
        slot.deallocate()
    }
}

extension Consent {
    /// The answer about one purpose, for code that asks very often: `Consent.purpose` gives it, and it sees every change.
    ///
    /// It keeps no file open. After `close` it denies what needs consent, as `Consent.allows` does; once the `Consent` is gone it denies
    /// everything, also what needs no consent, since nobody could tell it of a change any more. May be used from any thread.
    public final class PurposeHandle: @unchecked Sendable {
        /// The purpose.
        public let purpose: String
        private let slot: UnsafeMutablePointer<AnswerTable.Slot>
        /// Keeps `slot` alive.
        private let word: PurposeWord
        private let board: AnswerBoard
        private weak var consent: Consent?

        init(_ purpose: String, of consent: Consent) {
            self.purpose = purpose
            self.consent = consent
            board = consent.board
            word = consent.board.word(of: purpose)
            slot = word.slot
        }

        /// May this be done now? As `Consent.allows`, without looking the purpose up. Takes no lock and allocates nothing.
        public func allows() -> Bool {
            let state = consentkit_slot_state(slot)
            return state & AnswerTable.timed == 0 ? state != 0 : allowsNow()
        }

        /// Where time can change the answer a clock is read, and once it has run out the library is asked again.
        @inline(never)
        private func allowsNow() -> Bool {
            switch board.verdict(slot) {
            case .allowed: true
            case .refused: false
            case .ranOut: consent?.renewed().allows(purpose) ?? false
            }
        }
    }
}
