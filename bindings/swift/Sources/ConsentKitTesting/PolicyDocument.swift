import Foundation

/// A text in every language of the policy, by BCP 47 tag.
typealias LocalisedText = [String: String]

/// A policy document: what decisions, forms and notices are made of, and the texts that are only shown.
struct PolicyDocument: Decodable, Equatable, Sendable {
    enum Audience: String, Decodable {
        case adult, mixed, child
    }

    /// A law that the document is held to: what it says where the document says nothing.
    enum Regime: String, Decodable, Sendable {
        /// Korean law.
        case kr

        /// Its night (KR-4).
        var night: NightWindow {
            switch self {
            case .kr: .korea
            }
        }

        /// How many days a form stays away that was closed (PIPA-16).
        var coolDownDays: Int {
            switch self {
            case .kr: 7
            }
        }

        /// By how many minutes the clocks of its country are ahead of UTC.
        var utcOffsetMinutes: Int64 {
            switch self {
            case .kr: 9 * 60
            }
        }
    }

    struct Item: Decodable, Equatable, Sendable {
        let id: String
        let label: LocalisedText
    }

    /// A channel of the document's own.
    struct OwnChannel: Decodable, Equatable, Sendable {
        let id: String
        let electronic: Bool?
        let night: Bool?
    }

    /// A recipient whom several purposes name.
    struct Vendor: Decodable, Equatable, Sendable {
        let id: String
        let name: String
    }

    /// The document's own words for one reason, or for all reasons of one family.
    struct ReasonText: Decodable, Equatable, Sendable {
        let code: String
        let text: LocalisedText
    }

    /// The age of consent where a policy names none (PIPA-8).
    static let defaultAgeOfConsent = 14
    /// The number of the first edition, and of the first meaning of a notice.
    static let first = 1

    /// The laws it is held to. What none of them asks for, and the document does not say, is not demanded.
    let regimes: [Regime]
    let id: String
    let version: String
    let edition: Int
    let languages: [String]
    /// The forms that ask. Where none is named, a form of any name asks for every purpose.
    let surfaces: [String]
    let audience: Audience
    /// From which age a person consents alone, in years.
    let ageOfConsent: Int
    /// The hours in which messages need a separate consent: the document's own, or else its laws'; nil where there are none.
    let night: NightWindow?
    /// How many days a form stays away that was closed.
    let coolDownDays: Int
    let channels: [OwnChannel]
    let vendors: [Vendor]
    let items: [Item]
    let purposes: [PolicyPurpose]
    let thirdParties: [PolicyThirdParty]
    let transfers: [PolicyTransfer]
    let reasons: [ReasonText]
    let texts: PolicyTexts
    /// The first moment at which it counts, Unix milliseconds, in the zone of the law that it is held to; one that names no day counts at once.
    let effectiveFrom: Int64

    private enum Keys: String, CodingKey {
        case regimes, id, version, edition, languages, channels, vendors, surfaces, audience, night, items, purposes, transfers, reasons
        case thirdParties = "third_parties"
        case ageOfConsent = "age_of_consent"
        case coolDownDays = "cool_down_days"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Keys.self)
        regimes = try fields.decodeIfPresent([Regime].self, forKey: .regimes) ?? []
        ageOfConsent = try fields.decodeIfPresent(Int.self, forKey: .ageOfConsent) ?? Self.defaultAgeOfConsent
        id = try fields.decode(String.self, forKey: .id)
        version = try fields.decode(String.self, forKey: .version)
        edition = try fields.decodeIfPresent(Int.self, forKey: .edition) ?? Self.first
        languages = try fields.decode([String].self, forKey: .languages)
        surfaces = try fields.decodeIfPresent([String].self, forKey: .surfaces) ?? []
        audience = try fields.decodeIfPresent(Audience.self, forKey: .audience) ?? .adult
        night = try fields.decodeIfPresent(NightWindow.self, forKey: .night) ?? regimes.first?.night
        coolDownDays = try fields.decodeIfPresent(Int.self, forKey: .coolDownDays) ?? regimes.map(\.coolDownDays).max() ?? 0
        channels = try fields.decodeIfPresent([OwnChannel].self, forKey: .channels) ?? []
        vendors = try fields.decodeIfPresent([Vendor].self, forKey: .vendors) ?? []
        items = try fields.decodeIfPresent([Item].self, forKey: .items) ?? []
        purposes = try fields.decode([PolicyPurpose].self, forKey: .purposes)
        thirdParties = try fields.decodeIfPresent([PolicyThirdParty].self, forKey: .thirdParties) ?? []
        transfers = try fields.decodeIfPresent([PolicyTransfer].self, forKey: .transfers) ?? []
        reasons = try fields.decodeIfPresent([ReasonText].self, forKey: .reasons) ?? []
        texts = try PolicyTexts(from: decoder)
        let offset = regimes.map(\.utcOffsetMinutes).min() ?? 0
        effectiveFrom = try texts.effectiveOn.map { try PolicyDay($0).begins(utcOffsetMinutes: offset) } ?? .min
    }

    func purpose(_ id: String) -> PolicyPurpose? {
        purposes.first { $0.id == id }
    }

    /// True where the instant lies in the hours that need a separate consent, or may.
    func isNight(at time: Int64) -> Bool {
        night?.covers(time) ?? false
    }

    /// True where messages of a channel need the separate consent in those hours. A document cannot exempt an electronic channel that its laws
    /// do not.
    func needsNightConsent(_ channel: PolicyPurpose.Channel) -> Bool {
        let own = channels.first { $0.id == channel.rawValue }
        if own?.electronic == false { return false }
        let byItself = own?.night != false && night?.restricts(channel) == true
        return byItself || regimes.contains { $0.night.restricts(channel) }
    }

    /// The declared language nearest to an asked one: the same tag, or else the same language in the same script, or else the same language,
    /// or else the first.
    func language(nearestTo asked: String) -> String {
        PolicyLanguage.nearest(languages, to: asked) ?? asked
    }

    /// A text in a language, in the first language where that is missing, empty where both are.
    func text(_ text: LocalisedText, in language: String) -> String {
        text[language] ?? languages.first.flatMap { text[$0] } ?? ""
    }
}

/// One purpose of the policy.
struct PolicyPurpose: Decodable, Equatable, Sendable {
    enum Basis: String, Decodable {
        case consent, contract, law
        case legitimateInterest = "legitimate_interest"
        case optOut = "opt_out"

        /// True where it is allowed as long as the person says nothing, once it is known that the person said nothing anywhere.
        var silenceAllows: Bool { self == .legitimateInterest || self == .optOut }

        /// True where the person has a say: where something can be granted, refused or withdrawn.
        var mayBeAnswered: Bool { self == .consent || silenceAllows }

        /// How much the person has to say: to be asked first is more than to be able to object, and that is more than nothing.
        var say: Int { self == .consent ? 2 : silenceAllows ? 1 : 0 }
    }

    enum Scope: String, Decodable {
        case device, person
    }

    /// A way to send messages: one of the known ones, or one of the document's own.
    struct Channel: RawRepresentable, Decodable, Hashable, Sendable {
        static let email = Channel(rawValue: "email")
        static let push = Channel(rawValue: "push")
        static let post = Channel(rawValue: "post")

        let rawValue: String
    }

    enum Uses: String, Decodable {
        case advertisingID = "advertising_id"
    }

    /// A consent type of Google Consent Mode (GCM-1).
    enum Google: String, Decodable, CaseIterable {
        case adStorage = "ad_storage"
        case analyticsStorage = "analytics_storage"
        case adUserData = "ad_user_data"
        case adPersonalization = "ad_personalization"
    }

    struct Notice: Decodable, Equatable, Sendable {
        @OrEmpty var purpose: LocalisedText
        @OrEmpty var items: [String]
        @OrEmpty var retention: LocalisedText
        @OrEmpty var refusal: LocalisedText
    }

    let id: String
    let title: LocalisedText
    let basis: Basis
    let scope: Scope
    let channel: Channel?
    let night: Bool
    let cookies: [String]
    let uses: Uses?
    let sharing: Bool
    let google: [Google]
    let requires: [String]
    let surfaces: [String]
    let material: Int
    let expiresAfterDays: Int?
    let notice: Notice?
    let thirdParties: [String]
    let transfers: [String]
    let vendors: [String]
    /// The edition that changed no more than its wording, where it says so.
    let editorial: Int?

    private enum Keys: String, CodingKey {
        case id, title, basis, scope, channel, night, cookies, uses, sharing, google, requires, surfaces, material, notice, transfers, vendors
        case editorial
        case expiresAfterDays = "expires_after_days"
        case thirdParties = "third_parties"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Keys.self)
        func list(_ key: Keys) throws -> [String] {
            try fields.decodeIfPresent([String].self, forKey: key) ?? []
        }
        id = try fields.decode(String.self, forKey: .id)
        title = try fields.decode(LocalisedText.self, forKey: .title)
        basis = try fields.decodeIfPresent(Basis.self, forKey: .basis) ?? .consent
        scope = try fields.decodeIfPresent(Scope.self, forKey: .scope) ?? .device
        channel = try fields.decodeIfPresent(Channel.self, forKey: .channel)
        night = try fields.decodeIfPresent(Bool.self, forKey: .night) ?? false
        cookies = try list(.cookies)
        uses = try fields.decodeIfPresent(Uses.self, forKey: .uses)
        sharing = try fields.decodeIfPresent(Bool.self, forKey: .sharing) ?? false
        google = try fields.decodeIfPresent([Google].self, forKey: .google) ?? []
        requires = try list(.requires)
        surfaces = try list(.surfaces)
        material = try fields.decodeIfPresent(Int.self, forKey: .material) ?? PolicyDocument.first
        expiresAfterDays = try fields.decodeIfPresent(Int.self, forKey: .expiresAfterDays)
        notice = try fields.decodeIfPresent(Notice.self, forKey: .notice)
        thirdParties = try list(.thirdParties)
        transfers = try list(.transfers)
        vendors = try list(.vendors)
        editorial = try fields.decodeIfPresent(Int.self, forKey: .editorial)
    }

    var usesAdvertisingID: Bool {
        uses == .advertisingID
    }

    /// True where it shares data for advertising, said or implied.
    var sharesForAdvertising: Bool {
        sharing || usesAdvertisingID
    }
}

/// Somebody who receives data for purposes of their own (PIPA-2).
struct PolicyThirdParty: Decodable, Equatable, Sendable {
    let id: String
    let recipient: LocalisedText
    @OrEmpty var purpose: LocalisedText
    @OrEmpty var items: [String]
    @OrEmpty var retention: LocalisedText
    @OrEmpty var refusal: LocalisedText
}

/// Data that leaves the country (PIPA-3).
struct PolicyTransfer: Decodable, Equatable, Sendable {
    let id: String
    @OrEmpty var items: [String]
    @OrEmpty var country: LocalisedText
    @OrEmpty var when: LocalisedText
    @OrEmpty var method: LocalisedText
    let recipient: LocalisedText
    @OrEmpty var contact: PolicyContact
    @OrEmpty var purpose: LocalisedText
    @OrEmpty var retention: LocalisedText
    @OrEmpty var refusal: LocalisedText
}
