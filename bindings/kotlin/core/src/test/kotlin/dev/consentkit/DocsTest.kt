package dev.consentkit

import kotlinx.coroutines.runBlocking
import org.junit.Rule
import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals

/** What the README and the docs show, run. `cargo test --test snippets` compares the two. */
class DocsTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `the lines of the README run`() = runBlocking {
        val (path, policy) = phone.path() to POLICY

        val consent = Consent.open(path, policy) { platform = Platform.ANDROID; language = "ko" }
        check(!consent.allows("marketing.email")) // from memory, in nanoseconds; never throws

        val form = consent.questions("first_run")
        val receipt = consent.record(form.shown) {
            grant("marketing.data_use")
            grant("marketing.email")
            refuse("marketing.sms")
        }
        check(consent.allows("marketing.email") && receipt.pending == 3L)

        consent.withdraw("marketing.email")
        val reasons = consent.explain("marketing.email").reasons.map { it.text("ko") }
        check(reasons == listOf("이용자가 동의를 철회했습니다."))

        consent.close()
    }

    @Test
    fun `the lines of the first run run`() = runBlocking {
        val (path, policy, address) = Triple(phone.path(), POLICY, null as String?)

        val consent = Consent.open(path, policy) {
            platform = Platform.ANDROID
            language = "ko"
            server = address
        }
        check(!consent.allows("marketing.email"))

        val form = consent.questions("first_run")
        if (form.due) {
            consent.record(form.shown) {
                grant("marketing.data_use")
                grant("marketing.email")
                refuse("marketing.push")
            }
        }
        check(consent.allows("marketing.email"))
        consent.close()
    }

    @Test
    fun `the lines about asking what is allowed run`() {
        val consent = phone.open { platform = Platform.ANDROID }
        consent.answer("cookies.analytics")
        var started = 0
        fun startAnalytics() { started += 1 }

        if (consent.allows("cookies.analytics")) startAnalytics()

        val decision = consent.explain("ad_id.personalised_ads")
        val why = decision.reasons.map { it.text("ko") }
        assertEquals(1, started)
        assertEquals(listOf(Reason.NotAnswered.text("ko")), why)
    }

    @Test
    fun `the lines about the advertising id run`() = runBlocking {
        val consent = phone.open { platform = Platform.ANDROID }
        val shown = mutableListOf<Reason>()
        fun useFor(id: String): Unit = error("nobody agreed to $id")
        fun show(reasons: List<Reason>) { shown += reasons }

        when (val answer = consent.advertisingId("ad_id.measurement")) {
            is AdvertisingId.Available -> useFor(answer.id)
            is AdvertisingId.Refused -> show(answer.reasons)
        }
        assertEquals(listOf<Reason>(Reason.NotAnswered), shown)
    }

    @Test
    fun `the lines about the log run, and its events are listed, each one that is told and no other`() = runBlocking {
        val (path, policy) = phone.path() to POLICY
        val told = mutableListOf<String>()
        fun appLog(line: String) { told += line }

        val consent = Consent.open(path, policy) {
            log = ConsentLog { event -> appLog("consent: ${event.name} ${event.codes.joinToString()}") }
        }
        consent.advertisingId("ad_id.measurement")
        consent.close()
        assertEquals(listOf("consent: opened ", "consent: advertising_id_refused ad_id_unavailable:no_provider, not_answered", "consent: closed "), told)

        val root = File(System.getProperty("consentkit.root"))
        val sources = listOf("core", "android").flatMap { File(root, "bindings/kotlin/$it/src/main").walk().filter { file -> file.extension == "kt" } }
        val call = Regex("\\b(?:event|write|tell)\\(\"([a-z_]+)\"")
        val events = sources.flatMap { call.findAll(it.readText()) }.map { it.groupValues[1] }.toSortedSet()
        val section = File(root, "docs/kotlin.md").readText().substringAfter("## The log\n").substringBefore("\n## ")
        val rows = section.lines().filter { it.startsWith("| `") }.flatMap { Regex("`([a-z_]+)`").findAll(it.split("|")[1]) }
        assertEquals(events, rows.map { it.groupValues[1] }.toSortedSet())
    }

    @Test
    fun `f_74 a look at every status that leaves room for later ones compiles`() {
        fun colourOf(status: Status): String = when (status) {
            Status.GRANTED -> "green"
            Status.REFUSED, Status.WITHDRAWN -> "red"
            else -> "grey"
        }
        assertEquals(listOf("grey", "green", "red", "red"), Status.entries.map(::colourOf))
    }

    @Test
    fun `the lines about accounts run`() = runBlocking {
        val (path, policy, address) = Triple(phone.path(), POLICY, "http://127.0.0.1:1")
        val session = object {
            fun tokenOf(subject: String, renewed: Boolean): String? = "$subject's".takeIf { !renewed }
        }

        val consent = Consent.open(path, policy) {
            server = address
            // From your own log-in. `refresh`: the server refused the last one. `null`: nobody is logged in.
            tokens = AccountTokens { subject, refresh -> session.tokenOf(subject, renewed = refresh) }
        }
        val waits = mutableListOf<Long?>()
        fun tryAgainAfter(at: Long?) { waits += at }

        consent.signIn("acct_81")
        val report = consent.sync()
        if (report.state == SyncState.WAITING) tryAgainAfter(report.retryAt)
        assertEquals(1, waits.size)
        consent.close()
    }
}
