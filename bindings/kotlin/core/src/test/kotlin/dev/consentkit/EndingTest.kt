package dev.consentkit

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancel
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Rule
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.system.measureTimeMillis
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds

/** What ends before it is done: a sync that hangs, a `Consent` that is closed from the app's own callback. */
class EndingTest {
    @get:Rule
    val phone = Phone()

    /** A server that takes a request and never answers, deaf to interruption as a socket is. */
    private class Hanging : HttpTransport {
        val asked = AtomicInteger()
        val release = CountDownLatch(1)

        @Volatile
        var hangs = true

        override fun send(request: HttpRequest): HttpResponse {
            asked.incrementAndGet()
            while (hangs) runCatching { release.await(5, TimeUnit.SECONDS) }
            throw TransportException.Unreachable("no network")
        }

        fun awaitsRequest(number: Int) {
            val until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10)
            while (asked.get() < number) check(System.nanoTime() < until) { "request $number was never made" }
        }
    }

    private fun open(wire: HttpTransport, options: ConsentOptionsBlock = {}) = phone.open {
        server = "https://consent.example"
        transport = wire
        options()
    }

    @Test
    fun `f_67 a cancelled sync frees what it held at once, and the next one asks the server again`() = runBlocking {
        val wire = Hanging()
        val consent = open(wire)
        consent.answer("cookies.analytics")
        repeat(3) { round ->
            val syncing = launch(Dispatchers.IO) { consent.sync() }
            wire.awaitsRequest(round + 1)
            val took = measureTimeMillis { syncing.cancelAndJoin() }
            assertTrue(took < 200, "a cancelled sync ended after $took ms")
        }
        wire.hangs = false
        wire.release.countDown()
        val before = wire.asked.get()
        assertEquals(listOf<Trouble>(Trouble.Offline), consent.sync().troubles)
        assertTrue(wire.asked.get() > before, "nothing was asked of the server")
    }

    @Test
    fun `f_67 a cancelled sync neither forgets nor lengthens the pause of earlier failures`() = runBlocking {
        val (wire, clock) = Hanging() to FakeClock(NOON)
        val consent = open(wire) { this.clock = clock }
        consent.answer("cookies.analytics")
        wire.hangs = false
        repeat(5) { clock.now = consent.sync().retryAt!! }
        wire.hangs = true
        val before = wire.asked.get()
        val syncing = launch(Dispatchers.IO) { consent.sync() }
        wire.awaitsRequest(before + 1)
        syncing.cancelAndJoin()
        wire.hangs = false
        val sixth = consent.sync().retryAt!! - clock.now
        assertTrue(sixth in 32_000..64_000, "the pause after a sixth failure was $sixth ms")
    }

    @Test
    fun `f_67 a sync that is begun beside one which was cancelled a moment ago is no second one`() = runBlocking {
        val wire = Hanging()
        val consent = open(wire)
        consent.answer("cookies.analytics")
        repeat(10) { round ->
            val syncing = launch(Dispatchers.IO) { consent.sync() }
            wire.awaitsRequest(round + 1)
            syncing.cancel()
        }
        wire.hangs = false
        wire.release.countDown()
        assertEquals(SyncState.WAITING, consent.sync().state)
    }

    @Test
    fun `f_67 a sync out of time, interrupted or for a log-out is no different`() = runBlocking {
        val wire = Hanging()
        val consent = open(wire)
        consent.signIn("acct_81")
        consent.answer("marketing.data_use")
        val late = runCatching { withTimeout(100) { consent.sync() } }
        assertTrue(late.isFailure)
        val interrupted = thread { runCatching { consent.syncBlocking(60_000) } }
        wire.awaitsRequest(2)
        interrupted.interrupt()
        interrupted.join(1_000)
        assertFalse(interrupted.isAlive, "an interrupted thread still syncs")
        val leaving = launch(Dispatchers.IO) { consent.signOut(60_000.milliseconds) }
        wire.awaitsRequest(3)
        leaving.cancelAndJoin()
        assertFalse(consent.snapshot.signedIn, "what was begun is done: the person is signed out")
        wire.hangs = false
        assertEquals(SyncState.WAITING, consent.sync().state)
    }

    @Test
    fun `f_23 a log-out beside a sync says why it made none of its own`() = runBlocking {
        val wire = Hanging()
        val consent = open(wire)
        consent.signIn("acct_81")
        val syncing = launch(Dispatchers.IO) { consent.sync() }
        wire.awaitsRequest(1)
        val report = consent.signOut(1_000.milliseconds)
        assertEquals(null, report.sync)
        assertTrue(report.failure!!.isNotEmpty())
        syncing.cancelAndJoin()
    }

    @Test
    fun `f_67 close ends a sync that hangs within 200 ms, and one that opens the file again syncs at once`() {
        val wire = Hanging()
        val consent = open(wire)
        consent.answer("cookies.analytics")
        val outcome = CompletedBy { consent.syncBlocking(60_000) }
        wire.awaitsRequest(1)
        val took = measureTimeMillis { consent.close() }
        assertTrue(took < 200, "close took $took ms")
        assertIs<ConsentException.ShutDown>(outcome.failure())
        val asked = AtomicInteger()
        val again = open({ asked.incrementAndGet(); throw TransportException.Unreachable("no network") })
        assertEquals(listOf<Trouble>(Trouble.Offline), again.syncBlocking(1_000).troubles)
        assertTrue(asked.get() > 0)
    }

    @Test
    fun `f_67 an account's token that never comes is let go as well`() {
        val never = CountDownLatch(1)
        val entered = CountDownLatch(1)
        val consent = open(unauthorised) {
            tokens = AccountTokens { _, _ -> entered.countDown(); never.await(); null }
        }
        consent.signInBlocking("acct_81")
        val outcome = CompletedBy { consent.syncBlocking(60_000) }
        assertTrue(entered.await(10, TimeUnit.SECONDS), "no token was asked for")
        val took = measureTimeMillis { consent.close() }
        assertTrue(took < 200, "close took $took ms")
        outcome.failure()
    }

    /** A server that knows no token: what goes by the installation's is set aside, and the account's is asked for. */
    private val unauthorised = HttpTransport { HttpResponse(401, emptyList(), ByteArray(0)) }

    private class CompletedBy(work: () -> Any?) {
        private var failure: Throwable? = null
        private val thread = thread { runCatching(work).onFailure { failure = it } }

        fun failure(): Throwable? {
            thread.join(30_000)
            check(!thread.isAlive) { "it never ended: ${thread.stackTrace.joinToString("\n")}" }
            return failure
        }
    }

    private fun receipt(open: (String) -> Consent, place: String, call: (Consent, Shown) -> Receipt) {
        val consent = open("$place.db")
        val shown = consent.questionsBlocking("settings").shown
        val receipt = call(consent, shown)
        assertEquals("cookies.analytics", receipt.items.single().purpose, place)
        assertFalse(consent.state.value.available, "$place: was not closed")
        assertEquals(Status.GRANTED, phone.open("$place.db").snapshot.answer("cookies.analytics")?.status, place)
    }

    @Test
    fun `f_70 record gives its receipt although the app closes from a callback of it`() {
        val suspending = { consent: Consent, shown: Shown -> runBlocking { withTimeout(10_000) { consent.record(shown) { grant("cookies.analytics") } } } }
        val blocking = { consent: Consent, shown: Shown -> consent.recordBlocking(shown, Answers().grant("cookies.analytics")) }
        for ((way, call) in listOf("suspending" to suspending, "blocking" to blocking)) {
            receipt({ closedFromLog(it) }, "$way, from the log", call)
            receipt({ closedFromCollector(it) }, "$way, from a collector", call)
            receipt({ closedFromListener(it) }, "$way, from a listener", call)
        }
    }

    private fun closedFromLog(name: String): Consent {
        lateinit var consent: Consent
        consent = phone.open(name) { log = ConsentLog { if (it.name == "recorded") consent.close() } }
        return consent
    }

    private fun closedFromCollector(name: String): Consent {
        val consent = phone.open(name)
        CoroutineScope(Dispatchers.Unconfined).launch { consent.state.collect { if (it.available && it.allows("cookies.analytics")) consent.close() } }
        return consent
    }

    private fun closedFromListener(name: String): Consent {
        val consent = phone.open(name)
        consent.addListener(Executor { it.run() }) { if (it.available && it.allows("cookies.analytics")) consent.close() }
        return consent
    }

    @Test
    fun `f_70 every write that was begun comes back with what it wrote while another thread closes`() = runBlocking {
        repeat(20) { round ->
            val consent = phone.open("$round.db")
            val calls = List(5) { async(Dispatchers.Default, CoroutineStart.UNDISPATCHED) { runCatching { consent.withdraw("marketing.email") } } }
            val closing = launch(Dispatchers.IO) { consent.close() }
            val written = calls.map { it.await() }.count { outcome ->
                outcome.onFailure { assertIs<ConsentException.ShutDown>(it) }.isSuccess
            }
            closing.join()
            phone.open("$round.db").use { assertEquals(written, it.pending().size, "round $round") }
        }
    }

    @Test
    fun `close comes back in every callback`() {
        val closing = listOf<(Consent) -> Unit>({ it.close() }, { CoroutineScope(Dispatchers.IO).launch { it.close() } })
        closing.forEachIndexed { at, close ->
            lateinit var consent: Consent
            val done = CompletedBy {
                consent = phone.open("transport$at.db") {
                    server = "https://consent.example"
                    transport = HttpTransport { close(consent); throw TransportException.TimedOut() }
                }
                consent.answer("cookies.analytics")
                runCatching { consent.syncBlocking(10_000) }
                consent = phone.open("source$at.db") {
                    platform = Platform.ANDROID
                    advertisingId = AdvertisingIdSource { close(consent); throw IllegalStateException("host code") }
                }
                consent.answer("ad_id.measurement")
                runCatching { consent.advertisingIdBlocking("ad_id.measurement") }
                var asked = false
                consent = phone.open("tokens$at.db") {
                    server = "https://consent.example"
                    transport = unauthorised
                    tokens = AccountTokens { _, _ -> asked = true; close(consent); null }
                }
                consent.signInBlocking("acct_81")
                runCatching { consent.syncBlocking(10_000) }
                check(asked) { "no token was asked for" }
                consent = phone.open("executor$at.db")
                consent.addListener(Executor { it.run(); close(consent) }) { }
                runCatching { consent.withdrawBlocking("marketing.email") }
                for (event in listOf("signed_in", "withdrawn", "synced", "failed", "closed")) {
                    consent = phone.open("$event$at.db") {
                        server = "https://consent.example"
                        transport = HttpTransport { throw TransportException.TimedOut() }
                        log = ConsentLog { if (it.name == event) close(consent) }
                    }
                    runCatching { consent.signInBlocking("acct_81") }
                    runCatching { runBlocking { consent.withdraw("marketing.email") } }
                    runCatching { consent.syncBlocking(1_000) }
                    runCatching { runBlocking { consent.withdraw("") } }
                    consent.close()
                }
            }
            assertEquals(null, done.failure())
        }
    }
}

private typealias ConsentOptionsBlock = ConsentOptions.() -> Unit
