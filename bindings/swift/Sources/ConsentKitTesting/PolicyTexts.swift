/// The parts of a policy document that are shown and decide nothing.
struct PolicyTexts: Decodable, Equatable, Sendable {
    struct Controller: Decodable, Equatable, Sendable {
        let name: LocalisedText
        let senderName: LocalisedText
        let website: String?
        let contact: PolicyContact

        private enum CodingKeys: String, CodingKey {
            case name, website, contact
            case senderName = "sender_name"
        }
    }

    struct Statement: Decodable, Equatable, Sendable {
        let text: LocalisedText
    }

    struct Collection: Decodable, Equatable, Sendable {
        let title: LocalisedText
        let required: [String]
        let optional: [String]
    }

    /// `"company_rule"`, or the statute that asks for it.
    enum RetentionBasis: Decodable, Equatable, Sendable {
        case companyRule
        case statute(LocalisedText)

        private enum Keys: CodingKey {
            case statute
        }

        init(from decoder: any Decoder) throws {
            if let fields = try? decoder.container(keyedBy: Keys.self) {
                self = .statute(try fields.decode(LocalisedText.self, forKey: .statute))
            } else {
                self = .companyRule
            }
        }
    }

    /// `"at_once"`, or one unit and how many.
    enum Period: Decodable, Equatable, Sendable {
        case atOnce
        case days(Int64), months(Int64), years(Int64)

        private enum Keys: CodingKey {
            case days, months, years
        }

        init(from decoder: any Decoder) throws {
            guard let fields = try? decoder.container(keyedBy: Keys.self) else {
                self = .atOnce
                return
            }
            if let days = try fields.decodeIfPresent(Int64.self, forKey: .days) {
                self = .days(days)
            } else if let months = try fields.decodeIfPresent(Int64.self, forKey: .months) {
                self = .months(months)
            } else {
                self = .years(try fields.decode(Int64.self, forKey: .years))
            }
        }
    }

    struct Retention: Decodable, Equatable, Sendable {
        let title: LocalisedText
        let basis: RetentionBasis
        let after: LocalisedText
        let period: Period
        let exceptions: [LocalisedText]?
        let note: LocalisedText?
    }

    struct Dormancy: Decodable, Equatable, Sendable {
        let handling: LocalisedText
        let limits: LocalisedText
    }

    struct Destruction: Decodable, Equatable, Sendable {
        struct Way: Decodable, Equatable, Sendable {
            let how: LocalisedText
        }

        let when: LocalisedText
        let keptApart: LocalisedText
        let procedure: LocalisedText
        let methods: [Way]

        private enum CodingKeys: String, CodingKey {
            case when, procedure, methods
            case keptApart = "kept_apart"
        }
    }

    struct Processor: Decodable, Equatable, Sendable {
        let name: LocalisedText
        let task: LocalisedText
    }

    struct Rights: Decodable, Equatable, Sendable {
        struct Right: Decodable, Equatable, Sendable {
            let kind: String
            let title: LocalisedText
            let hold: Bool?
        }

        struct Agents: Decodable, Equatable, Sendable {
            let who: LocalisedText
            let powerOfAttorney: Bool

            private enum CodingKeys: String, CodingKey {
                case who
                case powerOfAttorney = "power_of_attorney"
            }
        }

        let kinds: [Right]
        let ways: [String]
        let answer: LocalisedText
        let hold: LocalisedText
        let agents: Agents
    }

    struct Cookies: Decodable, Equatable, Sendable {
        struct Guide: Decodable, Equatable, Sendable {
            let browser: LocalisedText
            let path: LocalisedText
        }

        let what: LocalisedText
        let usedFor: LocalisedText
        let refusal: [Guide]

        private enum CodingKeys: String, CodingKey {
            case what, refusal
            case usedFor = "used_for"
        }
    }

    struct AdvertisingID: Decodable, Equatable, Sendable {
        struct Guide: Decodable, Equatable, Sendable {
            let platform: String
            let from: String?
            let before: String?
            let path: LocalisedText
        }

        let what: LocalisedText
        let usedFor: [LocalisedText]
        let refusal: [Guide]

        private enum CodingKeys: String, CodingKey {
            case what, refusal
            case usedFor = "used_for"
        }
    }

    struct Safeguard: Decodable, Equatable, Sendable {
        let measures: [LocalisedText]
    }

    struct Officer: Decodable, Equatable, Sendable {
        let role: LocalisedText
        let duties: LocalisedText
        let contact: PolicyContact
    }

    struct Remedy: Decodable, Equatable, Sendable {
        let name: LocalisedText
        let contact: PolicyContact
        let withoutAreaCode: Bool?

        private enum CodingKeys: String, CodingKey {
            case name, contact
            case withoutAreaCode = "without_area_code"
        }
    }

    struct Amendments: Decodable, Equatable, Sendable {
        struct Version: Decodable, Equatable, Sendable {
            let version: String
            let announcedOn: String?
            let effectiveOn: String

            private enum CodingKeys: String, CodingKey {
                case version
                case announcedOn = "announced_on"
                case effectiveOn = "effective_on"
            }
        }

        let promise: LocalisedText
        let versions: [Version]
    }

    let announcedOn: String
    let effectiveOn: String
    let controller: Controller
    let statements: [Statement]?
    let collection: [Collection]
    let retention: [Retention]
    let dormancy: Dormancy?
    let destruction: Destruction
    let processors: [Processor]
    let rights: Rights
    let cookies: Cookies?
    let advertisingID: AdvertisingID?
    let safeguards: [Safeguard]
    let officer: Officer
    let remedies: [Remedy]
    let amendments: Amendments

    private enum CodingKeys: String, CodingKey {
        case controller, statements, collection, retention, dormancy, destruction, processors, rights, cookies, safeguards, officer
        case remedies, amendments
        case announcedOn = "announced_on"
        case effectiveOn = "effective_on"
        case advertisingID = "advertising_id"
    }
}

/// Where somebody is reached.
struct PolicyContact: Decodable, Equatable, Sendable {
    let email: String?
    let phone: String?
    let url: String?
}
