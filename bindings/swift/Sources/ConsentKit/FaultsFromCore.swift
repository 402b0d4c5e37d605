// Turns the core's faults of a policy document into ours. No generated type appears in a public signature.
internal import ConsentKitFFI
import ConsentKitBase

extension Consent.FaultCode {
    init(_ core: ConsentKitFFI.FaultCode) {
        switch core {
        case .tooLarge: self = .tooLarge
        case .syntax: self = .syntax
        case .tooDeep: self = .tooDeep
        case .tooWide: self = .tooWide
        case .duplicateKey: self = .duplicateKey
        case .missingField: self = .missingField
        case .unknownField: self = .unknownField
        case .wrongType: self = .wrongType
        case .unknownValue: self = .unknownValue
        case .outOfRange: self = .outOfRange
        case .badDate: self = .badDate
        case .badId: self = .badId
        case .badLanguage: self = .badLanguage
        case .badVersion: self = .badVersion
        case .badContact: self = .badContact
        case .badCookie: self = .badCookie
        case .emptyText: self = .emptyText
        case .textTooLong: self = .textTooLong
        case .controlCharacter: self = .controlCharacter
        case .bidiControl: self = .bidiControl
        case .missingLanguage: self = .missingLanguage
        case .undeclaredLanguage: self = .undeclaredLanguage
        case .emptyList: self = .emptyList
        case .duplicate: self = .duplicate
        case .unknownReference: self = .unknownReference
        case .noticeItemMissing: self = .noticeItemMissing
        case .thirdPartyItemMissing: self = .thirdPartyItemMissing
        case .transferItemMissing: self = .transferItemMissing
        case .requiresCircle: self = .requiresCircle
        case .nightWithoutDay: self = .nightWithoutDay
        case .nightWithoutChannel: self = .nightWithoutChannel
        case .nightExempt: self = .nightExempt
        case .badNight: self = .badNight
        case .marketingNeedsConsent: self = .marketingNeedsConsent
        case .advertisingIdNeedsConsent: self = .advertisingIdNeedsConsent
        case .sharingNeedsConsent: self = .sharingNeedsConsent
        case .dataUseNotRequired: self = .dataUseNotRequired
        case .requiresConsent: self = .requiresConsent
        case .wrongScope: self = .wrongScope
        case .cookieClaimedTwice: self = .cookieClaimedTwice
        case .googleNeedsConsent: self = .googleNeedsConsent
        case .googleNeedsSharing: self = .googleNeedsSharing
        case .guideMissing: self = .guideMissing
        case .versionsUnordered: self = .versionsUnordered
        case .datesBackwards: self = .datesBackwards
        case .noticeTooShort: self = .noticeTooShort
        case .dayTaken: self = .dayTaken
        case .versionMismatch: self = .versionMismatch
        case .otherPolicy: self = .otherPolicy
        case .olderEdition: self = .olderEdition
        case .sameEditionChanged: self = .sameEditionChanged
        case .consentTakenAway: self = .consentTakenAway
        case .guardWeakened: self = .guardWeakened
        case .materialNotRaised: self = .materialNotRaised
        case .materialLowered: self = .materialLowered
        }
    }
}

extension Consent.PolicyFault {
    init(_ core: ConsentKitFFI.Fault) {
        self.init(pointer: core.pointer, code: Consent.FaultCode(core.code), what: core.what, fix: core.fix)
    }
}
