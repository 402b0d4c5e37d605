package dev.consentkit.scenarios

import com.fasterxml.jackson.core.JsonFactory
import com.fasterxml.jackson.core.JsonProcessingException
import com.fasterxml.jackson.core.StreamReadFeature
import java.time.DateTimeException
import java.time.Duration
import java.time.OffsetDateTime
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** What a scenario file or a step of it is at fault in. */
class Fault(text: String) : Exception(text)

/** One file. */
class Scenario(val server: Boolean, val at: Long, val steps: List<Step>) {
    companion object {
        /** Reads a file strictly; `name` is its own name without the ending. */
        fun read(name: String, text: String): Scenario {
            refuseKeysTwice(text)
            val file = strictly { strict.decodeFromString(ScenarioFile.serializer(), text) }
            if (file.name != name) throw Fault("its name says \"${file.name}\"")
            if (file.about.isEmpty() || file.rules.isEmpty() || file.steps.isEmpty()) throw Fault("needs a sentence, a rule and a step")
            val steps = file.steps.mapIndexed { index, step ->
                val kind = step.kind ?: "?"
                try {
                    readStep(kind, step)
                } catch (fault: Fault) {
                    throw Fault("step ${index + 1} ($kind): ${fault.message}")
                }
            }
            return Scenario(file.server, millis(file.at), steps)
        }
    }
}

/** One step, and the error that its call must end with. */
class Step(val kind: String, val device: String?, val error: ExpectedError?, val action: Action)

class ExpectedError(val code: String, val field: String?)

@Serializable
private class ScenarioFile(
    val name: String,
    val about: String,
    val rules: List<String>,
    val server: Boolean = false,
    val at: String = "2026-11-22T12:00:00+09:00",
    val steps: List<JsonObject>,
)

private val strict = Json { classDiscriminator = "step" }

private val duplicates = JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build()

// A key that comes twice would hide an expectation, and the JSON library keeps the last one in silence.
private fun refuseKeysTwice(text: String) {
    try {
        duplicates.createParser(text).use { while (it.nextToken() != null) Unit }
    } catch (fault: JsonProcessingException) {
        throw Fault(fault.originalMessage)
    }
}

private val JsonObject.kind: String? get() = (this["step"] as? JsonPrimitive)?.takeIf { it.isString }?.content

private fun readStep(kind: String, step: JsonObject): Step {
    fun text(name: String): String? {
        val value = step[name] ?: return null
        return (value as? JsonPrimitive)?.takeIf { it.isString }?.content ?: throw Fault("$name is no text")
    }
    val (device, code, field) = listOf("device", "error", "field").map(::text)
    if (code == null && field != null) throw Fault("a field without an error")
    val own = JsonObject(step - listOf("device", "error", "field"))
    val action = strictly { strict.decodeFromJsonElement(Action.serializer(), own) }
    if (action is ServerAction && (device != null || code != null)) throw Fault("is no device's, and has no typed error")
    if (action is Expect && action.isEmpty) throw Fault("expects nothing")
    return Step(kind, device, code?.let { ExpectedError(it, field) }, action)
}

private fun <T> strictly(read: () -> T): T =
    try {
        read()
    } catch (fault: SerializationException) {
        throw Fault(fault.message.orEmpty().lineSequence().first())
    }

/** Reads an RFC 3339 time as Unix milliseconds. */
fun millis(text: String): Long =
    try {
        OffsetDateTime.parse(text).toInstant().toEpochMilli()
    } catch (_: DateTimeException) {
        throw Fault("\"$text\" is no RFC 3339 time")
    }

/** Reads `P20D`, `PT36H`, `PT1M`, `PT2S` or a chain of them as milliseconds. */
fun duration(text: String): Long =
    try {
        Duration.parse(text).toMillis()
    } catch (_: DateTimeException) {
        throw Fault("\"$text\" is no duration such as P20D or PT1H30M")
    }
