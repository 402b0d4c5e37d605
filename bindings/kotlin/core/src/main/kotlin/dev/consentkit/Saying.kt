package dev.consentkit

import dev.consentkit.internal.frozen

/** What the person said. */
enum class ChoiceKind {
    /** Yes. */
    GRANTED,

    /** No, when asked. */
    REFUSED,

    /** No longer. */
    WITHDRAWN,
}

/** How a choice was made. */
enum class Method {
    /** A switch in a form. */
    TOGGLE,

    /** A dialog's button. */
    DIALOG,

    /** The guardian's own confirmation. */
    GUARDIAN,

    /** Brought from an older store. */
    IMPORT,

    /** A web page or an unsubscribe link. */
    WEB,

    /** Said to the call centre. */
    CALL,
}

/** Who made a choice. */
enum class Actor {
    /** The person. */
    PERSON,

    /** The legal guardian of a person below the age of consent (PIPA-8). */
    GUARDIAN,

    /** An agent with a power of attorney (PIPA-10). */
    AGENT,

    /** The company, on the person's word. */
    OPERATOR,
}

/** One answer to one question. */
data class Answer @JvmOverloads constructor(
    /** The purpose. */
    val purpose: String,
    /** What was said. */
    val choice: ChoiceKind,
    /** How. */
    val method: Method = Method.TOGGLE,
    /** By whom; below the age of consent only the guardian may grant (PIPA-8). */
    val actor: Actor = Actor.PERSON,
)

/** The answers to one form, one a purpose: `grant("marketing.email")`, `refuse("marketing.push")`. Not for several threads at once. */
class Answers {
    private val answers = mutableListOf<Answer>()

    /** A yes to one purpose. There is no yes to all: each is agreed to apart (PIPA-4). */
    @JvmOverloads
    fun grant(purpose: String, method: Method = Method.TOGGLE, actor: Actor = Actor.PERSON): Answers =
        add(Answer(purpose, ChoiceKind.GRANTED, method, actor))

    /** A no. Where there was a yes before, it is recorded as a withdrawal. */
    @JvmOverloads
    fun refuse(purpose: String, method: Method = Method.TOGGLE, actor: Actor = Actor.PERSON): Answers =
        add(Answer(purpose, ChoiceKind.REFUSED, method, actor))

    /** What a switch says: on is a yes, off a no. */
    fun set(purpose: String, on: Boolean): Answers = if (on) grant(purpose) else refuse(purpose)

    /** Any answer. */
    fun add(answer: Answer): Answers = apply { answers += answer }

    /** The answers so far, in the order they were given. */
    fun toList(): List<Answer> = answers.toList().frozen()
}

/** One record that a call wrote. */
data class ReceiptItem(
    /** The purpose. */
    val purpose: String,
    /** What was recorded: a no where there was a yes is a withdrawal. */
    val choice: ChoiceKind,
    /** Name of the operation; the server's answer will name it. */
    val op: String,
    /** Position in the ledger, from 1. */
    val seq: Long,
    /** Hash of the record in the chain, hex. */
    val hash: String,
)

/** Proof that a call's choices are on disk. */
data class Receipt(
    /** One a choice, in the order given. */
    val items: List<ReceiptItem>,
    /** When, Unix milliseconds on this device's clock. */
    val at: Long,
    /** Changes that now wait to be sent: saved on this phone, not yet sent. */
    val pending: Long,
)

/** One consent in an older store of the app. */
data class ImportChoice @JvmOverloads constructor(
    /** The purpose it answers here. */
    val purpose: String,
    /** What was said. */
    val choice: ChoiceKind,
    /** When, Unix milliseconds; `null` where the older store did not keep it: such a grant is asked again. */
    val saidAt: Long?,
    /** Name of the older store. */
    val source: String,
    /** Version of the text that was shown there; `null` where unknown. */
    val textVersion: String? = null,
    /** By whom; `null` for the person. Below the age of consent only the guardian's grant is taken (PIPA-8). */
    val actor: Actor? = null,
)

/** What became of an import. */
data class ImportReceipt(
    /** Choices that were taken over. */
    val imported: List<ReceiptItem>,
    /** Purposes that were answered here already: their answer stands. */
    val kept: List<String>,
)
