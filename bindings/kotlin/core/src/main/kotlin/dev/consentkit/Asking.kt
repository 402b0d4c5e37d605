package dev.consentkit

/** Why a question is in the form. */
sealed class Why {
    /** Nothing was said yet. */
    object FirstTime : Why()

    /** There was a grant that no longer counts. */
    data class AskAgain(
        /** Why. */
        val cause: dev.consentkit.AskAgain,
    ) : Why()

    /** It was answered; it is here so that the answer can be changed. */
    object Answered : Why()

    /** Stable code: `first_time`, `ask_again:expired`, `answered`. */
    val code: String
        get() = when (this) {
            FirstTime -> "first_time"
            is AskAgain -> "ask_again:${cause.code}"
            Answered -> "answered"
        }

    override fun toString(): String = code
}

/** Where a purpose stands with the person. */
enum class Status {
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
    val code: String = name.lowercase()
}

/** A third party that receives data, in one language (PIPA-2). */
data class NoticeThirdParty(
    /** Who receives the data. */
    val recipient: String,
    /** What they use it for. */
    val usedFor: String,
    /** What they receive. */
    val items: List<String>,
    /** How long they keep it. */
    val retention: String,
    /** The right to refuse, and what refusing costs. */
    val refusal: String,
)

/** A transfer abroad, in one language (PIPA-3). */
data class NoticeTransfer(
    /** What leaves the country. */
    val items: List<String>,
    /** The country it goes to. */
    val country: String,
    /** When it goes. */
    val `when`: String,
    /** How it goes. */
    val method: String,
    /** Who receives it. */
    val recipient: String,
    /** Where they are reached: e-mail, telephone, web address, as far as known. */
    val contact: List<String>,
    /** What they use it for. */
    val usedFor: String,
    /** How long they keep it. */
    val retention: String,
    /** How to refuse, and what refusing costs. */
    val refusal: String,
)

/** What a person must be able to read before answering, in one language (PIPA-1). */
data class Notice(
    /** The purpose. */
    val purpose: String,
    /** The language of every text here, a BCP 47 tag that the policy declares. */
    val language: String,
    /** The purpose's name. */
    val title: String,
    /** What the data is used for. Empty where the purpose needs no consent and gives no notice. */
    val usedFor: String,
    /** The items collected. */
    val items: List<String>,
    /** How long they are kept. */
    val retention: String,
    /** The right to refuse, and what refusing costs. */
    val refusal: String,
    /** True where a person may refuse and still use the service. */
    val optional: Boolean,
    /** Who else receives the data. */
    val thirdParties: List<NoticeThirdParty>,
    /** What leaves the country. */
    val transfers: List<NoticeTransfer>,
    /** The purposes that must be allowed as well. */
    val requires: List<String>,
)

/** One question. Its switch starts off, whatever was said before, unless [why] is [Why.Answered] and [status] is [Status.GRANTED]. */
data class Question(
    /** The purpose. */
    val purpose: String,
    /** Why it is asked. */
    val why: Why,
    /** What was said last. */
    val status: Status,
    /** What must be shown beside the switch. */
    val notice: Notice,
) {
    /** How the switch starts: on only where a grant stands. Nothing is pre-ticked. */
    val startsOn: Boolean get() = why == Why.Answered && status == Status.GRANTED
}

/**
 * What a form showed, to whom, and when: the proof that a yes answers what was read. Comes with [Questions], goes back to [Consent.record].
 *
 * @param token its content, for a host that draws the form in another language; opaque.
 */
class Shown(
    /** Opaque. */
    val token: String,
) {
    override fun equals(other: Any?): Boolean = other is Shown && other.token == token

    override fun hashCode(): Int = token.hashCode()

    // It tells who was asked what, and has no business in a log.
    override fun toString(): String = "Shown"
}

/** The questions of one form. */
data class Questions(
    /** Hand this back to [Consent.record]. Good for this policy, this person and this form. */
    val shown: Shown,
    /** The form. */
    val surface: String,
    /** Language of the texts, BCP 47. */
    val language: String,
    /** True where at least one question was never answered or must be asked again: open the form. */
    val due: Boolean,
    /** True where somebody signed in and the account's answers were not pulled yet: sync before asking. */
    val pullFirst: Boolean,
    /** In the policy's order. */
    val questions: List<Question>,
) {
    override fun toString(): String = "Questions(surface=$surface, language=$language, due=$due, pullFirst=$pullFirst, questions=${questions.size})"
}
