package dev.consentkit

/**
 * What kind of fault a policy document has. A later version of the library may know more kinds than these: compare, and do not list them all in
 * a `when` without an `else`.
 */
public class FaultCode private constructor(
    /** Stable code, such as `missing_field`. */
    public val code: String,
) {
    override fun equals(other: Any?): Boolean = other is FaultCode && other.code == code

    override fun hashCode(): Int = code.hashCode()

    override fun toString(): String = code

    /** The kinds that this version knows. */
    public companion object {
        /** The kind with this code, known here or not. */
        @JvmStatic
        public fun of(code: String): FaultCode = FaultCode(code)

        /** More bytes than are read. */
        @JvmField
        public val TOO_LARGE: FaultCode = FaultCode("too_large")

        /** Not JSON, or cut off. */
        @JvmField
        public val SYNTAX: FaultCode = FaultCode("syntax")

        /** Nested too deep. */
        @JvmField
        public val TOO_DEEP: FaultCode = FaultCode("too_deep")

        /** A list with too many entries. */
        @JvmField
        public val TOO_WIDE: FaultCode = FaultCode("too_wide")

        /** The same key twice in one object. */
        @JvmField
        public val DUPLICATE_KEY: FaultCode = FaultCode("duplicate_key")

        /** A needed field is not there. */
        @JvmField
        public val MISSING_FIELD: FaultCode = FaultCode("missing_field")

        /** A field nobody knows. */
        @JvmField
        public val UNKNOWN_FIELD: FaultCode = FaultCode("unknown_field")

        /** A value of another type. */
        @JvmField
        public val WRONG_TYPE: FaultCode = FaultCode("wrong_type")

        /** A word that is not one of those allowed. */
        @JvmField
        public val UNKNOWN_VALUE: FaultCode = FaultCode("unknown_value")

        /** A number outside its range. */
        @JvmField
        public val OUT_OF_RANGE: FaultCode = FaultCode("out_of_range")

        /** Not a date or a time of day. */
        @JvmField
        public val BAD_DATE: FaultCode = FaultCode("bad_date")

        /** Not an id. */
        @JvmField
        public val BAD_ID: FaultCode = FaultCode("bad_id")

        /** Not a language tag. */
        @JvmField
        public val BAD_LANGUAGE: FaultCode = FaultCode("bad_language")

        /** Not a version number. */
        @JvmField
        public val BAD_VERSION: FaultCode = FaultCode("bad_version")

        /** Not an e-mail address, a telephone number or a web address; or no way to reach somebody at all. */
        @JvmField
        public val BAD_CONTACT: FaultCode = FaultCode("bad_contact")

        /** Not the name of a cookie. */
        @JvmField
        public val BAD_COOKIE: FaultCode = FaultCode("bad_cookie")

        /** An empty text. */
        @JvmField
        public val EMPTY_TEXT: FaultCode = FaultCode("empty_text")

        /** A text that is too long. */
        @JvmField
        public val TEXT_TOO_LONG: FaultCode = FaultCode("text_too_long")

        /** A text with a control character. */
        @JvmField
        public val CONTROL_CHARACTER: FaultCode = FaultCode("control_character")

        /** A text with a character that turns the reading direction. */
        @JvmField
        public val BIDI_CONTROL: FaultCode = FaultCode("bidi_control")

        /** A text without one of the declared languages. */
        @JvmField
        public val MISSING_LANGUAGE: FaultCode = FaultCode("missing_language")

        /** A text in a language that is not declared. */
        @JvmField
        public val UNDECLARED_LANGUAGE: FaultCode = FaultCode("undeclared_language")

        /** A list that must not be empty. */
        @JvmField
        public val EMPTY_LIST: FaultCode = FaultCode("empty_list")

        /** The same id, or the same entry of a list, twice. */
        @JvmField
        public val DUPLICATE: FaultCode = FaultCode("duplicate")

        /** An id that names nothing. */
        @JvmField
        public val UNKNOWN_REFERENCE: FaultCode = FaultCode("unknown_reference")

        /** One of the four items of a consent notice is missing (PIPA-1). */
        @JvmField
        public val NOTICE_ITEM_MISSING: FaultCode = FaultCode("notice_item_missing")

        /** One of the five items about a third party is missing (PIPA-2). */
        @JvmField
        public val THIRD_PARTY_ITEM_MISSING: FaultCode = FaultCode("third_party_item_missing")

        /** One of the five items about a transfer abroad is missing (PIPA-3). */
        @JvmField
        public val TRANSFER_ITEM_MISSING: FaultCode = FaultCode("transfer_item_missing")

        /** A purpose requires itself, directly or around a corner. */
        @JvmField
        public val REQUIRES_CIRCLE: FaultCode = FaultCode("requires_circle")

        /** A night consent without its day consent (KR-4). */
        @JvmField
        public val NIGHT_WITHOUT_DAY: FaultCode = FaultCode("night_without_day")

        /** A night consent without a channel. */
        @JvmField
        public val NIGHT_WITHOUT_CHANNEL: FaultCode = FaultCode("night_without_channel")

        /** A night consent for a channel that needs none (KR-4). */
        @JvmField
        public val NIGHT_EXEMPT: FaultCode = FaultCode("night_exempt")

        /** Hours of the night that cannot be. */
        @JvmField
        public val BAD_NIGHT: FaultCode = FaultCode("bad_night")

        /** Marketing on another basis than consent (KR-1). */
        @JvmField
        public val MARKETING_NEEDS_CONSENT: FaultCode = FaultCode("marketing_needs_consent")

        /** The advertising id on another basis than consent (KR-19, BA-1). */
        @JvmField
        public val ADVERTISING_ID_NEEDS_CONSENT: FaultCode = FaultCode("advertising_id_needs_consent")

        /** Sharing for advertising on a basis that leaves the person nothing to say (GCM-6), or that a law does not take for it (BA-1). */
        @JvmField
        public val SHARING_NEEDS_CONSENT: FaultCode = FaultCode("sharing_needs_consent")

        /** A channel that does not require the consent to use data for marketing (KR-5, PIPA-4). */
        @JvmField
        public val DATA_USE_NOT_REQUIRED: FaultCode = FaultCode("data_use_not_required")

        /** A purpose that needs no consent requires one that does. */
        @JvmField
        public val REQUIRES_CONSENT: FaultCode = FaultCode("requires_consent")

        /** A choice that follows the wrong thing: marketing follows the person, cookies and advertising ids the device. */
        @JvmField
        public val WRONG_SCOPE: FaultCode = FaultCode("wrong_scope")

        /** A cookie that two purposes claim. */
        @JvmField
        public val COOKIE_CLAIMED_TWICE: FaultCode = FaultCode("cookie_claimed_twice")

        /** A consent type of Google Consent Mode on another basis than consent (GCM-1). */
        @JvmField
        public val GOOGLE_NEEDS_CONSENT: FaultCode = FaultCode("google_needs_consent")

        /** A consent type of Google Consent Mode that shares for advertising, on a purpose that does not say so. */
        @JvmField
        public val GOOGLE_NEEDS_SHARING: FaultCode = FaultCode("google_needs_sharing")

        /** No guide to refusing what is collected automatically (PIPA-12). */
        @JvmField
        public val GUIDE_MISSING: FaultCode = FaultCode("guide_missing")

        /** Ranges of versions that overlap or run backwards. */
        @JvmField
        public val VERSIONS_UNORDERED: FaultCode = FaultCode("versions_unordered")

        /** Dates or editions that run backwards. */
        @JvmField
        public val DATES_BACKWARDS: FaultCode = FaultCode("dates_backwards")

        /** Another edition is announced for the same day. */
        @JvmField
        public val DAY_TAKEN: FaultCode = FaultCode("day_taken")

        /** Announced later than the document itself promises. */
        @JvmField
        public val NOTICE_TOO_SHORT: FaultCode = FaultCode("notice_too_short")

        /** The list of versions does not end with this document. */
        @JvmField
        public val VERSION_MISMATCH: FaultCode = FaultCode("version_mismatch")

        /** Another policy than the one in force. */
        @JvmField
        public val OTHER_POLICY: FaultCode = FaultCode("other_policy")

        /** An older edition than the one in force. */
        @JvmField
        public val OLDER_EDITION: FaultCode = FaultCode("older_edition")

        /** The edition in force, with other content. */
        @JvmField
        public val SAME_EDITION_CHANGED: FaultCode = FaultCode("same_edition_changed")

        /** A delivered policy takes a purpose away from consent. */
        @JvmField
        public val CONSENT_TAKEN_AWAY: FaultCode = FaultCode("consent_taken_away")

        /** A delivered policy takes away or loosens what guards a person beside consent: the audience, a cap, what a yes depends on. */
        @JvmField
        public val GUARD_WEAKENED: FaultCode = FaultCode("guard_weakened")

        /** The meaning of a notice changed and its number did not go up (PIPA-1). */
        @JvmField
        public val MATERIAL_NOT_RAISED: FaultCode = FaultCode("material_not_raised")

        /** A number of a notice's meaning went down. */
        @JvmField
        public val MATERIAL_LOWERED: FaultCode = FaultCode("material_lowered")
    }
}
