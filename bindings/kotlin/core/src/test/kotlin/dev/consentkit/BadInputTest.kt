package dev.consentkit

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import java.io.File
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue

/** What a caller may do wrong: typed exceptions that name the argument, nothing written, no deadlock. */
class BadInputTest {
    @get:Rule
    val phone = Phone()

    private fun field(call: () -> Unit): String = assertFailsWith<ConsentException.Invalid> { call() }.field

    /** Null, as a caller in Java may pass it where Kotlin promises there is none. */
    @Suppress("UNCHECKED_CAST")
    private fun <T> nothing(): T = null as T

    private val hostile = listOf("", " ", "\u0000", "a\u0000b", "\u202Eabc", "\uD800", "abc\uDC00", "x".repeat(1_000_000), "'; DROP TABLE record; --", "../../etc/passwd")

    @Test
    fun `a hostile text is a no where one reads, and an exception with the argument's name where one writes`() {
        val consent = phone.open()
        for (text in hostile) {
            assertFalse(consent.allows(text))
            assertEquals(listOf<Reason>(Reason.UnknownPurpose), consent.explain(text).reasons)
            assertEquals("surface", field { consent.questionsBlocking(text) })
            assertEquals("purposes[0]", field { consent.withdrawBlocking(text) })
            assertEquals("answers[1].purpose", field { consent.answer("marketing.email", text) })
            assertEquals("choices[0].purpose", field { consent.importBlocking(listOf(ImportChoice(text, ChoiceKind.GRANTED, null, "prefs"))) })
            assertEquals("purpose", field { if (consent.advertisingIdBlocking(text) is AdvertisingId.Refused) throw ConsentException.Invalid("purpose", "is refused") })
            assertTrue(runCatching { consent.adoptPolicyBlocking(text) }.exceptionOrNull() is ConsentException)
            assertTrue(runCatching { consent.recordBlocking(Shown(text), Answers().refuse("marketing.email")) }.exceptionOrNull() is ConsentException)
            assertTrue(policyFaultsOrInvalid(text))
            Reason.Requires(text).text(text)
        }
        for (text in hostile - listOf("'; DROP TABLE record; --", "../../etc/passwd")) {
            assertEquals("subject", field { consent.signInBlocking(text) })
        }
        assertEquals(emptyList(), consent.pendingBlocking())
        assertTrue(consent.verifyBlocking().ok)
    }

    private fun policyFaultsOrInvalid(text: String): Boolean = try {
        policyFaults(text).isNotEmpty()
    } catch (fault: ConsentException.Invalid) {
        fault.field == "document"
    }

    @Test
    fun `null from Java is a no where one reads, and an exception with the argument's name where one writes`() {
        val consent = phone.open()
        assertFalse(consent.allows(nothing()))
        assertFalse(consent.explain(nothing()).allowed)
        assertEquals("surface", field { consent.questionsBlocking(nothing()) })
        assertEquals("answers", field { consent.recordBlocking(Shown("x"), nothing<Answers>()) })
        assertEquals("shown", field { consent.recordBlocking(nothing<Shown>(), Answers().grant("marketing.email")) })
        assertEquals("shown", field { consent.recordBlocking(Shown(nothing()), Answers().grant("marketing.email")) })
        assertEquals("answers[0].purpose", field { consent.recordBlocking(Shown("x"), Answers().grant(nothing())) })
        assertEquals("purposes[0]", field { consent.withdrawBlocking(nothing<String>()) })
        assertEquals("choices", field { consent.importBlocking(nothing()) })
        assertEquals("choices[0]", field { consent.importBlocking(listOf<ImportChoice?>(null) as List<ImportChoice>) })
        assertEquals("subject", field { consent.signInBlocking(nothing()) })
        assertEquals("signals", field { consent.reportSignalsBlocking(nothing()) })
        assertEquals("purpose", field { consent.advertisingIdBlocking(nothing()) })
        assertEquals("document", field { consent.adoptPolicyBlocking(nothing()) })
        assertEquals("document", field { policyFaults(nothing()) })
        assertEquals("path", field { verifyFile(nothing()) })
        assertEquals("path", field { Consent.options(nothing(), POLICY).openBlocking() })
        assertEquals("policy", field { Consent.options(phone.path(), nothing()).openBlocking() })
        assertEquals("language", field { phone.open { language = nothing() } })
    }

    @Test
    fun `f_72 null is refused with the argument's name wherever something else is taken`() {
        val consent = phone.open()
        assertEquals("executor", field { consent.addListener(nothing()) { } })
        assertEquals("listener", field { consent.addListener({ it.run() }, nothing()) })
        assertEquals("answers[0]", field { consent.recordBlocking(Shown("x"), Answers().add(nothing())) })
        assertEquals("answers[0].choice", field { consent.recordBlocking(Shown("x"), Answers().add(Answer("marketing.email", nothing()))) })
        assertEquals("answers[0].method", field { consent.recordBlocking(Shown("x"), Answers().grant("marketing.email", nothing())) })
        assertEquals("answers[0].actor", field { consent.recordBlocking(Shown("x"), Answers().grant("marketing.email", Method.TOGGLE, nothing())) })
        assertEquals("choices[0].choice", field { consent.importBlocking(listOf(ImportChoice("marketing.email", nothing(), null, "prefs"))) })
        assertEquals("choices[0].source", field { consent.importBlocking(listOf(ImportChoice("marketing.email", ChoiceKind.REFUSED, null, nothing()))) })
        assertEquals("platform", field { phone.open("p.db") { platform = nothing() } })
        assertEquals("os_version", field { phone.open("p.db") { osVersion = nothing() } })
        assertEquals("app_version", field { phone.open("p.db") { appVersion = nothing() } })
        assertEquals("options", field { runBlocking { Consent.open(phone.path("p.db"), POLICY, nothing<ConsentOptions.() -> Unit>()) } })
        assertFalse(consent.snapshot.allows(nothing()))
        assertEquals(null, consent.snapshot.answer(nothing()))
        assertEquals(listOf<Reason>(Reason.UnknownPurpose), consent.snapshot.explain(nothing()).reasons)
        assertEquals(emptyList(), consent.pendingBlocking())
    }

    @Test
    fun `an exception is a sentence and keeps personal data to itself`() {
        val consent = phone.open()
        val twice = assertFailsWith<ConsentException.Invalid> {
            consent.recordBlocking(consent.questionsBlocking("settings").shown, Answers().grant("marketing.email").refuse("marketing.email"))
        }
        assertEquals("answers[1].purpose is answered twice in one call; answer it once.", twice.message)
        assertEquals("invalid", twice.code)
        val address = "kim@example.com"
        assertFalse(address in assertFailsWith<ConsentException.Invalid> { consent.signInBlocking(address) }.toString())
        assertEquals("limit must be 1 to 1000; read more in several calls.", assertFailsWith<ConsentException.Invalid> { consent.historyBlocking(0, -1) }.message)
        assertIs<ConsentException.NoServer>(runCatching { consent.syncBlocking(1_000) }.exceptionOrNull())
    }

    @Test
    fun `a file that is no database, or a folder that is not there, is left as it is`() {
        val text = File(phone.path()).apply { writeText("somebody's notes, longer than a header of a database would be") }
        assertFailsWith<ConsentException.NotADatabase> { phone.open() }
        assertTrue(text.readText().startsWith("somebody's notes"))
        assertEquals("path", field { phone.open("no/such/folder/consent.db") })
        assertTrue(assertFailsWith<ConsentException.PolicyInvalid> { phone.open("other.db", policy = "{}") }.faults.isNotEmpty())
        assertEquals("server", field { phone.open("other.db") { server = "http://example.com" } })
    }

    @Test
    fun `after close nothing is allowed, reads go on, and every other call says why`() = runBlocking {
        val consent = phone.open()
        consent.answer("marketing.data_use", "marketing.email")
        val form = consent.questions("settings")
        consent.close()
        consent.close()
        assertFalse(consent.allows("marketing.email"))
        assertEquals(listOf<Reason>(Reason.StoreUnavailable), consent.explain("marketing.email").reasons)
        assertFalse(consent.state.value.available)
        assertFalse(consent.snapshot.available)
        assertEquals(null, consent.nextPrompt())
        val calls: List<suspend () -> Any> = listOf(
            { consent.questions("settings") }, { consent.record(form.shown) { refuse("marketing.email") } }, { consent.withdraw("marketing.email") },
            { consent.import(listOf(ImportChoice("marketing.email", ChoiceKind.REFUSED, null, "prefs"))) }, { consent.signIn("acct_81") }, { consent.signOut() },
            { consent.reportSignals(Signals(gpc = true)) }, { consent.policy() }, { consent.adoptPolicy(POLICY) }, { consent.sync() }, { consent.connectivityRestored() },
            { consent.pending() }, { consent.stuck() }, { consent.history() }, { consent.stateAt(0) }, { consent.verify() }, { consent.refresh() },
            { consent.questionsBlocking("settings") }, { consent.withdrawBlocking("marketing.email") }, { consent.policyBlocking() },
        )
        calls.forEachIndexed { at, call -> assertFailsWith<ConsentException.ShutDown>("call $at") { call() } }
        // Refused at most, never given.
        assertFalse(runCatching { consent.advertisingId("ad_id.measurement") }.getOrNull() is AdvertisingId.Available)
    }

    @Test
    fun `closing while others read and write neither hangs nor crashes`() {
        repeat(10) { round ->
            val consent = phone.open("$round.db")
            val start = CountDownLatch(1)
            val busy = List(3) {
                thread {
                    start.await()
                    repeat(50) {
                        consent.allows("marketing.email")
                        runCatching { consent.withdrawBlocking("marketing.email") }.onFailure { assertIs<ConsentException.ShutDown>(it) }
                        consent.nextPrompt()
                    }
                }
            }
            start.countDown()
            consent.close()
            busy.forEach { it.join(TimeUnit.SECONDS.toMillis(30)) }
            assertTrue(busy.none { it.isAlive })
            assertTrue(verifyFile(phone.path("$round.db")).ok)
        }
    }

    @Test
    fun `two threads may open the same file and write to it`() = runBlocking {
        val start = CountDownLatch(1)
        val opening = List(2) { launch(Dispatchers.IO) {
            start.await()
            Consent.open(phone.path(), POLICY).use { consent -> repeat(20) { consent.withdraw("marketing.email") } }
        } }
        start.countDown()
        opening.forEach { it.join() }
        val consent = phone.open()
        assertEquals(40, consent.pending().size)
        assertTrue(consent.verify().ok)
    }
}
