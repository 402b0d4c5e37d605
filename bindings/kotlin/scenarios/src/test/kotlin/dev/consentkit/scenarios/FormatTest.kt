package dev.consentkit.scenarios

import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.junit.Test

/** That a file is read strictly, and that a wrong expectation fails: one that nobody reads cannot. */
class FormatTest {
    /** What the runner says to a scenario of one desktop device whose steps are these. */
    private fun said(steps: String, maker: Maker = FAKE): String {
        val text = """{ "name": "trial", "about": "A trial.", "rules": ["KR-1"], "steps": [{ "step": "open" }, $steps] }"""
        return assertFailsWith<Fault>("the runner let it pass: $steps") { run("trial", text, maker) }.message.orEmpty()
    }

    @Test
    fun aWrongExpectationIsToldWithItsStepAndBothValues() {
        val steps = """{ "step": "expect", "allows": { "membership": true } },
            { "step": "expect", "pending": 7, "allows": { "cookies.analytics": true } }"""
        for (maker in listOf(FAKE, REAL)) {
            assertEquals("trial.json step 3 (expect): allows cookies.analytics: expected true, got false; pending: expected 7, got 0", said(steps, maker))
        }
    }

    @Test
    fun eachKindOfExpectationCanFail() {
        for ((step, told) in listOf(
            """{ "step": "expect", "reasons": { "cookies.analytics": ["refused"] } }""" to """expected ["refused"], got ["not_answered"]""",
            """{ "step": "expect", "status": { "cookies.analytics": "granted" } }""" to """expected "granted", got "not_answered"""",
            """{ "step": "expect", "status": { "no.such.purpose": "granted" } }""" to "got null",
            """{ "step": "expect", "valid_until": { "cookies.analytics": "2026-11-22T21:00:00+09:00" } }""" to "got null",
            """{ "step": "expect", "valid_until": { "no.such.purpose": null } }""" to "no such purpose",
            """{ "step": "expect", "os_blocked": { "marketing.push": true } }""" to "expected true, got false",
            """{ "step": "expect", "stuck": 1 }""" to "stuck: expected 1, got 0",
            """{ "step": "expect", "requests": 1 }""" to "requests: expected 1, got 0",
            """{ "step": "expect", "signed_in": true }""" to "signed_in: expected true, got false",
            """{ "step": "expect", "push_blocked": true }""" to "push_blocked: expected true, got false",
            """{ "step": "expect", "policy_version": "x" }""" to """policy_version: expected "x"""",
            """{ "step": "expect", "verify": true }""" to "verify: expected true",
            """{ "step": "expect", "history": { "kinds": ["choice"], "entries": [{}] } }""" to "history entries: expected 1, got 0",
            """{ "step": "expect", "history": { "kinds": ["policy"], "entries": [{ "policy_version": "x" }] } }""" to "history[0].policy_version",
            """{ "step": "expect", "server": { "acct_81": { "marketing.email": "granted" } } }""" to "has no server",
            """{ "step": "ask", "expect": { "due": false } }""" to "due: expected false, got true",
            """{ "step": "ask", "expect": { "why": { "membership": "answered" } } }""" to """got "not asked"""",
            """{ "step": "ask", "error": "invalid" }""" to """expected the error "invalid", got none""",
            """{ "step": "ask", "surface": "x" }""" to "expected no error, got invalid",
            """{ "step": "ask", "surface": "x", "error": "invalid", "field": "y" }""" to """field: expected "y", got "surface"""",
            """{ "step": "answer", "grant": ["cookies.analytics"] }""" to "no form is on the screen",
            """{ "step": "ask" }, { "step": "answer", "grant": ["cookies.analytics"], "expect": {} }""" to "recorded: expected {}",
            """{ "step": "import", "choices": [{ "purpose": "marketing.sms", "choice": "granted", "source": "s" }],
                "expect": { "imported": [], "kept": ["marketing.sms"] } }""" to "imported: expected []",
            """{ "step": "prompt", "expect": "push" }""" to """expected "push", got "none"""",
            """{ "step": "ad_id", "purpose": "ad_id.measurement", "provider": "throws", "expect": { "refused": [] } }""" to "provider was asked",
            """{ "step": "ad_id", "purpose": "ad_id.measurement" }""" to "needs an expectation",
            """{ "step": "sync" }""" to "got no_server",
            """{ "step": "state_at", "at": "2026-11-23T00:00:00Z", "expect": { "policy_version": "x", "reasons": {} } }""" to "policy_version",
        )) {
            val fault = said(step)
            assertTrue(fault.startsWith("trial.json step ") && told in fault, "$step\n$fault")
        }
    }

    @Test
    fun aProviderThatMustNotBeAskedIsNoticed() {
        val asked = """{ "step": "open", "device": "b", "platform": "android" }, { "step": "ask", "device": "b" },
            { "step": "answer", "device": "b", "grant": ["ad_id.measurement"] },
            { "step": "ad_id", "device": "b", "purpose": "ad_id.measurement", "expect": { "refused": ["ad_id_unavailable:failed"] } }"""
        assertContains(said(asked), "the provider was asked: expected false, got true")
    }

    @Test
    fun aFileIsReadStrictly() {
        for ((steps, told) in listOf(
            """{ "step": "jump" }""" to "step 2 (jump): ",
            """{ "step": "sync", "expects": {} }""" to "expects",
            """{ "step": "expect", "allowed": {} }""" to "allowed",
            """{ "step": "ask", "expect": { "dew": true } }""" to "dew",
            """{ "step": "shutdown", "now": true }""" to "now",
            """{ "step": "expect", "pending": "0" }""" to "step 2 (expect)",
            """{ "step": "expect" }""" to "expects nothing",
            """{ "step": "shutdown", "field": "x" }""" to "a field without an error",
            """{ "step": "server", "do": "up", "device": "a" }""" to "is no device's",
            """{ "step": "expect", "pending": 0, "pending": 1 }""" to "Duplicate",
            """{ "step": "expect", "device": "b", "pending": 0 }""" to "no device \"b\" was opened",
            """{ "step": "open" }""" to "was opened before",
            """{ "step": "open", "device": "b", "platform": "amiga" }""" to "unknown word \"amiga\"",
            """{ "step": "clock", "advance": "3 days" }""" to "is no duration",
            """{ "step": "restart", "policy": { "set": [{ "at": "/no/such", "value": 1 }] } }""" to "the policy has no /no/such",
        )) {
            val fault = said(steps)
            assertTrue(fault.startsWith("trial.json") && told in fault, "$steps\n$fault")
        }
        val named = """{ "name": "other", "about": "A trial.", "rules": ["KR-1"], "steps": [{ "step": "open" }] }"""
        assertContains(assertFailsWith<Fault> { run("trial", named, FAKE) }.message.orEmpty(), "its name says \"other\"")
    }

    @Test
    fun theRuleTellsWhatTheFakeCannotPlay() {
        fun needs(steps: String, server: Boolean = false) = needsLibrary(
            Scenario.read("t", """{ "name": "t", "about": "A trial.", "rules": ["KR-1"], "server": $server, "steps": [{ "step": "open" }, $steps] }"""),
        )
        assertNull(needs("""{ "step": "restart" }, { "step": "sign_in", "subject": "a" }, { "step": "expect", "pending": 0 }"""))
        assertNotNull(needs("""{ "step": "restart" }""", server = true))
        for (step in listOf(
            """{ "step": "open", "device": "b", "copy_of": "a" }""",
            """{ "step": "restart", "policy": { "edition": 4 } }""",
            """{ "step": "adopt_policy", "policy": {}, "error": "policy_refused" }""",
            """{ "step": "expect", "verify": true }""",
            """{ "step": "state_at", "at": "2026-11-23T00:00:00Z", "expect": { "policy_version": "", "reasons": {} } }""",
        )) {
            assertNotNull(needs(step), step)
        }
    }
}
