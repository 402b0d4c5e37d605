extension Consent {
    /// Stable code of a fault in a policy document.
    public enum FaultCode: String, CaseIterable, Sendable {
        /// More bytes than are read.
        case tooLarge = "too_large"
        /// Not JSON, or cut off.
        case syntax
        /// Nested too deep.
        case tooDeep = "too_deep"
        /// A list with too many entries.
        case tooWide = "too_wide"
        /// The same key twice in one object.
        case duplicateKey = "duplicate_key"
        /// A needed field is not there.
        case missingField = "missing_field"
        /// A field nobody knows.
        case unknownField = "unknown_field"
        /// A value of another type.
        case wrongType = "wrong_type"
        /// A word that is not one of those allowed.
        case unknownValue = "unknown_value"
        /// A number outside its range.
        case outOfRange = "out_of_range"
        /// Not a date or a time of day.
        case badDate = "bad_date"
        /// Not an id.
        case badId = "bad_id"
        /// Not a language tag.
        case badLanguage = "bad_language"
        /// Not a version number.
        case badVersion = "bad_version"
        /// Not an e-mail address, a telephone number or a web address; or no way to reach somebody at all.
        case badContact = "bad_contact"
        /// Not the name of a cookie.
        case badCookie = "bad_cookie"
        /// An empty text.
        case emptyText = "empty_text"
        /// A text that is too long.
        case textTooLong = "text_too_long"
        /// A text with a control character.
        case controlCharacter = "control_character"
        /// A text with a character that turns the reading direction.
        case bidiControl = "bidi_control"
        /// A text without one of the declared languages.
        case missingLanguage = "missing_language"
        /// A text in a language that is not declared.
        case undeclaredLanguage = "undeclared_language"
        /// A list that must not be empty.
        case emptyList = "empty_list"
        /// The same id, or the same entry of a list, twice.
        case duplicate
        /// An id that names nothing.
        case unknownReference = "unknown_reference"
        /// One of the four items of a consent notice is missing (PIPA-1).
        case noticeItemMissing = "notice_item_missing"
        /// One of the five items about a third party is missing (PIPA-2).
        case thirdPartyItemMissing = "third_party_item_missing"
        /// One of the five items about a transfer abroad is missing (PIPA-3).
        case transferItemMissing = "transfer_item_missing"
        /// A purpose requires itself, directly or around a corner.
        case requiresCircle = "requires_circle"
        /// A night consent without its day consent (KR-4).
        case nightWithoutDay = "night_without_day"
        /// A night consent without a channel.
        case nightWithoutChannel = "night_without_channel"
        /// A night consent for a channel that needs none (KR-4).
        case nightExempt = "night_exempt"
        /// Hours of the night that cannot be.
        case badNight = "bad_night"
        /// Marketing on another basis than consent (KR-1).
        case marketingNeedsConsent = "marketing_needs_consent"
        /// The advertising id on another basis than consent (KR-19, BA-1).
        case advertisingIdNeedsConsent = "advertising_id_needs_consent"
        /// Sharing for advertising on a basis that leaves the person nothing to say (GCM-6), or that a law does not take for it (BA-1).
        case sharingNeedsConsent = "sharing_needs_consent"
        /// A channel that does not require the consent to use data for marketing (KR-5, PIPA-4).
        case dataUseNotRequired = "data_use_not_required"
        /// A purpose that needs no consent requires one that does.
        case requiresConsent = "requires_consent"
        /// A choice that follows the wrong thing: marketing follows the person, cookies and advertising ids the device.
        case wrongScope = "wrong_scope"
        /// A cookie that two purposes claim.
        case cookieClaimedTwice = "cookie_claimed_twice"
        /// A consent type of Google Consent Mode on another basis than consent (GCM-1).
        case googleNeedsConsent = "google_needs_consent"
        /// A consent type of Google Consent Mode that shares for advertising, on a purpose that does not say so.
        case googleNeedsSharing = "google_needs_sharing"
        /// No guide to refusing what is collected automatically (PIPA-12).
        case guideMissing = "guide_missing"
        /// Ranges of versions that overlap or run backwards.
        case versionsUnordered = "versions_unordered"
        /// Dates or editions that run backwards.
        case datesBackwards = "dates_backwards"
        /// Announced later than the document itself promises.
        case noticeTooShort = "notice_too_short"
        /// Another edition is announced for the same day.
        case dayTaken = "day_taken"
        /// The list of versions does not end with this document.
        case versionMismatch = "version_mismatch"
        /// Another policy than the one in force.
        case otherPolicy = "other_policy"
        /// An older edition than the one in force.
        case olderEdition = "older_edition"
        /// The edition in force, with other content.
        case sameEditionChanged = "same_edition_changed"
        /// A delivered policy takes a purpose away from consent.
        case consentTakenAway = "consent_taken_away"
        /// A delivered policy takes away something that guards a person.
        case guardWeakened = "guard_weakened"
        /// The meaning of a notice changed and its number did not go up (PIPA-1).
        case materialNotRaised = "material_not_raised"
        /// A number of a notice's meaning went down.
        case materialLowered = "material_lowered"
    }

    /// One fault in a policy document.
    public struct PolicyFault: Sendable, Hashable {
        /// Its place: a JSON pointer (RFC 6901), empty for the whole document.
        public let pointer: String
        /// What kind of fault.
        public let code: FaultCode
        /// What is wrong.
        public let what: String
        /// What to do about it.
        public let fix: String

        /// All fields, in their order.
        public init(pointer: String, code: FaultCode, what: String, fix: String) {
            self.pointer = pointer
            self.code = code
            self.what = what
            self.fix = fix
        }
    }
}
