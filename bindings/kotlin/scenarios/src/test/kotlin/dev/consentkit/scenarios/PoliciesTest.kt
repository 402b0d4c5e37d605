package dev.consentkit.scenarios

import dev.consentkit.AccountTokens
import dev.consentkit.Actor
import dev.consentkit.AgeBand
import dev.consentkit.Answer
import dev.consentkit.ChoiceKind
import dev.consentkit.Consent
import dev.consentkit.Guardian
import dev.consentkit.Platform
import dev.consentkit.Signals
import dev.consentkit.SyncState
import dev.consentkit.policyFaults
import dev.consentkit.testing.FakeConsent
import dev.consentkit.testing.TestClock
import java.io.File
import java.nio.file.Files
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.runBlocking
import org.junit.Test

private const val HOUR_MS = 3_600_000L

/** A policy of any company opens, asks, records and syncs, and the fake concludes from it what the library does. */
class PoliciesTest {
    @Test
    fun everyPolicyOfTheExamplesOpensAsksRecordsAndSyncs() {
        val files = Surroundings.policies
        assertTrue(files.any { it.name == "minimal.json" }, "$files")
        for (file in files) {
            val folder = Files.createTempDirectory("consentkit-policies").toFile()
            try {
                Server(folder, file.readText()).use { server -> runBlocking { story(file, folder, server) } }
            } finally {
                folder.deleteRecursively()
            }
        }
    }

    private suspend fun story(file: File, folder: File, server: Server) {
        val (name, policy, clock) = Triple(file.name, file.readText(), TestClock())
        assertEquals(emptyList(), policyFaults(policy).map { it.toString() }, name)
        val form = strict.readTree(policy)["surfaces"]?.lastOrNull()?.textValue() ?: "any_form"
        val fake = FakeConsent(policy, Platform.ANDROID, "en", clock = clock)
        val real = Consent.open(folder.resolve("consent.db").path, policy) {
            platform = Platform.ANDROID
            language = "en"
            this.server = server.url
            tokens = AccountTokens { subject, _ -> server.token(subject) }
            this.clock = clock
            syncsByItself = false
        }
        for (consent in listOf(fake, real)) {
            consent.signIn("acct_81")
            // Where the audience may be children, the guardian answers.
            consent.reportSignals(Signals(age = AgeBand.ABOVE, guardian = Guardian.VERIFIED))
            val asked = consent.questions(form)
            assertTrue(asked.due && asked.questions.isNotEmpty(), name)
            val answers = asked.questions.map { Answer(it.purpose, ChoiceKind.GRANTED, actor = Actor.GUARDIAN) }
            assertEquals(answers.size, consent.record(asked.shown, answers).items.size, name)
        }
        agree(name, fake, real, form)
        val first = real.questions(form).questions.first().purpose
        listOf(fake, real).forEach { it.withdraw(first) }
        assertFalse(real.allows(first), "$name: $first")
        clock.advance(10 * HOUR_MS)
        agree("$name, at night", fake, real, form)
        val report = real.sync(10.seconds)
        assertEquals(SyncState.UP_TO_DATE to 0L, report.state to report.pending, "$name: $report")
        assertTrue(real.verify().ok, name)
        listOf(fake, real).forEach { it.close() }
    }

    private suspend fun agree(place: String, fake: Consent, real: Consent, form: String) {
        assertEquals(real.policy(), fake.policy(), place)
        assertEquals(real.questions(form).let { it.language to it.questions }, fake.questions(form).let { it.language to it.questions }, place)
        assertEquals(real.snapshot.answers, fake.snapshot.answers, place)
        assertEquals(real.snapshot.googleConsent, fake.snapshot.googleConsent, place)
    }
}
