package dev.consentkit

import dev.consentkit.internal.Parts

/** Why a question is in the form. */
public sealed class Why(
    /** Stable code: `first_time`, `ask_again:expired`, `answered`, `may_object`. */
    public val code: String,
) {
    /** Nothing was said yet. */
    public object FirstTime : Why("first_time")

    /** There was a grant that no longer counts. */
    public class AskAgain(
        /** Why. */
        public val cause: dev.consentkit.AskAgain,
    ) : Why("ask_again:${cause.code}")

    /** It was answered; it is here so that the answer can be changed. */
    public object Answered : Why("answered")

    /** It is allowed until the person objects, and nothing was said that counts against it: it is here so that the person can object. */
    public object MayObject : Why("may_object")

    final override fun equals(other: Any?): Boolean = other is Why && other.code == code

    final override fun hashCode(): Int = code.hashCode()

    final override fun toString(): String = code
}

/** Where a purpose stands with the person. */
public enum class Status {
    /** Nothing was said. */
    NOT_ANSWERED,

    /** Yes. */
    GRANTED,

    /** No, when asked. */
    REFUSED,

    /** No longer. */
    WITHDRAWN,
    ;

    /** Stable code, such as `not_answered`. */
    public val code: String = name.lowercase()
}

/** A third party that receives data, in one language (PIPA-2). */
public class NoticeThirdParty(
    /** Who receives the data. */
    public val recipient: String,
    /** What they use it for. */
    public val usedFor: String,
    /** What they receive. */
    public val items: List<String>,
    /** How long they keep it. */
    public val retention: String,
    /** The right to refuse, and what refusing costs. */
    public val refusal: String,
) {
    private val parts: Parts
        get() = Parts(
            "recipient" to recipient, "usedFor" to usedFor, "items" to items, "retention" to retention, "refusal" to refusal,
        )

    override fun equals(other: Any?): Boolean = other is NoticeThirdParty && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "NoticeThirdParty$parts"
}

/** A transfer abroad, in one language (PIPA-3). */
public class NoticeTransfer(
    /** What leaves the country. */
    public val items: List<String>,
    /** The country it goes to. */
    public val country: String,
    /** When it goes. */
    public val `when`: String,
    /** How it goes. */
    public val method: String,
    /** Who receives it. */
    public val recipient: String,
    /** Where they are reached: e-mail, telephone, web address, as far as known. */
    public val contact: List<String>,
    /** What they use it for. */
    public val usedFor: String,
    /** How long they keep it. */
    public val retention: String,
    /** How to refuse, and what refusing costs. */
    public val refusal: String,
) {
    private val parts: Parts
        get() = Parts(
            "items" to items, "country" to country, "when" to `when`, "method" to method, "recipient" to recipient, "contact" to contact,
            "usedFor" to usedFor, "retention" to retention, "refusal" to refusal,
        )

    override fun equals(other: Any?): Boolean = other is NoticeTransfer && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "NoticeTransfer$parts"
}

/** What a person must be able to read before answering, in one language (PIPA-1). */
public class Notice(
    /** The purpose. */
    public val purpose: String,
    /** The language of every text here, a BCP 47 tag that the policy declares. */
    public val language: String,
    /** The purpose's name. */
    public val title: String,
    /** What the data is used for. Empty where the purpose needs no consent and gives no notice. */
    public val usedFor: String,
    /** The items collected. */
    public val items: List<String>,
    /** How long they are kept. */
    public val retention: String,
    /** The right to refuse, and what refusing costs. */
    public val refusal: String,
    /** True where a person may refuse and still use the service. */
    public val optional: Boolean,
    /** Who else receives the data. */
    public val thirdParties: List<NoticeThirdParty>,
    /** What leaves the country. */
    public val transfers: List<NoticeTransfer>,
    /** The purposes that must be allowed as well. */
    public val requires: List<String>,
    /** Who else receives the data: the names of vendors, the same in every language. */
    public val vendors: List<String>,
) {
    private val parts: Parts
        get() = Parts(
            "purpose" to purpose, "language" to language, "title" to title, "usedFor" to usedFor, "items" to items,
            "retention" to retention, "refusal" to refusal, "optional" to optional, "thirdParties" to thirdParties,
            "transfers" to transfers, "requires" to requires, "vendors" to vendors,
        )

    override fun equals(other: Any?): Boolean = other is Notice && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "Notice$parts"
}

/**
 * One question. Its switch starts off, whatever was said before, unless [why] is [Why.MayObject], or is [Why.Answered] and [status] is
 * [Status.GRANTED].
 */
public class Question(
    /** The purpose. */
    public val purpose: String,
    /** Why it is asked. */
    public val why: Why,
    /** What was said last. */
    public val status: Status,
    /** What must be shown beside the switch. */
    public val notice: Notice,
) {
    /** How the switch starts: on only where a grant stands, or where it is allowed until the person objects. No consent is pre-ticked. */
    public val startsOn: Boolean get() = why == Why.MayObject || (why == Why.Answered && status == Status.GRANTED)

    private val parts: Parts get() = Parts("purpose" to purpose, "why" to why, "status" to status, "notice" to notice)

    override fun equals(other: Any?): Boolean = other is Question && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "Question$parts"
}

/**
 * What a form showed, to whom, and when: the proof that a yes answers what was read. Comes with [Questions], goes back to [Consent.record].
 *
 * @param token its content, for a host that draws the form in another language; opaque.
 */
public class Shown(
    /** Opaque. */
    public val token: String,
) {
    override fun equals(other: Any?): Boolean = other is Shown && other.token == token

    override fun hashCode(): Int = token.hashCode()

    // It tells who was asked what, and has no business in a log.
    override fun toString(): String = "Shown"
}

/** The questions of one form. */
public class Questions(
    /** Hand this back to [Consent.record]. Good for this policy, this person and this form. */
    public val shown: Shown,
    /** The form. */
    public val surface: String,
    /** Language of the texts, BCP 47. */
    public val language: String,
    /**
     * True where at least one question was never answered or must be asked again: open the form. A purpose that is allowed until the person
     * objects makes no form due, as long as silence allows it.
     */
    public val due: Boolean,
    /** True where somebody signed in and the account's answers were not pulled yet: sync before asking. */
    public val pullFirst: Boolean,
    /** In the policy's order. */
    public val questions: List<Question>,
) {
    override fun toString(): String = "Questions(surface=$surface, language=$language, due=$due, pullFirst=$pullFirst, questions=${questions.size})"

    private val parts: Parts
        get() = Parts(
            "shown" to shown, "surface" to surface, "language" to language, "due" to due, "pullFirst" to pullFirst,
            "questions" to questions,
        )

    override fun equals(other: Any?): Boolean = other is Questions && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()
}
