package dev.consentkit

import kotlinx.coroutines.runBlocking
import org.junit.Rule
import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** Two phones and the reference server, over the platform's own HTTP. */
class SyncTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `what one phone says arrives at the server and at the other phone`() = runBlocking {
        ReferenceServer().use { company ->
            fun phoneAt(name: String) = phone.open(name) {
                server = company.url
                clock = null
                tokens = AccountTokens { subject, _ -> company.token(subject) }
            }
            val (mine, other) = phoneAt("mine.db") to phoneAt("other.db")
            mine.signIn("acct_81")
            mine.answer("marketing.data_use", "marketing.email")
            val sent = mine.sync()
            assertEquals(SyncState.UP_TO_DATE, sent.state)
            assertTrue(sent.acknowledged > 0)
            assertEquals(emptyList(), mine.pending())
            assertEquals(emptyList(), mine.stuck())

            other.signIn("acct_81")
            assertEquals(SyncState.UP_TO_DATE, other.sync().state)
            assertTrue(other.allows("marketing.email"))

            company.operate("POST", "/v1/subjects/acct_81/changes", """{"changes":[{"purpose":"marketing.email","choice":"withdrawn"}]}""")
            mine.connectivityRestored()
            mine.sync()
            assertFalse(mine.allows("marketing.email"))
        }
    }

    @Test
    fun `an account without a token waits, and the report says unauthorised`() = runBlocking {
        ReferenceServer().use { company ->
            val sources = listOf<AccountTokens?>(null, AccountTokens { _, _ -> null }, AccountTokens { _, _ -> throw IllegalStateException("host code") })
            sources.forEachIndexed { at, source ->
                val consent = phone.open("$at.db") { server = company.url; clock = null; tokens = source }
                consent.signIn("acct_81")
                consent.answer("marketing.data_use", "marketing.email")
                assertEquals(listOf<Trouble>(Trouble.Unauthorised), consent.sync().troubles)
                assertEquals(2, consent.pending().count { it.kind == ChangeKind.CHOICE })
            }
        }
    }

    @Test
    fun `while the server is down the change is kept and the reason told`() = runBlocking {
        val company = ReferenceServer()
        val consent = phone.open { server = company.url; clock = null }
        consent.answer("cookies.analytics")
        company.close()
        val report = consent.sync()
        assertEquals(SyncState.WAITING, report.state)
        assertEquals(listOf<Trouble>(Trouble.Offline), report.troubles)
        assertTrue((report.retryAt ?: 0) > System.currentTimeMillis())
        assertEquals(1, consent.pending().count { it.kind == ChangeKind.CHOICE })
    }

    @Test
    fun `the transport and the tokens are asked on workers of their own, not on the thread that syncs`() {
        ReferenceServer().use { company ->
            val threads = mutableMapOf<String, Thread>()
            val carrier = HttpUrlConnectionTransport()
            val consent = phone.open {
                server = company.url
                clock = null
                transport = HttpTransport { request -> carrier.send(request).also { threads["transport"] = Thread.currentThread() } }
                tokens = AccountTokens { subject, _ -> company.token(subject).also { threads["tokens"] = Thread.currentThread() } }
            }
            consent.signInBlocking("acct_81")
            consent.answer("marketing.data_use", "marketing.email")
            assertEquals(SyncState.UP_TO_DATE, consent.syncBlocking(SYNC_TIMEOUT_MILLIS).state)
            assertEquals(2, threads.values.distinct().size)
            assertFalse(Thread.currentThread() in threads.values)
        }
    }

    /** The platform's transport, but requests that hold a word get an answer of somebody else's. */
    private class Between(@Volatile var word: String = "", @Volatile var status: Int = 200, @Volatile var body: String = "{}") : HttpTransport {
        private val carrier = HttpUrlConnectionTransport()

        override fun send(request: HttpRequest): HttpResponse =
            if (word.isNotEmpty() && word in String(request.body)) HttpResponse(status, emptyList(), body.toByteArray()) else carrier.send(request)
    }

    @Test
    fun `f_14 a yes that the server will not take is no yes, is told as rejected and listed as stuck`() = runBlocking {
        ReferenceServer().use { company ->
            val between = Between()
            val consent = phone.open { server = company.url; clock = null; transport = between }
            consent.answer("cookies.marketing")
            assertEquals(SyncState.UP_TO_DATE, consent.sync().state)
            between.apply { status = 422; word = "cookies.analytics" }
            consent.answer("cookies.analytics")
            val report = consent.sync()
            assertEquals(listOf<Any>(SyncState.WAITING, 1L), listOf(report.state, report.stuck))
            assertTrue(Trouble.Stuck in report.troubles)
            assertEquals(listOf<Reason>(Reason.AskAgain(AskAgain.REJECTED)), consent.explain("cookies.analytics").reasons)
            assertFalse("철회" in consent.explain("cookies.analytics").reasons.single().text("ko"))
            assertEquals(listOf("cookies.analytics"), consent.stuck().map { it.purpose })
        }
    }

    @Test
    fun `f_50 a portal before a server that is known is told as one, and is tried again within minutes`() = runBlocking {
        ReferenceServer().use { company ->
            val between = Between()
            val consent = phone.open { server = company.url; clock = null; transport = between }
            consent.answer("cookies.marketing")
            assertEquals(SyncState.UP_TO_DATE, consent.sync().state)
            for (status in listOf(302, 307, 404, 511)) {
                between.apply { this.status = status; word = "install"; body = "<html>log in" }
                consent.withdraw("cookies.marketing")
                consent.connectivityRestored()
                val report = consent.sync()
                if (report.state == SyncState.UP_TO_DATE) error("nothing stood between: ${report.troubles}")
                assertEquals(listOf<Trouble>(Trouble.Portal(status)), report.troubles)
                assertTrue(report.retryAt!! - System.currentTimeMillis() <= 5 * 60_000, "$status")
            }
        }
    }

    @Test
    fun `a sync has as much time in Kotlin as in Swift unless told otherwise`() {
        val swift = File(System.getProperty("consentkit.root"), "bindings/swift/Sources/ConsentKitBase/ConsentVerbs.swift").readText()
        val (name, number) = Regex("func sync\\(([a-zA-Z]+)[^=]* = (?:\\.seconds\\()?([0-9_]+)").find(swift)!!.destructured
        val there = number.replace("_", "").toLong() * (if (name == "within") 1_000 else 1)
        assertEquals(there, SYNC_TIMEOUT_MILLIS)
    }

    @Test
    fun `a redirect is trouble of the server's set-up, and is not followed`() = runBlocking {
        val elsewhere = mutableListOf<String>()
        val consent = phone.open {
            server = "https://consent.example"
            transport = HttpTransport {
                elsewhere += it.url
                HttpResponse(302, listOf(HttpHeader("Location", "https://elsewhere.example/")), ByteArray(0))
            }
        }
        consent.answer("cookies.analytics")
        assertEquals(listOf<Trouble>(Trouble.Configuration(302)), consent.sync().troubles)
        assertTrue(elsewhere.all { it.startsWith("https://consent.example/") })
    }
}
