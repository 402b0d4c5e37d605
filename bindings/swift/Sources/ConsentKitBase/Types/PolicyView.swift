extension Consent {
    /// Where somebody is reached. At least one way must be given.
    public struct Contact: Sendable, Hashable {
        /// E-mail address.
        public let email: String?
        /// Telephone number: digits and hyphens, a leading `+` allowed. Short numbers are dialled without an area code.
        public let phone: String?
        /// Web address, `https://` or `http://`.
        public let url: String?

        /// All fields, in their order.
        public init(email: String? = nil, phone: String? = nil, url: String? = nil) {
            self.email = email
            self.phone = phone
            self.url = url
        }
    }

    /// Who answers for personal data inside the company. Never a person's name.
    public struct OfficerView: Sendable, Hashable {
        /// The post.
        public let role: String
        /// What they answer for.
        public let duties: String
        /// Where they are reached.
        public let contact: Contact

        /// All fields, in their order.
        public init(role: String, duties: String, contact: Contact) {
            self.role = role
            self.duties = duties
            self.contact = contact
        }
    }

    /// A body outside the company that helps.
    public struct RemedyView: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Where it is reached.
        public let contact: Contact
        /// True where the number is dialled without an area code.
        public let withoutAreaCode: Bool

        /// All fields, in their order.
        public init(name: String, contact: Contact, withoutAreaCode: Bool) {
            self.name = name
            self.contact = contact
            self.withoutAreaCode = withoutAreaCode
        }
    }

    /// A right over one's own data (PIPA-9).
    public enum RightKind: String, CaseIterable, Sendable {
        /// To see it.
        case access
        /// To have it put right.
        case correction
        /// To have it removed.
        case erasure
        /// To have its use stopped.
        case suspension
    }

    /// A way to make a request.
    public enum RequestWay: String, CaseIterable, Sendable {
        /// On the web site.
        case website
        /// In the app.
        case mobileApp = "mobile_app"
        /// In writing.
        case writing
        /// By telephone.
        case phone
        /// By e-mail.
        case email
        /// By fax.
        case fax
    }

    /// One right over one's own data.
    public struct RightView: Sendable, Hashable {
        /// Which.
        public let kind: RightKind
        /// Its name.
        public let title: String
        /// True where the data is neither used nor passed on until the request is settled.
        public let hold: Bool

        /// All fields, in their order.
        public init(kind: RightKind, title: String, hold: Bool) {
            self.kind = kind
            self.title = title
            self.hold = hold
        }
    }

    /// What a person may ask for.
    public struct RightsView: Sendable, Hashable {
        /// The rights.
        public let kinds: [RightView]
        /// The ways to make a request.
        public let ways: [RequestWay]
        /// How fast the company acts.
        public let answer: String
        /// What is held back until a request is settled.
        public let hold: String
        /// Who may ask for somebody else.
        public let agents: String
        /// True where they must hand in a power of attorney.
        public let powerOfAttorney: Bool

        /// All fields, in their order.
        public init(kinds: [RightView], ways: [RequestWay], answer: String, hold: String, agents: String, powerOfAttorney: Bool) {
            self.kinds = kinds
            self.ways = ways
            self.answer = answer
            self.hold = hold
            self.agents = agents
            self.powerOfAttorney = powerOfAttorney
        }
    }

    /// A company that works on this company's behalf.
    public struct ProcessorView: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// What it does.
        public let task: String

        /// All fields, in their order.
        public init(name: String, task: String) {
            self.name = name
            self.task = task
        }
    }

    /// The unit of a period.
    public enum PeriodUnit: String, CaseIterable, Sendable {
        /// No longer than the moment itself; the count is 0.
        case atOnce = "at_once"
        /// Calendar days.
        case days
        /// Calendar months.
        case months
        /// Calendar years.
        case years
    }

    /// How long one kind of record is kept.
    public struct RetentionView: Sendable, Hashable {
        /// What is kept.
        public let title: String
        /// The statute that asks for it; absent where it is the company's own rule.
        public let statute: String?
        /// The event that the period is counted from.
        public let after: String
        /// How many units.
        public let count: Int64
        /// The unit.
        public let unit: PeriodUnit
        /// What makes it last longer, and until when.
        public let exceptions: [String]
        /// What a reader should know about it.
        public let note: String?

        /// All fields, in their order.
        public init(
            title: String,
            statute: String? = nil,
            after: String,
            count: Int64,
            unit: PeriodUnit,
            exceptions: [String],
            note: String? = nil
        ) {
            self.title = title
            self.statute = statute
            self.after = after
            self.count = count
            self.unit = unit
            self.exceptions = exceptions
            self.note = note
        }
    }

    /// What is collected in one situation.
    public struct CollectionView: Sendable, Hashable {
        /// The situation.
        public let title: String
        /// Items it cannot do without.
        public let required: [String]
        /// Items a person may leave out.
        public let optional: [String]

        /// All fields, in their order.
        public init(title: String, required: [String], optional: [String]) {
            self.title = title
            self.required = required
            self.optional = optional
        }
    }

    /// A way through somebody else's menus.
    public struct GuideView: Sendable, Hashable {
        /// The browser; empty for the system the app runs on.
        public let title: String
        /// The way.
        public let path: String

        /// All fields, in their order.
        public init(title: String, path: String) {
            self.title = title
            self.path = path
        }
    }

    /// One version of the document.
    public struct VersionView: Sendable, Hashable {
        /// Its label.
        public let version: String
        /// First day it was announced, `2020-05-20`, where that is known.
        public let announcedOn: String?
        /// First day it was in force, `2020-05-27`.
        public let effectiveOn: String

        /// All fields, in their order.
        public init(version: String, announcedOn: String? = nil, effectiveOn: String) {
            self.version = version
            self.announcedOn = announcedOn
            self.effectiveOn = effectiveOn
        }
    }

    /// The policy in force in one language, with the guide for one system.
    public struct PolicyView: Sendable, Hashable {
        /// Stable name of the policy.
        public let id: String
        /// The label of the version.
        public let version: String
        /// Its place in the order of versions.
        public let edition: Int64
        /// First day it was announced, `2020-05-20`.
        public let announcedOn: String
        /// First day it is in force, `2020-05-27`.
        public let effectiveOn: String
        /// The language of the texts, a BCP 47 tag.
        public let language: String
        /// The company.
        public let controller: String
        /// The name its messages are signed with.
        public let senderName: String
        /// Its web site.
        public let website: String?
        /// Where it is reached.
        public let contact: Contact
        /// What holds for the whole document.
        public let statements: [String]
        /// Every purpose, those that need no consent as well.
        public let purposes: [Notice]
        /// What is collected in which situation.
        public let collection: [CollectionView]
        /// How long what is kept.
        public let retention: [RetentionView]
        /// What is declared about accounts nobody uses, in sentences; empty where nothing is. Never acted on.
        public let dormancy: [String]
        /// How data is destroyed, in sentences.
        public let destruction: [String]
        /// Who receives data for purposes of their own.
        public let thirdParties: [NoticeThirdParty]
        /// What leaves the country.
        public let transfers: [NoticeTransfer]
        /// Who works on the company's behalf.
        public let processors: [ProcessorView]
        /// What a person may ask for.
        public let rights: RightsView
        /// What cookies are and what they are for, in sentences; empty where there are none.
        public let cookies: [String]
        /// How to refuse cookies, browser by browser.
        public let cookieGuides: [GuideView]
        /// What the advertising id is and what it is used for, in sentences; empty where it is not used.
        public let advertisingID: [String]
        /// How to refuse the advertising id on the system asked about; absent where the document knows no way there.
        public let refusalGuide: GuideView?
        /// How data is kept safe.
        public let safeguards: [String]
        /// Who answers for personal data inside the company.
        public let officer: OfficerView
        /// Where a person finds help outside the company.
        public let remedies: [RemedyView]
        /// How changes are announced.
        public let amendments: String
        /// Every version, oldest first.
        public let versions: [VersionView]

        /// All fields, in their order.
        public init(
            id: String,
            version: String,
            edition: Int64,
            announcedOn: String,
            effectiveOn: String,
            language: String,
            controller: String,
            senderName: String,
            website: String? = nil,
            contact: Contact,
            statements: [String],
            purposes: [Notice],
            collection: [CollectionView],
            retention: [RetentionView],
            dormancy: [String],
            destruction: [String],
            thirdParties: [NoticeThirdParty],
            transfers: [NoticeTransfer],
            processors: [ProcessorView],
            rights: RightsView,
            cookies: [String],
            cookieGuides: [GuideView],
            advertisingID: [String],
            refusalGuide: GuideView? = nil,
            safeguards: [String],
            officer: OfficerView,
            remedies: [RemedyView],
            amendments: String,
            versions: [VersionView]
        ) {
            self.id = id
            self.version = version
            self.edition = edition
            self.announcedOn = announcedOn
            self.effectiveOn = effectiveOn
            self.language = language
            self.controller = controller
            self.senderName = senderName
            self.website = website
            self.contact = contact
            self.statements = statements
            self.purposes = purposes
            self.collection = collection
            self.retention = retention
            self.dormancy = dormancy
            self.destruction = destruction
            self.thirdParties = thirdParties
            self.transfers = transfers
            self.processors = processors
            self.rights = rights
            self.cookies = cookies
            self.cookieGuides = cookieGuides
            self.advertisingID = advertisingID
            self.refusalGuide = refusalGuide
            self.safeguards = safeguards
            self.officer = officer
            self.remedies = remedies
            self.amendments = amendments
            self.versions = versions
        }
    }
}
