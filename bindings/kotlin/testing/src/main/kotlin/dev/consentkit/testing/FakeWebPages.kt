package dev.consentkit.testing

import dev.consentkit.Answer
import dev.consentkit.ChoiceKind
import dev.consentkit.ConsentException
import dev.consentkit.Method
import dev.consentkit.Questions
import dev.consentkit.Shown
import dev.consentkit.WebAnswer
import dev.consentkit.WebHandOff
import dev.consentkit.WebOutcome
import dev.consentkit.WebPages
import dev.consentkit.WebRefusal
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.booleanOrNull
import java.util.UUID

/** Longest message that the library reads, in bytes. */
private const val MAX_MESSAGE_BYTES = 16 * 1024

/** What each kind of message has beside its nonce, its id and its kind. */
private val MEMBERS = mapOf("ask" to listOf("surface"), "record" to listOf("shown", "answers"), "closed" to listOf("shown"), "withdraw" to listOf("purposes"))

/**
 * The pages of a web view over a fake. No page runs here, so what is handed over is no script: it is the state as JSON, with the nonce that a
 * message has to bear. Messages are judged as in the library, but that none is refused for coming too fast.
 */
internal class FakeWebPages(private val consent: FakeConsent, private val origins: Set<String>, private val gpc: () -> Boolean) : WebPages {
    private val nonce = UUID.randomUUID().toString().replace("-", "")
    private val heard = mutableSetOf<String>()
    private val forms = mutableMapOf<String, Shown>()

    override suspend fun handOff(): WebHandOff {
        val snapshot = consent.snapshot
        val allowed = snapshot.answers.filter { it.allowed }
        val state = JsonObject(mapOf("nonce" to JsonPrimitive(nonce), "allowed" to JsonArray(allowed.map { JsonPrimitive(it.purpose) })))
        return WebHandOff(state.toString(), state.toString(), gpc(), allowed.mapNotNull { it.validUntil }.minOrNull(), emptyList())
    }

    override suspend fun hear(message: String, origin: String, mainFrame: Boolean): WebAnswer {
        val said = synchronized(this) { read(message, origin, mainFrame) }
        return if (said is Heard) done(said.message) else WebAnswer(WebOutcome.Refused((said as NotHeard).refusal), null)
    }

    private fun read(text: String, origin: String, mainFrame: Boolean): Judged {
        if (origin !in origins) return NotHeard(WebRefusal.ORIGIN)
        if (!mainFrame) return NotHeard(WebRefusal.FRAME)
        if (text.encodeToByteArray().size > MAX_MESSAGE_BYTES) return NotHeard(WebRefusal.TOO_LARGE)
        val message = parsed(text) ?: return NotHeard(WebRefusal.MALFORMED)
        if (message["nonce"].word != nonce) return NotHeard(WebRefusal.NONCE)
        if (!heard.add(message.needWord("id"))) return NotHeard(WebRefusal.REPEATED)
        return Heard(message)
    }

    private fun parsed(text: String): JsonObject? {
        val message = try {
            Json.parseToJsonElement(text) as? JsonObject
        } catch (_: SerializationException) {
            null
        }
        val members = MEMBERS[message["kind"].word] ?: return null
        val isWhole = message!!.keys == setOf("nonce", "id", "kind") + members && message["id"].isText && message["nonce"].isText
        val isTyped = members.all { name ->
            when (name) {
                "answers" -> (message[name] as? JsonObject)?.values?.all { (it as? JsonPrimitive)?.takeUnless { one -> one.isString }?.booleanOrNull != null }
                "purposes" -> (message[name] as? JsonArray)?.all { it.isText }
                else -> message[name].isText
            } == true
        }
        return message.takeIf { isWhole && isTyped }
    }

    private suspend fun done(message: JsonObject): WebAnswer = try {
        when (message["kind"].word) {
            "ask" -> {
                val form = consent.questions(message.needWord("surface"))
                answered(message, WebOutcome.Asked, "form" to form.told())
            }
            "withdraw" -> answered(message, WebOutcome.Withdrawn(consent.withdraw(*message["purposes"].words.toTypedArray())))
            else -> {
                val name = message.needWord("shown")
                val shown = synchronized(this) { forms[name] }
                when {
                    shown == null -> answered(message, WebOutcome.Refused(WebRefusal.UNKNOWN_FORM), "error" to JsonPrimitive(WebRefusal.UNKNOWN_FORM.code))
                    message["kind"].word == "record" -> answered(message, WebOutcome.Recorded(consent.record(shown, message["answers"].answers())))
                    else -> {
                        consent.closed(shown)
                        synchronized(this) { forms -= name }
                        answered(message, WebOutcome.Closed)
                    }
                }
            }
        }
    } catch (fault: ConsentException) {
        answered(message, WebOutcome.Failed(fault.message.orEmpty()), "error" to JsonPrimitive(fault.code))
    }

    private fun answered(message: JsonObject, outcome: WebOutcome, told: Pair<String, JsonElement> = "form" to JsonNull): WebAnswer =
        WebAnswer(outcome, JsonObject(mapOf("nonce" to JsonPrimitive(nonce), "id" to message.need("id"), told)).toString())

    /** The form as a page is given it; the token stays here. */
    private fun Questions.told(): JsonObject {
        val name = UUID.randomUUID().toString().replace("-", "")
        synchronized(this@FakeWebPages) { forms[name] = shown }
        val asked = questions.map {
            JsonObject(
                mapOf(
                    "purpose" to JsonPrimitive(it.purpose), "status" to JsonPrimitive(it.status.code), "starts_on" to JsonPrimitive(it.startsOn),
                    "title" to JsonPrimitive(it.notice.title),
                ),
            )
        }
        return JsonObject(mapOf("shown" to JsonPrimitive(name), "surface" to JsonPrimitive(surface), "due" to JsonPrimitive(due), "questions" to JsonArray(asked)))
    }
}

/** As the library asserts Global Privacy Control to pages (GCM-6). */
internal fun View.assertsGpc(now: Long): Boolean =
    state.present.gpc == true || state.policy.purposes.any { it.sharing && !decisions.decide(it.id, now).allowed }

internal fun checkOrigins(origins: List<String>) {
    if (origins.isEmpty()) refuse("origins", "is empty; give the origin of each page that may speak to the app")
    origins.forEachIndexed { at, origin ->
        val isOurs = origin.startsWith("https://") || origin.startsWith("http://localhost")
        if (!isOurs) refuse("origins[$at]", "is no origin of the web; begin with https:// (only this machine itself may have http://)")
    }
}

private sealed interface Judged

private class Heard(val message: JsonObject) : Judged

private class NotHeard(val refusal: WebRefusal) : Judged

private val JsonElement?.isText: Boolean get() = (this as? JsonPrimitive)?.isString == true

/** The answers of a message: a page can say yes and no, and only the person says it. */
private fun JsonElement?.answers(): List<Answer> = (this as JsonObject).map { (purpose, yes) ->
    Answer(purpose, if (yes.word == "true") ChoiceKind.GRANTED else ChoiceKind.REFUSED, method = Method.WEB)
}
