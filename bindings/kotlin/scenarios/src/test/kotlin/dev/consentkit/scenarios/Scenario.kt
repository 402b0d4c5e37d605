package dev.consentkit.scenarios

import com.fasterxml.jackson.core.JacksonException
import com.fasterxml.jackson.core.StreamReadFeature
import com.fasterxml.jackson.databind.DeserializationFeature
import com.fasterxml.jackson.databind.MapperFeature
import com.fasterxml.jackson.databind.PropertyNamingStrategies
import com.fasterxml.jackson.databind.json.JsonMapper
import com.fasterxml.jackson.databind.node.ObjectNode
import com.fasterxml.jackson.module.kotlin.kotlinModule
import com.fasterxml.jackson.module.kotlin.readValue
import com.fasterxml.jackson.module.kotlin.treeToValue
import java.time.DateTimeException
import java.time.Duration
import java.time.Instant
import java.time.OffsetDateTime

/** What a scenario, or a step of it, is at fault in. */
class Fault(text: String) : Exception(text)

/** One file. */
class Scenario(
    val server: Boolean,
    /** The time at which it begins, Unix milliseconds. */
    val at: Long,
    val steps: List<Step>,
) {
    companion object {
        /** Reads a file strictly; `name` is its own name without the ending. */
        fun read(name: String, text: String): Scenario {
            val file = strictly { strict.readValue<ScenarioFile>(text) }
            if (file.name != name) throw Fault("its name says \"${file.name}\"")
            if (file.about.isEmpty() || file.rules.isEmpty() || file.steps.isEmpty()) throw Fault("needs a sentence, a rule and a step")
            val steps = file.steps.mapIndexed { index, step ->
                val kind = step["step"]?.textValue() ?: "?"
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

/** A typed error by its code, and the place it must name. */
class ExpectedError(val code: String, val field: String?)

private class ScenarioFile(
    val name: String,
    val about: String,
    val rules: List<String>,
    val server: Boolean = false,
    val at: String = "2026-11-22T12:00:00+09:00",
    val steps: List<ObjectNode>,
)

/** Reads and writes JSON. A key that comes twice would hide an expectation, an unknown one would be no expectation at all. */
val strict: JsonMapper = JsonMapper.builder()
    .addModule(kotlinModule())
    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
    .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
    .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
    .build()

private fun readStep(kind: String, step: ObjectNode): Step {
    fun text(name: String): String? = step.remove(name)?.let { it.textValue() ?: throw Fault("$name is no text") }
    val (device, code, field) = listOf("device", "error", "field").map(::text)
    if (code == null && field != null) throw Fault("a field without an error")
    val action = strictly { strict.treeToValue<Action>(step) }
    if (action is ServerAction && (device != null || code != null)) throw Fault("is no device's, and has no typed error")
    if (action is Expect && action.isEmpty()) throw Fault("expects nothing")
    return Step(kind, device, code?.let { ExpectedError(it, field) }, action)
}

private fun <T> strictly(read: () -> T): T =
    try {
        read()
    } catch (fault: JacksonException) {
        throw Fault(fault.originalMessage)
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

/** Writes Unix milliseconds as UTC in RFC 3339. */
fun rfc3339(millis: Long): String = Instant.ofEpochMilli(millis).toString()
