package dev.consentkit

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Rule
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.concurrent.thread
import kotlin.system.measureTimeMillis
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** Whoever reads runs nobody's code: no listener, no collector, also where time has changed an answer. */
class PublishingTest {
    @get:Rule
    val phone = Phone()

    /** 2023-11-15 in Korea, an hour given. */
    private fun korea(hour: Int): Long = 1_699_974_000_000 + hour * 3_600_000L

    private val reads = listOf<Pair<String, (Consent) -> Any?>>(
        "allows" to { it.allows("marketing.sms") },
        "explain" to { it.explain("marketing.sms") },
        "snapshot" to { it.snapshot },
        "state" to { it.state.value },
        "nextPrompt" to { it.nextPrompt() },
        "unrecorded" to { it.unrecorded() },
        "rolledBack" to { it.rolledBack() },
    )

    @Test
    fun `f_69 a listener on a direct executor never runs on a thread that reads, and cannot hold it up`() {
        for ((name, read) in reads) {
            val clock = FakeClock(korea(12))
            val consent = phone.open("$name.db") { this.clock = clock }
            consent.answer("marketing.data_use", "marketing.sms")
            val threads = ConcurrentLinkedQueue<Thread>()
            val release = CountDownLatch(1)
            val armed = CountDownLatch(1)
            consent.addListener(Executor { it.run() }) {
                if (armed.count == 0L) {
                    threads += Thread.currentThread()
                    release.await(10, TimeUnit.SECONDS)
                }
            }
            val collecting = CoroutineScope(Dispatchers.Unconfined)
            collecting.launch { consent.state.collect { if (armed.count == 0L) threads += Thread.currentThread() } }
            armed.countDown()
            for (hour in listOf(21, 12, 22)) {
                clock.now = korea(hour)
                val took = measureTimeMillis { read(consent) }
                assertTrue(took < 1_000, "$name took $took ms at $hour")
            }
            assertFalse(Thread.currentThread() in threads, "$name ran host code")
            release.countDown()
            collecting.cancel()
        }
    }

    @Test
    fun `f_69 what a reader found is told soon after by another thread`() = runBlocking {
        val clock = FakeClock(korea(12))
        val consent = phone.open { this.clock = clock }
        consent.answer("marketing.data_use", "marketing.sms")
        clock.now = korea(21)
        assertFalse(consent.allows("marketing.sms"))
        withTimeout(10_000) { consent.state.first { !it.allows("marketing.sms") } }
        assertEquals(clock.now, consent.state.value.at)
    }

    @Test
    fun `a hundred thousand readers that are cancelled beside a writer hold nobody up`() {
        val consent = phone.open()
        val done = AtomicBoolean()
        val writer = thread { while (!done.get()) consent.reportSignalsBlocking(Signals(gpc = consent.snapshot.signals.gpc != true)) }
        val reading = thread {
            runBlocking(Dispatchers.Default) {
                repeat(50_000) {
                    launch(Dispatchers.Unconfined) { consent.state.collect { } }.cancel()
                    launch(Dispatchers.Default) { consent.allowsFlow("cookies.analytics").collect { } }.cancel()
                }
            }
        }
        reading.join(60_000)
        assertFalse(reading.isAlive, "a reader hangs")
        done.set(true)
        writer.join(10_000)
        assertFalse(writer.isAlive, "the writer hangs")
        assertTrue(consent.verifyBlocking().ok)
    }

    @Test
    fun `f_69 a listener that throws, blocks or comes back in holds up no reader and no later listener`() {
        val consent = phone.open()
        val release = CountDownLatch(1)
        val direct = Executor { it.run() }
        val background = Executor { Thread(it).apply { isDaemon = true }.start() }
        consent.addListener(direct) { throw IllegalStateException("host code") }
        consent.addListener(background) { release.await() }
        consent.addListener(direct) { consent.explain("marketing.sms"); consent.snapshot; consent.nextPrompt() }
        val heard = CountDownLatch(1)
        consent.addListener(direct) { if (it.allows("cookies.analytics")) heard.countDown() }
        consent.answer("cookies.analytics")
        assertTrue(heard.await(10, TimeUnit.SECONDS))
        release.countDown()
    }
}
