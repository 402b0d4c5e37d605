package dev.consentkit

import dev.consentkit.internal.ConsentCore
import dev.consentkit.internal.ConsentOptions
import dev.consentkit.internal.HostServices
import dev.consentkit.internal.reasonCode
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.CompletableDeferred
import org.junit.Rule
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import java.util.concurrent.Executors
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** What readers see: the core's own answers, fresh where time changes them, whoever wrote. */
class ReadingTest {
    @get:Rule
    val phone = Phone()

    /** 2023-11-15 in Korea, an hour and a minute given. */
    private fun korea(hour: Int, minute: Int = 0): Long = 1_699_974_000_000 + (hour * 60L + minute) * 60_000

    @Test
    fun `the answers from memory are the core's answers`() {
        val clock = FakeClock(korea(hour = 12))
        val consent = phone.open { this.clock = clock; platform = Platform.ANDROID }
        consent.answer("marketing.data_use", "marketing.email", "marketing.sms", "cookies.analytics", refused = listOf("marketing.kakao"))
        consent.reportSignalsBlocking(Signals(push = PushPermission.DENIED))
        val options = ConsentOptions(phone.path(), null, POLICY, dev.consentkit.internal.Platform.ANDROID, "", "ko", "", null)
        ConsentCore.open(options, HostServices(clock = object : dev.consentkit.internal.TestClock { override fun now() = clock.now })).use { core ->
            core.reportSignals(dev.consentkit.internal.Signals(push = dev.consentkit.internal.PushPermission.DENIED))
            for (hour in listOf(12, 20, 21, 23, 12)) {
                clock.now = korea(hour)
                for (purpose in consent.state.value.answers.map { it.purpose } + "no.such.purpose" + "") {
                    val decision = core.explain(purpose)
                    assertEquals(core.allows(purpose), consent.allows(purpose), "$purpose at $hour")
                    assertEquals(decision.reasons.map { reasonCode(it) }, consent.explain(purpose).reasons.map { it.code }, "$purpose at $hour")
                    assertEquals(decision.osBlocked, consent.explain(purpose).osBlocked, purpose)
                }
            }
        }
    }

    @Test
    fun `at night the answer changes by itself, and a clock set back changes it again`() {
        val clock = FakeClock(korea(hour = 20, minute = 59))
        val consent = phone.open { this.clock = clock }
        consent.answer("marketing.data_use", "marketing.sms")
        assertTrue(consent.allows("marketing.sms"))
        clock.now = korea(hour = 21)
        assertFalse(consent.allows("marketing.sms"))
        assertEquals(listOf<Reason>(Reason.Night), consent.explain("marketing.sms").reasons)
        runBlocking { withTimeout(10_000) { consent.state.first { it.at == clock.now } } }
        clock.now = korea(hour = 20, minute = 59)
        assertTrue(consent.allows("marketing.sms"))
        clock.now = korea(hour = 22)
        assertFalse(consent.snapshot.allows("marketing.sms"))
    }

    @Test
    fun `who collects the state hears of the night without asking`() = runBlocking {
        // The fake clock runs, and is a breath before nine in the evening.
        val ahead = korea(hour = 21) - 60 - System.currentTimeMillis()
        val consent = phone.open { clock = ConsentClock { System.currentTimeMillis() + ahead } }
        consent.answer("marketing.data_use", "marketing.sms")
        val night = withTimeout(10_000) { consent.state.first { !it.allows("marketing.sms") } }
        assertEquals(listOf<Reason>(Reason.Night), night.explain("marketing.sms").reasons)
    }

    @Test
    fun `a purpose that time cannot change is read without a clock`() {
        val reads = AtomicInteger()
        val consent = phone.open { clock = ConsentClock { reads.incrementAndGet(); korea(hour = 12) } }
        consent.answer("cookies.analytics", "marketing.data_use", "marketing.sms")
        val before = reads.get()
        assertTrue(consent.allows("cookies.analytics"))
        assertFalse(consent.allows("ad_id.measurement"))
        assertEquals(before, reads.get())
        // An edition that comes into force may bring it.
        assertFalse(consent.allows("no.such.purpose"))
        assertTrue(consent.allows("marketing.sms"))
        assertTrue(reads.get() > before)
    }

    @Test
    fun `a collector sees what was recorded, and a caller always finds what it wrote`() = runBlocking {
        val consent = phone.open()
        val seen = async(Dispatchers.Default) { consent.state.first { it.allows("cookies.analytics") } }
        consent.answer("cookies.analytics")
        assertEquals(1, withTimeout(10_000) { seen.await() }.pending)

        // Several threads write at once: the core may leave the telling of one change to the thread of another.
        val writers = List(4) { writer ->
            launch(Dispatchers.Default) {
                repeat(25) {
                    val receipt = consent.withdraw("marketing.email")
                    assertTrue(consent.state.value.pending >= receipt.pending, "writer $writer found less than it wrote")
                }
            }
        }
        writers.forEach { it.join() }
        assertEquals(101, consent.state.value.pending)
    }

    @Test
    fun `a collector that throws harms nobody but itself`() = runBlocking {
        val consent = phone.open()
        val failed = CompletableDeferred<Unit>()
        val collector = async(kotlinx.coroutines.SupervisorJob() + Dispatchers.Unconfined) {
            consent.state.collect { if (it.pending > 0) throw IllegalStateException("host code").also { failed.complete(Unit) } }
        }
        assertEquals(1, consent.answer("cookies.analytics").pending)
        failed.await()
        collector.join()
        assertTrue(consent.allows("cookies.analytics"))
        consent.withdraw("cookies.analytics")
        assertFalse(consent.allows("cookies.analytics"))
    }

    @Test
    fun `a listener hears on its executor, may throw, may call back, and is let go`() {
        val events = mutableListOf<String>()
        val consent = phone.open { log = ConsentLog { event -> synchronized(events) { events += event.name } } }
        val executor = Executors.newSingleThreadExecutor { Thread(it, "the app's own") }
        val heard = CountDownLatch(1)
        val threads = mutableSetOf<String>()
        val listening = consent.addListener(executor) {
            threads += Thread.currentThread().name
            if (consent.allows("cookies.analytics")) {
                consent.withdrawBlocking("cookies.marketing")
                heard.countDown()
            }
            throw IllegalStateException("host code")
        }
        consent.answer("cookies.analytics", "cookies.marketing")
        assertTrue(heard.await(10, TimeUnit.SECONDS))
        listening.close()
        executor.shutdown()
        assertTrue(executor.awaitTermination(10, TimeUnit.SECONDS))
        assertEquals(setOf("the app's own"), threads.map { it.substringBefore(" @") }.toSet())
        assertTrue("listener_failed" in synchronized(events) { events.toList() })
        assertEquals(Status.WITHDRAWN, consent.state.value.answer("cookies.marketing")?.status)
    }

    @Test
    fun `a listener is told the present state at once, and of changes that it had no time for the last alone`() {
        val consent = phone.open()
        val heard = mutableListOf<Snapshot>()
        val turns = LinkedBlockingQueue<Runnable>()
        consent.addListener(turns::put) { heard += it }
        turns.take().run()
        assertEquals(listOf(consent.snapshot), heard)
        consent.withdrawBlocking("marketing.email")
        consent.withdrawBlocking("marketing.sms")
        turns.take().run()
        assertEquals(2, heard.size)
        assertEquals(consent.snapshot, heard.last())
    }

    @Test
    fun `a listener on the thread that writes may call everything, close included`() {
        val consent = phone.open()
        val direct = Executor { it.run() }
        consent.addListener(direct) {
            if (it.available && it.allows("cookies.analytics")) {
                consent.withdrawBlocking("cookies.analytics")
                consent.close()
            }
        }
        runBlocking { withTimeout(10_000) { runCatching { consent.record(consent.questions("settings").shown) { grant("cookies.analytics") } } } }
        assertFalse(consent.state.value.available)
    }
}
