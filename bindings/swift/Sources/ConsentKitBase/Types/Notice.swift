extension Consent {
    /// A third party, in one language (PIPA-2).
    public struct NoticeThirdParty: Sendable, Hashable {
        /// Who receives the data.
        public let recipient: String
        /// What they use it for.
        public let usedFor: String
        /// What they receive.
        public let items: [String]
        /// How long they keep it.
        public let retention: String
        /// The right to refuse, and what refusing costs.
        public let refusal: String

        /// All fields, in their order.
        public init(recipient: String, usedFor: String, items: [String], retention: String, refusal: String) {
            self.recipient = recipient
            self.usedFor = usedFor
            self.items = items
            self.retention = retention
            self.refusal = refusal
        }
    }

    /// A transfer abroad, in one language (PIPA-3).
    public struct NoticeTransfer: Sendable, Hashable {
        /// What leaves the country.
        public let items: [String]
        /// The country it goes to.
        public let country: String
        /// When it goes.
        public let when: String
        /// How it goes.
        public let method: String
        /// Who receives it.
        public let recipient: String
        /// Where they are reached: e-mail, telephone, web address, as far as known.
        public let contact: [String]
        /// What they use it for.
        public let usedFor: String
        /// How long they keep it.
        public let retention: String
        /// How to refuse, and what refusing costs.
        public let refusal: String

        /// All fields, in their order.
        public init(
            items: [String],
            country: String,
            when: String,
            method: String,
            recipient: String,
            contact: [String],
            usedFor: String,
            retention: String,
            refusal: String
        ) {
            self.items = items
            self.country = country
            self.when = when
            self.method = method
            self.recipient = recipient
            self.contact = contact
            self.usedFor = usedFor
            self.retention = retention
            self.refusal = refusal
        }
    }

    /// What a person must be told before a yes, in one language (PIPA-1).
    public struct Notice: Sendable, Hashable {
        /// The purpose's id.
        public let purpose: String
        /// The language of every text here, a BCP 47 tag the policy declares.
        public let language: String
        /// The purpose's name.
        public let title: String
        /// What the data is used for. Empty where the purpose needs no consent and gives no notice.
        public let usedFor: String
        /// The items collected.
        public let items: [String]
        /// How long they are kept.
        public let retention: String
        /// The right to refuse, and what refusing costs.
        public let refusal: String
        /// True where a person may refuse and still use the service.
        public let optional: Bool
        /// Who else receives the data.
        public let thirdParties: [NoticeThirdParty]
        /// What leaves the country.
        public let transfers: [NoticeTransfer]
        /// Ids of the purposes that must be allowed as well.
        public let requires: [String]
        /// Who else receives the data: the names of vendors, the same in every language.
        public let vendors: [String]

        /// All fields, in their order.
        public init(
            purpose: String,
            language: String,
            title: String,
            usedFor: String,
            items: [String],
            retention: String,
            refusal: String,
            optional: Bool,
            thirdParties: [NoticeThirdParty],
            transfers: [NoticeTransfer],
            requires: [String],
            vendors: [String] = []
        ) {
            self.purpose = purpose
            self.language = language
            self.title = title
            self.usedFor = usedFor
            self.items = items
            self.retention = retention
            self.refusal = refusal
            self.optional = optional
            self.thirdParties = thirdParties
            self.transfers = transfers
            self.requires = requires
            self.vendors = vendors
        }
    }
}
