package dev.consentkit.scenarios

import dev.consentkit.Shown
import com.fasterxml.jackson.databind.JsonNode
import dev.consentkit.ConsentException
import java.io.File
import java.nio.file.Files

/** The device of a step that names none. */
private const val DEFAULT_DEVICE = "a"

/** Makes the devices of a scenario. */
fun interface Maker {
    /** A new device with a folder of its own. */
    fun make(settings: Settings, now: Long, folder: File, server: Server?): Phone
}

/** All devices of a scenario and the server between them. */
class World(scenario: Scenario, private val maker: Maker) : AutoCloseable {
    private val folder: File = Files.createTempDirectory("consentkit-scenario").toFile()
    private val phones = mutableMapOf<String, Phone>()
    private val forms = mutableMapOf<String, Shown>()
    private val steps = DeviceSteps(forms)

    /** What pages showed, by their name: each purpose's `seen`. */
    private val pages = mutableMapOf<String, Map<String, JsonNode>>()
    private val policy = Surroundings.policy
    private val server = if (scenario.server) Server(folder.resolve("server").apply { mkdir() }, policy) else null
    private var now = scenario.at

    /** Plays one step; throws [Fault] where it does not go as the scenario says. */
    suspend fun play(step: Step) {
        val error = try {
            play(step.device ?: DEFAULT_DEVICE, step)
            null
        } catch (thrown: ConsentException) {
            thrown
        }
        check(error, step.error)
    }

    private suspend fun play(device: String, step: Step) = when (val action = step.action) {
        is Open -> open(device, action)
        is MoveClock -> move(step.device, action)
        is ServerDeed -> deed(action)
        is DrawPage -> pages[action.name] = seen(action.subject)
        is WebChange -> web(action)
        is MaySend -> maySend(action)
        is Expect -> told(phone(device), server, action)
        else -> steps.play(phone(device), action, policy)
    }

    private fun phone(device: String): Phone = phones[device] ?: throw Fault("no device \"$device\" was opened")

    private fun host(): Server = server ?: throw Fault("the scenario has no server; say \"server\": true")

    private suspend fun open(device: String, action: Open) {
        if (device in phones) throw Fault("device \"$device\" was opened before; use restart")
        val settings = Settings(word(action.platform), action.osVersion, action.language, action.policy.of(policy))
        val phone = maker.make(settings, now, folder.resolve("phone-$device").apply { mkdir() }, server)
        phones[device] = phone
        if (action.copyOf != null) phone.copyFrom(phone(action.copyOf), action.withMarker)
        phone.start()
    }

    private fun move(device: String?, action: MoveClock) {
        val moved: (Long) -> Long = when {
            action.set != null && action.advance == null -> millis(action.set).let { { _ -> it } }
            action.set == null && action.advance != null -> duration(action.advance).let { { time -> time + it } }
            else -> throw Fault("needs either set or advance")
        }
        if (device == null) now = moved(now)
        for (phone in if (device == null) phones.values else listOf(phone(device))) phone.clock.set(moved(phone.clock.now()))
    }

    private fun deed(action: ServerDeed) = when (action.deed) {
        Deed.DOWN -> host().down()
        Deed.UP -> host().up()
        Deed.PUBLISH -> host().publish(action.policy.of(policy))
        Deed.BACK_UP -> host().backUp()
        Deed.RESTORE -> host().restore()
    }

    /** What a page drawn now shows of a subject. */
    private fun seen(subject: String): Map<String, JsonNode> =
        host().subject(subject).path("states").associate { it.path("purpose").asText() to it.path("seen") }

    private fun web(action: WebChange) {
        val shown = when (action.seen) {
            "fresh" -> seen(action.subject)
            "none" -> emptyMap()
            else -> pages[action.seen] ?: throw Fault("no page \"${action.seen}\" was kept")
        }
        val change = strict.createObjectNode().put("purpose", action.purpose).put("choice", action.choice)
        change.put("method", action.method).put("actor", "self").put("at", rfc3339(now))
        if (action.choice == "granted") shown[action.purpose]?.let { change.set<JsonNode>("seen", it) }
        val changes = strict.createObjectNode().apply { putArray("changes").add(change) }
        val (status, body) = host().operate("POST", "/v1/subjects/${action.subject}/changes", changes)
        if (status != 200) throw Fault("the server answered $status: $body")
        compared { compare("outcome", action.expect, body.path("results").path(0).path("outcome").textValue()) }
    }

    private fun maySend(action: MaySend) {
        val at = (action.at ?: rfc3339(now)).replace("+", "%2B")
        val (status, body) = host().operate(
            "GET",
            "/v1/subjects/${action.subject}/may-send?channel=${action.channel}&kind=${action.kind}&at=$at",
        )
        if (status != 200) throw Fault("the server answered $status: $body")
        compared {
            compare("allowed", action.expect.allowed, body.path("allowed").booleanValue())
            compare("reasons", action.expect.reasons, body.path("reasons").map { it.asText() })
        }
    }

    override fun close() {
        phones.values.forEach { it.close() }
        server?.close()
        folder.deleteRecursively()
    }
}

private fun check(got: ConsentException?, expected: ExpectedError?) {
    if (got == null && expected == null) return
    if (got == null) throw Fault("expected the error \"${expected?.code}\", got none")
    if (expected == null) throw Fault("expected no error, got ${got.code} (${got.message})").apply { initCause(got) }
    compared {
        compare("error", expected.code, got.code)
        maybe("field", expected.field, got.place)
    }
}
