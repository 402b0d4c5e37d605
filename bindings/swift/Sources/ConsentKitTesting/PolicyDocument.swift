import Foundation

/// A text in every language of the policy, by BCP 47 tag.
typealias LocalisedText = [String: String]

/// A policy document: what decisions, forms and notices are made of, and the texts that are only shown.
struct PolicyDocument: Decodable, Equatable, Sendable {
    enum Audience: String, Decodable {
        case adult, mixed, child
    }

    struct Item: Decodable, Equatable, Sendable {
        let id: String
        let label: LocalisedText
    }

    /// The age of consent where a policy names none (PIPA-8).
    static let defaultAgeOfConsent = 14

    let id: String
    let version: String
    let edition: Int
    let languages: [String]
    let surfaces: [String]
    let audience: Audience
    /// From which age a person consents alone, in years.
    let ageOfConsent: Int
    let night: NightWindow
    let items: [Item]
    let purposes: [PolicyPurpose]
    let thirdParties: [PolicyThirdParty]
    let transfers: [PolicyTransfer]
    let texts: PolicyTexts

    private enum Keys: String, CodingKey {
        case id, version, edition, languages, surfaces, audience, night, items, purposes, transfers
        case thirdParties = "third_parties"
        case ageOfConsent = "age_of_consent"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Keys.self)
        ageOfConsent = try fields.decodeIfPresent(Int.self, forKey: .ageOfConsent) ?? Self.defaultAgeOfConsent
        id = try fields.decode(String.self, forKey: .id)
        version = try fields.decode(String.self, forKey: .version)
        edition = try fields.decode(Int.self, forKey: .edition)
        languages = try fields.decode([String].self, forKey: .languages)
        surfaces = try fields.decode([String].self, forKey: .surfaces)
        audience = try fields.decode(Audience.self, forKey: .audience)
        night = try fields.decodeIfPresent(NightWindow.self, forKey: .night) ?? .korea
        items = try fields.decode([Item].self, forKey: .items)
        purposes = try fields.decode([PolicyPurpose].self, forKey: .purposes)
        thirdParties = try fields.decode([PolicyThirdParty].self, forKey: .thirdParties)
        transfers = try fields.decode([PolicyTransfer].self, forKey: .transfers)
        texts = try PolicyTexts(from: decoder)
    }

    func purpose(_ id: String) -> PolicyPurpose? {
        purposes.first { $0.id == id }
    }

    /// The declared language nearest to an asked one: the same tag, else one with the same primary language, else the first.
    func language(nearestTo asked: String) -> String {
        func primary(_ tag: String) -> String {
            tag.split(whereSeparator: { "-_".contains($0) }).first.map { $0.lowercased() } ?? ""
        }
        return languages.first { $0.lowercased() == asked.lowercased() }
            ?? languages.first { primary($0) == primary(asked) }
            ?? languages.first ?? asked
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
    }

    enum Scope: String, Decodable {
        case device, person
    }

    enum Channel: String, Decodable {
        case email, sms, push, kakao, phone, post
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
        let purpose: LocalisedText
        let items: [String]
        let retention: LocalisedText
        let refusal: LocalisedText
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

    private enum Keys: String, CodingKey {
        case id, title, basis, scope, channel, night, cookies, uses, sharing, google, requires, surfaces, material, notice, transfers
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
        basis = try fields.decode(Basis.self, forKey: .basis)
        scope = try fields.decode(Scope.self, forKey: .scope)
        channel = try fields.decodeIfPresent(Channel.self, forKey: .channel)
        night = try fields.decodeIfPresent(Bool.self, forKey: .night) ?? false
        cookies = try list(.cookies)
        uses = try fields.decodeIfPresent(Uses.self, forKey: .uses)
        sharing = try fields.decodeIfPresent(Bool.self, forKey: .sharing) ?? false
        google = try fields.decodeIfPresent([Google].self, forKey: .google) ?? []
        requires = try list(.requires)
        surfaces = try list(.surfaces)
        material = try fields.decode(Int.self, forKey: .material)
        expiresAfterDays = try fields.decodeIfPresent(Int.self, forKey: .expiresAfterDays)
        notice = try fields.decodeIfPresent(Notice.self, forKey: .notice)
        thirdParties = try list(.thirdParties)
        transfers = try list(.transfers)
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
    let purpose: LocalisedText
    let items: [String]
    let retention: LocalisedText
    let refusal: LocalisedText
}

/// Data that leaves the country (PIPA-3).
struct PolicyTransfer: Decodable, Equatable, Sendable {
    let id: String
    let items: [String]
    let country: LocalisedText
    let when: LocalisedText
    let method: LocalisedText
    let recipient: LocalisedText
    let contact: PolicyContact
    let purpose: LocalisedText
    let retention: LocalisedText
    let refusal: LocalisedText
}
