package dev.consentkit

import dev.consentkit.internal.Parts
import dev.consentkit.internal.frozen

/** What the person said. */
public enum class ChoiceKind {
    /** Yes. */
    GRANTED,

    /** No, when asked. */
    REFUSED,

    /** No longer. */
    WITHDRAWN,
}

/** How a choice was made. */
public enum class Method {
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
public enum class Actor {
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
public class Answer @JvmOverloads constructor(
    /** The purpose. */
    public val purpose: String,
    /** What was said. */
    public val choice: ChoiceKind,
    /** How. */
    public val method: Method = Method.TOGGLE,
    /** By whom; below the age of consent only the guardian may grant (PIPA-8). */
    public val actor: Actor = Actor.PERSON,
) {
    private val parts: Parts get() = Parts("purpose" to purpose, "choice" to choice, "method" to method, "actor" to actor)

    override fun equals(other: Any?): Boolean = other is Answer && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "Answer$parts"
}

/** The answers to one form, one a purpose: `grant("marketing.email")`, `refuse("marketing.push")`. Not for several threads at once. */
public class Answers {
    private val answers = mutableListOf<Answer>()

    /** A yes to one purpose. There is no yes to all: each is agreed to apart (PIPA-4). */
    @JvmOverloads
    public fun grant(purpose: String, method: Method = Method.TOGGLE, actor: Actor = Actor.PERSON): Answers =
        add(Answer(purpose, ChoiceKind.GRANTED, method, actor))

    /** A no. Where there was a yes before, it is recorded as a withdrawal. */
    @JvmOverloads
    public fun refuse(purpose: String, method: Method = Method.TOGGLE, actor: Actor = Actor.PERSON): Answers =
        add(Answer(purpose, ChoiceKind.REFUSED, method, actor))

    /** What a switch says: on is a yes, off a no. */
    public fun set(purpose: String, on: Boolean): Answers = if (on) grant(purpose) else refuse(purpose)

    /** Any answer. */
    public fun add(answer: Answer): Answers = apply { answers += answer }

    /** The answers so far, in the order they were given. */
    public fun toList(): List<Answer> = answers.toList().frozen()
}

/** One record that a call wrote. */
public class ReceiptItem(
    /** The purpose. */
    public val purpose: String,
    /** What was recorded: a no where there was a yes is a withdrawal. */
    public val choice: ChoiceKind,
    /** Name of the operation; the server's answer will name it. */
    public val op: String,
    /** Position in the ledger, from 1. */
    public val seq: Long,
    /** Hash of the record in the chain, hex. */
    public val hash: String,
) {
    private val parts: Parts get() = Parts("purpose" to purpose, "choice" to choice, "op" to op, "seq" to seq, "hash" to hash)

    override fun equals(other: Any?): Boolean = other is ReceiptItem && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "ReceiptItem$parts"
}

/** Proof that a call's choices are on disk. */
public class Receipt(
    /** One a choice, in the order given. */
    public val items: List<ReceiptItem>,
    /** When, Unix milliseconds on this device's clock. */
    public val at: Long,
    /** Changes that now wait to be sent: saved on this phone, not yet sent. */
    public val pending: Long,
) {
    private val parts: Parts get() = Parts("items" to items, "at" to at, "pending" to pending)

    override fun equals(other: Any?): Boolean = other is Receipt && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "Receipt$parts"
}

/** One consent in an older store of the app. */
public class ImportChoice @JvmOverloads constructor(
    /** The purpose it answers here. */
    public val purpose: String,
    /** What was said. */
    public val choice: ChoiceKind,
    /** When, Unix milliseconds; `null` where the older store did not keep it: such a grant is asked again. */
    public val saidAt: Long?,
    /** Name of the older store. */
    public val source: String,
    /** Version of the text that was shown there; `null` where unknown. */
    public val textVersion: String? = null,
    /** By whom; `null` for the person. Below the age of consent only the guardian's grant is taken (PIPA-8). */
    public val actor: Actor? = null,
) {
    private val parts: Parts
        get() = Parts(
            "purpose" to purpose, "choice" to choice, "saidAt" to saidAt, "source" to source, "textVersion" to textVersion,
            "actor" to actor,
        )

    override fun equals(other: Any?): Boolean = other is ImportChoice && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "ImportChoice$parts"
}

/** What became of an import. */
public class ImportReceipt(
    /** Choices that were taken over. */
    public val imported: List<ReceiptItem>,
    /** Purposes whose answer stands as it was: they were answered here already, or the row was brought before. */
    public val kept: List<String>,
) {
    private val parts: Parts get() = Parts("imported" to imported, "kept" to kept)

    override fun equals(other: Any?): Boolean = other is ImportReceipt && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "ImportReceipt$parts"
}
