//! What is wrong with a policy document: every fault with its place and what to do.

/// Stable code of a fault in a policy document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, uniffi::Enum)]
pub enum FaultCode {
    /// The document has more bytes than are read.
    TooLarge,
    /// The text is not JSON, or is cut off.
    Syntax,
    /// Lists and objects are nested too deep.
    TooDeep,
    /// A list with too many entries.
    TooWide,
    /// The same key twice in one object.
    DuplicateKey,
    /// A field that must be there is missing.
    MissingField,
    /// A field that the document does not have.
    UnknownField,
    /// A value of another type.
    WrongType,
    /// A word that is not one of those allowed.
    UnknownValue,
    /// A number outside its range.
    OutOfRange,
    /// A text that is no date, or no time of day, where one belongs.
    BadDate,
    /// A text that is no id where an id belongs.
    BadId,
    /// A text that is no language tag where one belongs.
    BadLanguage,
    /// A text that is no version number where one belongs.
    BadVersion,
    /// A text that is no e-mail address, telephone number or web address where one belongs, or a contact without any of them.
    BadContact,
    /// A text that is no name of a cookie where one belongs.
    BadCookie,
    /// An empty text.
    EmptyText,
    /// A text that is too long.
    TextTooLong,
    /// A text with a control character.
    ControlCharacter,
    /// A text with a character that turns the reading direction.
    BidiControl,
    /// A text without one of the declared languages.
    MissingLanguage,
    /// A text in a language that is not declared.
    UndeclaredLanguage,
    /// A list that must not be empty.
    EmptyList,
    /// The same id, or the same entry of a list, twice.
    Duplicate,
    /// An id that names nothing.
    UnknownReference,
    /// One of the four items of a consent notice is missing (PIPA-1).
    NoticeItemMissing,
    /// One of the five items about a third party is missing (PIPA-2).
    ThirdPartyItemMissing,
    /// One of the five items about a transfer abroad is missing (PIPA-3).
    TransferItemMissing,
    /// A purpose requires itself, directly or through other purposes.
    RequiresCircle,
    /// A night consent without its day consent (KR-4).
    NightWithoutDay,
    /// A night consent without a channel.
    NightWithoutChannel,
    /// A night consent for a channel that needs none (KR-4).
    NightExempt,
    /// Hours of the night that make no sense, such as a night without an end, or that spare what a law does not (KR-4).
    BadNight,
    /// Marketing on another basis than consent (KR-1).
    MarketingNeedsConsent,
    /// The advertising id on another basis than consent (KR-19, BA-1).
    AdvertisingIdNeedsConsent,
    /// Sharing for advertising on a basis that leaves the person nothing to say (GCM-6), or that a law does not take for it (BA-1).
    SharingNeedsConsent,
    /// A channel that does not require the consent to use data for marketing (KR-5, PIPA-4).
    DataUseNotRequired,
    /// A purpose that needs no consent requires one that does.
    RequiresConsent,
    /// A purpose with the wrong scope: marketing must have the scope `person`, cookies and the advertising id the scope `device`.
    WrongScope,
    /// A cookie that two purposes claim.
    CookieClaimedTwice,
    /// A consent type of Google Consent Mode on another basis than consent (GCM-1).
    GoogleNeedsConsent,
    /// A consent type of Google Consent Mode that shares for advertising, on a purpose that does not say so.
    GoogleNeedsSharing,
    /// No guide to refusing what is collected automatically (PIPA-12).
    GuideMissing,
    /// Ranges of versions that overlap or run backwards.
    VersionsUnordered,
    /// Dates or editions that run backwards.
    DatesBackwards,
    /// Another edition is announced for the same day.
    DayTaken,
    /// Announced later than the document itself promises.
    NoticeTooShort,
    /// The list of versions does not end with this document.
    VersionMismatch,
    /// Another policy than the one in force.
    OtherPolicy,
    /// An older edition than the one in force.
    OlderEdition,
    /// The edition in force, with other content.
    SameEditionChanged,
    /// A delivered policy takes a purpose away from consent.
    ConsentTakenAway,
    /// A delivered policy loosens something other than consent that protects a person: the audience, a system's opt-out, a required
    /// purpose.
    GuardWeakened,
    /// The meaning of a notice changed and its number did not go up (PIPA-1).
    MaterialNotRaised,
    /// The number of a notice's meaning went down.
    MaterialLowered,
}

impl FaultCode {
    /// The stable code: `missing_field`.
    pub fn code(self) -> String {
        let mut code = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_ascii_uppercase() && !code.is_empty() {
                code.push('_');
            }
            code.push(letter.to_ascii_lowercase());
        }
        code
    }
}

/// One fault in a policy document.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Fault {
    /// The place of the fault: a JSON pointer (RFC 6901), empty for the whole document.
    pub pointer: String,
    /// What kind of fault it is.
    pub code: FaultCode,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub fix: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = if self.pointer.is_empty() { "the document" } else { &self.pointer };
        write!(out, "{place}: {} ({}); {}", self.what, self.code.code(), self.fix)
    }
}

/// Most faults reported of one document, so that a hostile one of a mebibyte cannot make a report of gigabytes.
pub const MAX_FAULTS: usize = 1_000;

/// The faults found so far, at most [`MAX_FAULTS`].
#[derive(Debug, Default)]
pub(super) struct Faults {
    list: Vec<Fault>,
}

impl Faults {
    pub(super) fn push(&mut self, pointer: impl Into<String>, code: FaultCode, what: impl Into<String>, fix: impl Into<String>) {
        if self.list.len() < MAX_FAULTS {
            self.list.push(Fault { pointer: pointer.into(), code, what: what.into(), fix: fix.into() });
        }
    }

    pub(super) fn into_result(self) -> Result<(), Vec<Fault>> {
        if self.list.is_empty() { Ok(()) } else { Err(self.list) }
    }

    pub(super) fn into_list(self) -> Vec<Fault> {
        self.list
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}
