package dev.consentkit.scenarios

import dev.consentkit.Actor
import dev.consentkit.AgeBand
import dev.consentkit.Answer
import dev.consentkit.Answers
import dev.consentkit.ChoiceKind
import dev.consentkit.Consent
import dev.consentkit.ConsentException
import dev.consentkit.HttpTransport
import dev.consentkit.ImportChoice
import dev.consentkit.Shown
import dev.consentkit.Signals
import dev.consentkit.SyncState
import dev.consentkit.TransportException
import dev.consentkit.testing.FakeConsent
import dev.consentkit.testing.ScriptedTransport
import dev.consentkit.testing.TestClock
import java.nio.file.Files
import kotlin.random.Random
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds
import kotlinx.coroutines.runBlocking
import org.junit.Test

/** What the library refuses the fake refuses, of the same row and in the same words. */
class RefusalTest {
    private val clock = TestClock()

    private fun <T> pair(look: (FakeConsent, Consent) -> T): T {
        val folder = Files.createTempDirectory("consentkit-refusals").toFile()
        val fake = FakeConsent(Surroundings.policy, clock = clock)
        val real = Consent.options(folder.resolve("consent.db").path, Surroundings.policy).clock(clock).openBlocking()
        return try {
            look(fake, real)
        } finally {
            real.close()
            folder.deleteRecursively()
        }
    }

    private fun outcome(consent: Consent, call: (Consent) -> Any?): String = try {
        call(consent)
        "taken"
    } catch (refused: ConsentException) {
        "${refused.code}: ${refused.message}"
    }

    @Suppress("UNCHECKED_CAST")
    private fun <T> nothing(): T = null as T

    @Test
    fun f_73_nullsAreRefusedByTheSameNames() = pair { fake, real ->
        val calls = listOf<(Consent) -> Any?>(
            { it.questionsBlocking(nothing()) }, { it.recordBlocking(nothing(), Answers().grant("cookies.analytics")) }, { it.recordBlocking(Shown(nothing()), Answers().grant("cookies.analytics")) },
            { it.recordBlocking(Shown("x"), nothing()) }, { it.recordBlocking(Shown("x"), Answers().add(nothing())) }, { it.recordBlocking(Shown("x"), Answers().grant(nothing())) },
            { it.recordBlocking(Shown("x"), Answers().grant("cookies.analytics", nothing())) }, { it.withdrawBlocking("marketing.email", nothing()) }, { it.importBlocking(nothing()) },
            { it.importBlocking(listOf(nothing())) }, { it.importBlocking(listOf(ImportChoice(nothing(), ChoiceKind.GRANTED, null, "older"))) },
            { it.importBlocking(listOf(ImportChoice("cookies.analytics", nothing(), null, "older"))) }, { it.importBlocking(listOf(ImportChoice("cookies.analytics", ChoiceKind.REFUSED, null, nothing()))) },
            { it.signInBlocking(nothing()) }, { it.signInBlocking("\uD800") }, { it.reportSignalsBlocking(nothing()) }, { it.advertisingIdBlocking(nothing()) }, { it.adoptPolicyBlocking(nothing()) },
            { it.addListener(nothing()) { } }, { it.addListener({ run -> run.run() }, nothing()) },
        )
        calls.forEachIndexed { at, call ->
            val theirs = outcome(real, call)
            assertTrue("taken" != theirs, "call $at")
            assertEquals(theirs, outcome(fake, call), "call $at")
        }
        assertEquals(listOf(false, false), listOf(real, fake).map { it.allows(nothing()) })
        assertEquals(real.explain(nothing()).reasons, fake.explain(nothing()).reasons)
    }

    @Test
    fun f_73_ofSeveralBadRowsTheSameOneIsNamedInTheSameWords() = pair { fake, real ->
        listOf(fake, real).forEach { it.reportSignalsBlocking(Signals(age = AgeBand.BELOW)) }
        val random = Random(73)
        val purposes = listOf("cookies.analytics", "marketing.email", "marketing.sms", "membership", "no.such", "", "a\u0000b", "x".repeat(65))
        var refused = 0
        repeat(500) { round ->
            val rows = List(random.nextInt(0, 4)) { purposes.random(random) }
            val kinds = rows.map { ChoiceKind.entries.random(random) }
            val actors = rows.map { if (random.nextBoolean()) Actor.GUARDIAN else Actor.PERSON }
            val dates = rows.map { listOf(null, 0L, clock.now(), clock.now() + 200_000_000_000).random(random) }
            val sources = rows.map { listOf("older", "", "s".repeat(129)).random(random) }
            val calls = listOf<Pair<String, (Consent) -> Any?>>(
                "import" to { it.importBlocking(rows.indices.map { at -> ImportChoice(rows[at], kinds[at], dates[at], sources[at], actor = actors[at]) }) },
                "withdraw" to { it.withdrawBlocking(*rows.toTypedArray()) },
                "a form of its own" to { consent ->
                    val shown = consent.questionsBlocking("settings").shown
                    consent.recordBlocking(shown, Answers().apply { rows.indices.forEach { at -> add(Answer(rows[at], kinds[at], actor = actors[at])) } })
                },
                "a forged token" to { it.recordBlocking(Shown("forged"), Answers().apply { rows.indices.forEach { at -> add(Answer(rows[at], kinds[at], actor = actors[at])) } }) },
            )
            for ((name, call) in calls) {
                val theirs = outcome(real, call)
                assertEquals(theirs, outcome(fake, call), "round $round, $name of $rows")
                if (theirs != "taken") refused += 1
            }
        }
        assertTrue(refused > 500, "$refused")
    }

    @Test
    fun f_73_aSyncThatWaitsAlwaysSaysWhyInBoth() = runBlocking {
        val folder = Files.createTempDirectory("consentkit-waiting").toFile()
        val offline = HttpTransport { throw TransportException.Unreachable("no network") }
        val fake = FakeConsent(Surroundings.policy, clock = clock, transport = ScriptedTransport().always(TransportException.Unreachable("no network")))
        val real = Consent.open(folder.resolve("consent.db").path, Surroundings.policy) {
            clock = this@RefusalTest.clock
            server = "https://consent.example"
            transport = offline
            syncsByItself = false
        }
        for (consent in listOf(fake, real)) {
            assertEquals(SyncState.QUIET, consent.sync().state)
            consent.withdraw("cookies.analytics")
            for ((round, trouble) in listOf("offline", "paused", "paused").withIndex()) {
                val report = consent.sync(5_000.milliseconds)
                assertEquals(SyncState.WAITING to listOf(trouble), report.state to report.troubles.map { it.code }, "$consent, round $round")
                assertTrue(report.retryAt!! > clock.now())
            }
            assertEquals("invalid: within must be more than 0 milliseconds.", outcome(consent) { it.syncBlocking(0) })
            consent.close()
        }
        folder.deleteRecursively()
        Unit
    }
}
