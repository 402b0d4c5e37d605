import ConsentKitBase
import Foundation

// What a form shows, for Objective-C: each object reads the value that Swift has.

/// The questions of one form.
#if canImport(ObjectiveC)
@objc(CSKQuestions)
@objcMembers
#endif
public final class CSKQuestions: NSObject, Sendable {
    private let form: Consent.Questions

    init(_ form: Consent.Questions) {
        self.form = form
    }

    /// Hand this back to `record`. Opaque; good for this policy, this person and this form.
    public var shown: String { form.shown.rawValue }
    /// The form.
    public var surface: String { form.surface }
    /// Language of the texts, BCP 47.
    public var language: String { form.language }
    /// True where at least one question was never answered or must be asked again: open the form.
    public var due: Bool { form.due }
    /// True where somebody signed in and the account's answers were not pulled yet: sync before asking.
    public var pullFirst: Bool { form.pullFirst }
    /// In the policy's order.
    public var questions: [CSKQuestion] { form.questions.map(CSKQuestion.init) }
}

/// One question. Its switch starts off, unless `why` is `may_object`, or is `answered` and `status` is `granted`.
#if canImport(ObjectiveC)
@objc(CSKQuestion)
@objcMembers
#endif
public final class CSKQuestion: NSObject, Sendable {
    private let question: Consent.Question

    init(_ question: Consent.Question) {
        self.question = question
    }

    /// The purpose.
    public var purpose: String { question.purpose }
    /// The purpose's name, in the person's language.
    public var title: String { question.notice.title }
    /// Why it is asked: `first_time`, `answered`, `may_object`, or `ask_again:` with its cause, such as `ask_again:policy_changed`.
    public var why: String {
        switch question.why {
        case .firstTime: "first_time"
        case .askAgain(let cause): Consent.Reason.askAgain(cause: cause).code
        case .answered: "answered"
        case .mayObject: "may_object"
        }
    }
    /// What was said last: `not_answered`, `granted`, `refused` or `withdrawn`.
    public var status: String { question.status.rawValue }
    /// What must be shown beside the switch.
    public var notice: CSKNotice { CSKNotice(question.notice) }
}

/// What a person must be told before a yes, in one language (PIPA-1).
#if canImport(ObjectiveC)
@objc(CSKNotice)
@objcMembers
#endif
public final class CSKNotice: NSObject, Sendable {
    private let notice: Consent.Notice

    init(_ notice: Consent.Notice) {
        self.notice = notice
    }

    /// The purpose's id.
    public var purpose: String { notice.purpose }
    /// The language of every text here.
    public var language: String { notice.language }
    /// The purpose's name.
    public var title: String { notice.title }
    /// What the data is used for.
    public var usedFor: String { notice.usedFor }
    /// The items collected.
    public var items: [String] { notice.items }
    /// How long they are kept.
    public var retention: String { notice.retention }
    /// The right to refuse, and what refusing costs.
    public var refusal: String { notice.refusal }
    /// True where a person may refuse and still use the service.
    public var isOptional: Bool { notice.optional }
    /// Who else receives the data.
    public var thirdParties: [CSKThirdParty] { notice.thirdParties.map(CSKThirdParty.init) }
    /// What leaves the country.
    public var transfers: [CSKTransfer] { notice.transfers.map(CSKTransfer.init) }
    /// Ids of the purposes that must be allowed as well.
    public var requires: [String] { notice.requires }
    /// Who else receives the data: the names of vendors, the same in every language.
    public var vendors: [String] { notice.vendors }
}

/// A third party (PIPA-2).
#if canImport(ObjectiveC)
@objc(CSKThirdParty)
@objcMembers
#endif
public final class CSKThirdParty: NSObject, Sendable {
    private let party: Consent.NoticeThirdParty

    init(_ party: Consent.NoticeThirdParty) {
        self.party = party
    }

    /// Who receives the data.
    public var recipient: String { party.recipient }
    /// What they use it for.
    public var usedFor: String { party.usedFor }
    /// What they receive.
    public var items: [String] { party.items }
    /// How long they keep it.
    public var retention: String { party.retention }
    /// The right to refuse, and what refusing costs.
    public var refusal: String { party.refusal }
}

/// A transfer abroad (PIPA-3).
#if canImport(ObjectiveC)
@objc(CSKTransfer)
@objcMembers
#endif
public final class CSKTransfer: NSObject, Sendable {
    private let transfer: Consent.NoticeTransfer

    init(_ transfer: Consent.NoticeTransfer) {
        self.transfer = transfer
    }

    /// What leaves the country.
    public var items: [String] { transfer.items }
    /// The country it goes to.
    public var country: String { transfer.country }
    /// When it goes.
    public var when: String { transfer.when }
    /// How it goes.
    public var method: String { transfer.method }
    /// Who receives it.
    public var recipient: String { transfer.recipient }
    /// Where they are reached.
    public var contact: [String] { transfer.contact }
    /// What they use it for.
    public var usedFor: String { transfer.usedFor }
    /// How long they keep it.
    public var retention: String { transfer.retention }
    /// How to refuse, and what refusing costs.
    public var refusal: String { transfer.refusal }
}
