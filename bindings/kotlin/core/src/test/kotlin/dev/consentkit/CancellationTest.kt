package dev.consentkit

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Rule
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** A screen that closes cancels its coroutines: the change that was begun is written, once. */
class CancellationTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `a change that was begun is written once, whenever its coroutine is cancelled`() = runBlocking {
        val consent = phone.open()
        repeat(50) {
            val call = launch(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) { consent.withdraw("marketing.email") }
            call.cancelAndJoin()
        }
        // The writes stand in a row: this one is the last of it.
        consent.withdraw("marketing.email")
        assertEquals(51, consent.pending().size)
        assertTrue(consent.verify().ok)
    }

    @Test
    fun `a coroutine that is cancelled before it calls changes nothing`() = runBlocking {
        val consent = phone.open()
        launch {
            currentCoroutineContext().cancel()
            consent.withdraw("marketing.email")
        }.join()
        assertEquals(emptyList(), consent.pending())
    }

    @Test
    fun `a withdrawal does not overtake the grant that was tapped before it`() = runBlocking {
        val consent = phone.open()
        repeat(20) {
            val shown = consent.questions("settings").shown
            val tapped = launch(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) { consent.record(shown) { grant("cookies.analytics") } }
            tapped.cancel()
            consent.withdraw("cookies.analytics")
            assertFalse(consent.allows("cookies.analytics"))
        }
    }

    @Test
    fun `close waits for what cancelled coroutines began`() {
        val consent = phone.open()
        runBlocking {
            repeat(10) { launch(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) { consent.withdraw("marketing.email") }.cancel() }
        }
        consent.close()
        assertEquals(10, phone.open().pendingBlocking().size)
    }

    @Test
    fun `of two that close at once both come back, with a write in flight for each`() {
        // One write is held where the first closer waits for it, one where the second does.
        val gates = List(2) { CountDownLatch(1) }
        val entered = List(2) { CountDownLatch(1) }
        val writes = AtomicInteger()
        val consent = phone.open {
            log = ConsentLog { event ->
                if (event.name == "withdrawn" || event.name == "failed") {
                    val write = writes.getAndIncrement()
                    entered[write].countDown()
                    gates[write].await()
                }
                // Told before the first closer ends everything: by then the second write must have begun.
                if (event.name == "closed") entered[1].await()
            }
        }
        fun begin() = runBlocking { launch(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) { consent.withdraw("marketing.email") }.cancel() }
        fun closer() = thread { consent.close() }.also { while (it.state != Thread.State.WAITING) Thread.onSpinWait() }

        begin()
        assertTrue(entered[0].await(10, TimeUnit.SECONDS))
        val first = closer()
        begin()
        val second = closer()
        gates[0].countDown()
        first.join(10_000)
        assertFalse(first.isAlive, "the first")
        gates[1].countDown()
        second.join(10_000)
        assertFalse(second.isAlive, "the second")
    }

    @Test
    fun `a sync that hangs lets its coroutine go at once, holds up no withdrawal and no close`() = runBlocking {
        val (entered, release) = CompletableDeferred<Unit>() to CountDownLatch(1)
        val consent = phone.open {
            server = "https://consent.example"
            transport = HttpTransport {
                entered.complete(Unit)
                release.await()
                throw TransportException.TimedOut()
            }
        }
        consent.answer("cookies.analytics")
        val syncing = launch(Dispatchers.Default) { consent.sync() }
        withTimeout(10_000) {
            entered.await()
            syncing.cancelAndJoin()
            consent.withdraw("cookies.analytics")
            assertFalse(consent.allows("cookies.analytics"))
            consent.close()
        }
        release.countDown()
    }
}
