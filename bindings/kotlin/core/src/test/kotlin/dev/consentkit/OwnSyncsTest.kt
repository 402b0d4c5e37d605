package dev.consentkit

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds

/** Syncs that nobody asked for. */
class OwnSyncsTest {
    @get:Rule
    val phone = Phone()

    private class Wire(private val answer: (HttpRequest) -> HttpResponse = { throw TransportException.Unreachable("no network") }) : HttpTransport {
        val asked = AtomicInteger()

        override fun send(request: HttpRequest): HttpResponse {
            asked.incrementAndGet()
            return answer(request)
        }

        fun awaitsRequest(number: Int = 1) = awaits("request $number") { asked.get() >= number }
    }

    private val told = ConcurrentLinkedQueue<String>()

    private fun open(wire: HttpTransport, options: ConsentOptions.() -> Unit = {}) = phone.open {
        server = "https://consent.example"
        transport = wire
        syncsByItself = true
        log = ConsentLog { told += (listOf(it.name) + it.codes).joinToString(" ") }
        options()
    }

    @Test
    fun `it is on unless it is turned off`() {
        assertTrue(Consent.options(phone.path(), POLICY).syncsByItself)
    }

    @Test
    fun `before the first answer it is quiet, a second after it is sent, and at the next open what still waits`() {
        val wire = Wire()
        val consent = open(wire)
        Thread.sleep(300)
        assertEquals(0, wire.asked.get(), "KR-19")
        assertFalse(told.any { it.startsWith("synced") })
        val begun = System.nanoTime()
        consent.answer("cookies.analytics")
        consent.answer("cookies.marketing")
        wire.awaitsRequest()
        assertTrue(System.nanoTime() - begun > TimeUnit.MILLISECONDS.toNanos(900), "the taps of a form go out together")
        awaits("the log") { told.any { it == "synced waiting offline" } }
        consent.close()
        assertFalse(told.any { it.startsWith("failed") }, told.toString())
        val next = Wire()
        open(next) { clock = FakeClock(NOON + 3_600_000) }
        next.awaitsRequest()
    }

    @Test
    fun `turned off, or without a server, nothing is sent`() {
        val wire = Wire()
        val consent = open(wire) { syncsByItself = false }
        consent.answer("cookies.analytics")
        consent.syncSoon()
        phone.open("other.db") { syncsByItself = true; transport = wire }.apply { answer("cookies.analytics"); syncSoon() }
        Thread.sleep(1_500)
        assertEquals(0, wire.asked.get())
    }

    @Test
    fun `one that meets another is silent, and the app's own sync takes its place`() = runBlocking {
        val release = CountDownLatch(1)
        val wire = Wire { release.await(20, TimeUnit.SECONDS); throw TransportException.Unreachable("no network") }
        val consent = open(wire)
        consent.answer("cookies.analytics")
        wire.awaitsRequest(1)
        val mine = async(Dispatchers.IO) { consent.sync() }
        wire.awaitsRequest(2)
        consent.syncSoon()
        Thread.sleep(1_300)
        release.countDown()
        assertEquals(listOf<Trouble>(Trouble.Offline), mine.await().troubles)
        val leaving = consent.signOut(1_000.milliseconds)
        assertEquals(null, leaving.failure)
        assertFalse(told.any { it.startsWith("failed") }, told.toString())
    }

    @Test
    fun `close ends one that hangs`() {
        val release = CountDownLatch(1)
        val wire = Wire { release.await(20, TimeUnit.SECONDS); throw TransportException.Unreachable("no network") }
        val consent = open(wire)
        consent.answer("cookies.analytics")
        wire.awaitsRequest()
        val begun = System.nanoTime()
        consent.close()
        assertTrue(System.nanoTime() - begun < TimeUnit.MILLISECONDS.toNanos(200))
        release.countDown()
    }
}

private fun awaits(what: String, happened: () -> Boolean) {
    val until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20)
    while (!happened()) {
        check(System.nanoTime() < until) { "$what never came" }
        Thread.sleep(10)
    }
}
