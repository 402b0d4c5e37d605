package dev.consentkit.scenarios

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ObjectNode
import dev.consentkit.Answer
import dev.consentkit.ChoiceKind
import dev.consentkit.Consent
import dev.consentkit.ConsentException
import dev.consentkit.Platform
import dev.consentkit.policyFaults
import dev.consentkit.testing.FakeConsent
import dev.consentkit.testing.TestClock
import java.io.File
import java.nio.file.Files
import java.time.Instant
import java.time.ZoneOffset
import kotlin.random.Random
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.Test

private const val DAY_MS = 24 * 3_600_000L

/** What a delivered edition may change: the fake says it as the library does, fault by fault. */
class DeliveredEditionsTest {
    private val vectors = strict.readTree(Surroundings.scenarios.resolveSibling("bindings/delivered_editions.json"))
    private val first = vectors["policy"].toString()
    private val changes = vectors["changes"].toList()

    @Test
    fun f_10_f_36_theFakeRefusesOfADeliveredEditionWhatTheLibraryRefuses() = runBlocking {
        for (change in changes) {
            pair(first) { fake, real, _ ->
                val document = checkNotNull(edited(first, change, 2)).toString()
                val expected = change["faults"].map { it.textValue() }
                assertEquals(expected, faults(real, document), "the library: ${change["name"]}")
                assertEquals(expected, faults(fake, document), "the fake: ${change["name"]}")
                assertEquals(seen(real), seen(fake), "${change["name"]}")
            }
        }
    }

    /** One edition after another, some for a later day, each with changes of its own; in between people answer and days go by. */
    @Test
    fun f_10_f_36_theyAgreeAboutEveryChainOfDeliveredEditions() = runBlocking {
        val histories = System.getProperty("consentkit.histories").toInt() / 4 + 1
        val seed = System.getProperty("consentkit.seed").toInt()
        println("chains of delivered editions: seeds ${seed until seed + histories}")
        val endings = mutableSetOf<String>()
        var editions = 0
        for (number in seed until seed + histories) {
            val random = Random(number)
            pair(first) { fake, real, clock ->
                var newest = first
                repeat(random.nextInt(2, 8)) { step ->
                    val place = "seed $number, step $step"
                    if (random.nextInt(3) == 0) clock.advance(random.nextLong(0, 6 * DAY_MS))
                    if (random.nextInt(3) == 0) answer(random, real, fake, place)
                    val document = next(random, newest, clock) ?: return@repeat
                    if (histories == 1) println("$place ${clock.now()} ${document.take(0)}${strict.readTree(document).let { listOf(it["edition"], it["effective_on"], it["announced_on"]) }} real ${real.policy().version} ${announced(real)} fake ${fake.policy().version} ${announced(fake)}")
                    val theirs = faults(real, document)
                    assertEquals(theirs, faults(fake, document), "$place: $document")
                    assertEquals(announced(real), announced(fake), place)
                    assertEquals(seen(real), seen(fake), place)
                    endings += theirs.map { it.substringAfter(' ') }.ifEmpty { listOf("taken") }
                    if (theirs.isEmpty() || random.nextInt(4) == 0) newest = document
                    editions += 1
                }
            }
        }
        println("chains of delivered editions: $histories chains, $editions editions, 0 differences; $endings")
        val reached = setOf("taken", "consent_taken_away", "guard_weakened", "material_not_raised", "older_edition", "dates_backwards")
        assertTrue(endings.containsAll(reached), "$endings")
    }

    private suspend fun answer(random: Random, real: Consent, fake: Consent, place: String) {
        val asked = real.questions("settings").questions.map { it.purpose }
        val answers = asked.shuffled(random).take(random.nextInt(1, 4)).map { Answer(it, if (random.nextBoolean()) ChoiceKind.GRANTED else ChoiceKind.REFUSED) }
        if (answers.isEmpty()) return
        val endings = listOf(real, fake).map { consent ->
            try {
                consent.record(consent.questions("settings").shown, answers).items.map { it.choice }
            } catch (refused: ConsentException) {
                refused.code
            }
        }
        assertEquals(endings[0], endings[1], "$place: $answers")
    }

    /** A later edition of a document, mostly by one; `null` where the changes do not fit it, or make no policy of it. */
    private fun next(random: Random, newest: String, clock: TestClock): String? {
        val before = strict.readTree(newest)["edition"].intValue()
        val edition = if (random.nextInt(6) == 0) (before + random.nextInt(-1, 3)).coerceAtLeast(1) else before + 1
        val document = List(random.nextInt(1, 3)) { changes.random(random) }.fold(strict.readTree(newest)) { document: JsonNode?, change ->
            document?.let { edited(it.toString(), change, edition) }
        } as ObjectNode? ?: return null
        val today = Instant.ofEpochMilli(clock.now()).atOffset(ZoneOffset.UTC).toLocalDate()
        when (random.nextInt(4)) {
            0 -> document.put("effective_on", today.plusDays(random.nextLong(1, 9)).toString())
            1 -> document.put("effective_on", today.minusDays(random.nextLong(0, 3)).toString())
        }
        if (random.nextInt(4) == 0 && document.has("effective_on")) document.put("announced_on", today.minusDays(random.nextLong(0, 9)).toString())
        return document.toString().takeIf { policyFaults(it).isEmpty() }
    }

    /** The document with one change, as another edition; `null` where the change does not fit it. */
    private fun edited(document: String, change: JsonNode, edition: Int): JsonNode? {
        val set = change["set"].orEmpty().map { put -> Put(put["at"].textValue(), put["value"].let { if (it.textValue() == "EDITION") strict.readTree("$edition") else it }) }
        val remove = change["remove"].orEmpty().map { it.textValue() }
        return try {
            val changed = PolicyChange(set = set, remove = remove).of(document)
            (strict.readTree(changed) as ObjectNode).put("edition", edition).put("version", "$edition")
        } catch (_: Fault) {
            null
        }
    }

    private fun JsonNode?.orEmpty(): List<JsonNode> = this?.toList() ?: emptyList()

    private suspend fun faults(consent: Consent, document: String): List<String> = try {
        consent.adoptPolicy(document)
        emptyList()
    } catch (refused: ConsentException.PolicyRefused) {
        refused.faults.map { "${it.pointer} ${it.code.code}" }
    }

    private suspend fun announced(consent: Consent) =
        consent.announced().map { listOf(it.edition, it.version, it.from, it.daysLeft, it.asksAgain, it.asksFirst) }

    private suspend fun seen(consent: Consent): List<Any?> {
        val snapshot = consent.snapshot
        return listOf(snapshot.answers, snapshot.googleConsent, consent.policy().version, consent.history().map { it.kind to it.edition })
    }

    private suspend fun pair(policy: String, look: suspend (FakeConsent, Consent, TestClock) -> Unit) {
        val memory = File("/dev/shm").takeIf { it.canWrite() } ?: File(System.getProperty("java.io.tmpdir"))
        val folder = Files.createTempDirectory(memory.toPath(), "editions").toFile()
        val clock = TestClock()
        val fake = FakeConsent(policy, Platform.ANDROID, "en", clock = clock)
        val real = Consent.options(folder.resolve("consent.db").path, policy).platform(Platform.ANDROID).language("en").clock(clock).openBlocking()
        try {
            look(fake, real, clock)
        } finally {
            real.close()
            folder.deleteRecursively()
        }
    }
}
