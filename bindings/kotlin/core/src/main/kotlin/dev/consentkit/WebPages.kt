package dev.consentkit

import dev.consentkit.internal.Parts
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.runBlocking

/**
 * The pages of one web view: they are told the state before their own scripts run, and may ask and record by a banner of their own. Made by
 * [Consent.webPages]. It lives in memory alone: a page that dies with its form half filled in has answered nothing.
 */
public interface WebPages {
    /** What the pages are handed now. Take a new one at each change and at its [WebHandOff.validUntil], or leave that to [handOver]. */
    public suspend fun handOff(): WebHandOff

    /**
     * Hears what a page says by the channel of its script: what a form asks, its answers, that it was closed, a withdrawal.
     *
     * A message is refused where it comes from another origin or from a frame within a page, does not bear the nonce of the script, is none of
     * the script's, comes a second time, or comes too fast. An answer is recorded as [Consent.record] does it, and only to a form that a page
     * was given here.
     *
     * @param message the text that the page sent.
     * @param origin the origin of the page, as the web view says: `https://shop.example`.
     * @param mainFrame whether the web view says that it is the page itself, and no frame within it.
     */
    public suspend fun hear(message: String, origin: String, mainFrame: Boolean): WebAnswer

    /**
     * Hands the state to the pages of a web view, now and at each change, until the coroutine is cancelled. The web view is called where this
     * is collected, so on the main thread where that is its coroutine's.
     *
     * @param state [Consent.state].
     */
    public suspend fun handOver(state: Flow<Snapshot>, host: WebPageHost) {
        state.collect {
            val handOff = handOff()
            host.startWith(handOff.script)
            host.run(handOff.update)
        }
    }

    /** [handOff], blocking. */
    public fun handOffBlocking(): WebHandOff = runBlocking { handOff() }

    /** [hear], blocking. */
    public fun hearBlocking(message: String, origin: String, mainFrame: Boolean): WebAnswer = runBlocking { hear(message, origin, mainFrame) }
}

/** A web view, as far as the library needs one. An app puts it before its own, in a line for each. */
public interface WebPageHost {
    /** Every page runs this script from now on, in each of its frames, before its own; it takes the place of the one before. */
    public fun startWith(script: String)

    /** The page that is open runs this script. */
    public fun run(script: String)
}

/** What the pages of a web view are handed. It is made of one moment. */
public class WebHandOff(
    /** The script that every page runs before its own, in all its frames. It has at most 4 KiB. */
    public val script: String,
    /** The script that tells a page that is open already of the change. */
    public val update: String,
    /**
     * Whether Global Privacy Control is asserted (GCM-6). The script says so to the page's scripts. To servers the app says so itself: it sends
     * the header `Sec-GPC` with the value `1` where this is true, and no such header where it is false.
     */
    public val gpc: Boolean,
    /** Unix milliseconds. From then on something that the pages take for allowed may not be any more; `null` where only a change can alter it. */
    public val validUntil: Long?,
    /** Purposes and cookies that did not fit into the script, at most 20 of them. They are denied in the pages, whatever the person said. */
    public val leftOut: List<String>,
) {
    private val parts: Parts
        get() = Parts("script" to script, "update" to update, "gpc" to gpc, "validUntil" to validUntil, "leftOut" to leftOut)

    override fun equals(other: Any?): Boolean = other is WebHandOff && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    // The scripts bear the nonce, which must not end up in a log.
    override fun toString(): String = "WebHandOff(gpc=$gpc, validUntil=$validUntil, leftOut=$leftOut)"
}

/** What came of a message of a page, and what the page is answered. */
public class WebAnswer(
    /** What came of it. */
    public val outcome: WebOutcome,
    /** What to send back to the page that sent the message; `null` where nobody is answered, as a foreign page is not. */
    public val reply: String?,
) {
    private val parts: Parts get() = Parts("outcome" to outcome, "reply" to reply)

    override fun equals(other: Any?): Boolean = other is WebAnswer && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    // The reply bears the nonce and the texts of a form.
    override fun toString(): String = "WebAnswer($outcome)"
}

/** What came of a message of a page. */
public sealed class WebOutcome {
    /** The page was told what a form asks. Nothing was recorded. */
    public object Asked : WebOutcome()

    /** The answers to a form were recorded. */
    public class Recorded(
        /** The proof that they are on disk. */
        public val receipt: Receipt,
    ) : WebOutcome() {
        override fun equals(other: Any?): Boolean = other is Recorded && other.receipt == receipt

        override fun hashCode(): Int = receipt.hashCode()
    }

    /** A form went away without an answer to each question. That answers nothing. */
    public object Closed : WebOutcome()

    /** Consents were withdrawn. */
    public class Withdrawn(
        /** The proof that it is on disk. */
        public val receipt: Receipt,
    ) : WebOutcome() {
        override fun equals(other: Any?): Boolean = other is Withdrawn && other.receipt == receipt

        override fun hashCode(): Int = receipt.hashCode()
    }

    /** The message was not heard, and nothing was recorded. */
    public class Refused(
        /** Why. */
        public val refusal: WebRefusal,
    ) : WebOutcome() {
        override fun equals(other: Any?): Boolean = other is Refused && other.refusal == refusal

        override fun hashCode(): Int = refusal.hashCode()

        override fun toString(): String = "Refused(${refusal.code})"
    }

    /** The message was heard, and what it asks for could not be done. What a no in it takes away counts where the file is at fault. */
    public class Failed(
        /** What happened, and what to do. It carries no personal data. */
        public val reason: String,
    ) : WebOutcome() {
        override fun equals(other: Any?): Boolean = other is Failed && other.reason == reason

        override fun hashCode(): Int = reason.hashCode()

        override fun toString(): String = "Failed($reason)"
    }

    override fun toString(): String = javaClass.simpleName
}

/** Why a message of a page was not heard. */
public enum class WebRefusal {
    /** It came from a page of another origin. */
    ORIGIN,

    /** It came from a frame within a page, which whoever embeds it may have laid under a button of its own. */
    FRAME,

    /** It is longer than any message of the script. */
    TOO_LARGE,

    /** The page says too much. It is heard again after a while. */
    TOO_MANY,

    /** It is no message of the script: no JSON, an unknown kind or member, a member that is missing. */
    MALFORMED,

    /** It does not bear the nonce of this channel. */
    NONCE,

    /** It came before. */
    REPEATED,

    /** The form that it answers is not known here, or not any more. The page asks again. */
    UNKNOWN_FORM,
    ;

    /** Stable code, such as `unknown_form`. */
    public val code: String = name.lowercase()
}
