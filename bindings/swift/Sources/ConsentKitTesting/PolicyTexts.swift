/// The parts of a policy document that are shown and decide nothing.
struct PolicyTexts: Decodable, Equatable, Sendable {
    struct Controller: Decodable, Equatable, Sendable {
        @OrEmpty var name: LocalisedText
        @OrEmpty var senderName: LocalisedText
        let website: String?
        @OrEmpty var contact: PolicyContact

        private enum CodingKeys: String, CodingKey {
            case name, website, contact
            case senderName = "sender_name"
        }
    }

    struct Statement: Decodable, Equatable, Sendable {
        @OrEmpty var text: LocalisedText
    }

    struct Collection: Decodable, Equatable, Sendable {
        @OrEmpty var title: LocalisedText
        @OrEmpty var required: [String]
        @OrEmpty var optional: [String]
    }

    /// `"company_rule"`, which is what counts where nothing is said, or the statute that asks for it.
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
        @OrEmpty var title: LocalisedText
        let basis: RetentionBasis?
        @OrEmpty var after: LocalisedText
        let period: Period
        @OrEmpty var exceptions: [LocalisedText]
        let note: LocalisedText?
    }

    struct Dormancy: Decodable, Equatable, Sendable {
        @OrEmpty var handling: LocalisedText
        @OrEmpty var limits: LocalisedText
    }

    struct Destruction: Decodable, Equatable, Sendable {
        struct Way: Decodable, Equatable, Sendable {
            @OrEmpty var how: LocalisedText
        }

        @OrEmpty var when: LocalisedText
        @OrEmpty var keptApart: LocalisedText
        @OrEmpty var procedure: LocalisedText
        @OrEmpty var methods: [Way]

        private enum CodingKeys: String, CodingKey {
            case when, procedure, methods
            case keptApart = "kept_apart"
        }
    }

    struct Processor: Decodable, Equatable, Sendable {
        @OrEmpty var name: LocalisedText
        @OrEmpty var task: LocalisedText
    }

    struct Rights: Decodable, Equatable, Sendable {
        struct Right: Decodable, Equatable, Sendable {
            let kind: String
            @OrEmpty var title: LocalisedText
            let hold: Bool?
        }

        struct Agents: Decodable, Equatable, Sendable {
            @OrEmpty var who: LocalisedText
            let powerOfAttorney: Bool?

            private enum CodingKeys: String, CodingKey {
                case who
                case powerOfAttorney = "power_of_attorney"
            }
        }

        @OrEmpty var kinds: [Right]
        @OrEmpty var ways: [String]
        @OrEmpty var answer: LocalisedText
        @OrEmpty var hold: LocalisedText
        let agents: Agents?
    }

    struct Cookies: Decodable, Equatable, Sendable {
        struct Guide: Decodable, Equatable, Sendable {
            @OrEmpty var browser: LocalisedText
            @OrEmpty var path: LocalisedText
        }

        @OrEmpty var what: LocalisedText
        @OrEmpty var usedFor: LocalisedText
        @OrEmpty var refusal: [Guide]

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
            @OrEmpty var path: LocalisedText
        }

        @OrEmpty var what: LocalisedText
        @OrEmpty var usedFor: [LocalisedText]
        @OrEmpty var refusal: [Guide]

        private enum CodingKeys: String, CodingKey {
            case what, refusal
            case usedFor = "used_for"
        }
    }

    struct Safeguard: Decodable, Equatable, Sendable {
        @OrEmpty var measures: [LocalisedText]
    }

    struct Officer: Decodable, Equatable, Sendable {
        @OrEmpty var role: LocalisedText
        @OrEmpty var duties: LocalisedText
        @OrEmpty var contact: PolicyContact
    }

    struct Remedy: Decodable, Equatable, Sendable {
        @OrEmpty var name: LocalisedText
        @OrEmpty var contact: PolicyContact
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

        @OrEmpty var promise: LocalisedText
        @OrEmpty var versions: [Version]
        /// How many days before its day a change is announced, and how many where people are asked again.
        let noticeDays: Int?
        let materialNoticeDays: Int?

        private enum CodingKeys: String, CodingKey {
            case promise, versions
            case noticeDays = "notice_days"
            case materialNoticeDays = "material_notice_days"
        }
    }

    let announcedOn: String?
    let effectiveOn: String?
    let controller: Controller?
    @OrEmpty var statements: [Statement]
    @OrEmpty var collection: [Collection]
    @OrEmpty var retention: [Retention]
    let dormancy: Dormancy?
    let destruction: Destruction?
    @OrEmpty var processors: [Processor]
    let rights: Rights?
    let cookies: Cookies?
    let advertisingID: AdvertisingID?
    @OrEmpty var safeguards: [Safeguard]
    let officer: Officer?
    @OrEmpty var remedies: [Remedy]
    let amendments: Amendments?

    private enum CodingKeys: String, CodingKey {
        case controller, statements, collection, retention, dormancy, destruction, processors, rights, cookies, safeguards, officer
        case remedies, amendments
        case announcedOn = "announced_on"
        case effectiveOn = "effective_on"
        case advertisingID = "advertising_id"
    }
}

/// Where somebody is reached.
struct PolicyContact: Decodable, Equatable, Sendable, MayBeEmpty {
    var email: String?
    var phone: String?
    var url: String?

    init() {}
}
