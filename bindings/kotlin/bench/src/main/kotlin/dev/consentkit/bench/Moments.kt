package dev.consentkit.bench

import dev.consentkit.Answers
import dev.consentkit.Consent
import dev.consentkit.ConsentClock
import dev.consentkit.ConsentException
import dev.consentkit.HttpTransport
import dev.consentkit.TransportException
import java.io.File
import java.lang.management.ManagementFactory
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Semaphore
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread

/** A frame of a screen has 16 ms; a read takes no noticeable part of one. */
private const val READ_MS = 1.0
private const val ENDING_MS = 200.0

private const val WARM_DAYS = 200
private const val DAYS = 500
private const val DAY_MS = 86_400_000L
private const val HOUR_MS = 3_600_000L

/** 2023-11-15 00:00 in Korea, Unix milliseconds. */
private const val MIDNIGHT = 1_699_974_000_000L

/** The longest read of all, in the reading thread's own time: each is the first one after the night began or ended. */
internal fun edges(folder: File, policy: String) {
    var now = MIDNIGHT + 12 * HOUR_MS
    val consent = Consent.options(File(folder, "edges.db").path, policy).clock(ConsentClock { now }).openBlocking()
    consent.recordBlocking(consent.questionsBlocking("settings").shown, Answers().grant("marketing.data_use").grant("marketing.sms"))
    val handle = consent.purpose("marketing.sms")
    val reads = listOf<() -> Boolean>(
        { consent.allows("marketing.sms") }, { consent.explain("marketing.sms").allowed }, { consent.snapshot.allows("marketing.sms") }, { handle.allows() },
    )
    val threads = ManagementFactory.getThreadMXBean()
    var longest = 0L
    for (day in 0 until WARM_DAYS + DAYS) {
        for ((hour, isAllowed) in listOf(12 to true, 21 to false)) {
            now = MIDNIGHT + day * DAY_MS + hour * HOUR_MS
            val read = reads[day % reads.size]
            val begun = threads.currentThreadCpuTime
            val allowed = read()
            val taken = threads.currentThreadCpuTime - begun
            check(allowed == isAllowed) { "at $hour o'clock of day $day" }
            if (day >= WARM_DAYS) longest = maxOf(longest, taken)
        }
    }
    consent.close()
    ratio("kotlin.longest_read_at_a_time_edge_ms", longest / 1e6, READ_MS)
}

/** Closing while the server takes a request and never answers; then the file is opened again, and its sync asks the server at once. */
internal fun hangingSyncs(folder: File, policy: String) {
    val never = CountDownLatch(1)
    val asked = Semaphore(0)
    val open = {
        Consent.options(File(folder, "hanging.db").path, policy).syncsByItself(false).server("https://consent.example").transport(
            HttpTransport {
                asked.release()
                // Deaf to interruption, as a socket is.
                while (never.count > 0) runCatching { never.await() }
                throw TransportException.TimedOut()
            },
        ).openBlocking()
    }
    var consent = open()
    consent.withdrawBlocking("marketing.email")
    val (closing, next) = List(HANGS) {
        val syncing = thread {
            try {
                consent.syncBlocking(PATIENCE_MS)
            } catch (_: ConsentException.ShutDown) {
                // It was closed meanwhile.
            }
        }
        check(asked.tryAcquire(PATIENCE_MS, TimeUnit.MILLISECONDS)) { "the server was not asked" }
        val begun = System.nanoTime()
        consent.close()
        val closed = System.nanoTime()
        consent = open()
        val again = consent
        val opened = System.nanoTime()
        val second = thread { runCatching { again.syncBlocking(PATIENCE_MS) } }
        check(asked.tryAcquire(PATIENCE_MS, TimeUnit.MILLISECONDS)) { "the next sync never asked the server" }
        val reached = System.nanoTime()
        consent.close()
        listOf(syncing, second).forEach { it.join() }
        consent = open()
        (closed - begun) / 1e6 to (reached - opened) / 1e6
    }.unzip()
    consent.close()
    never.countDown()
    ratio("kotlin.close_in_a_hanging_sync_ms", closing.max(), ENDING_MS)
    ratio("kotlin.next_sync_reaches_the_server_ms", next.max(), ENDING_MS)
}

private const val HANGS = 20
private const val PATIENCE_MS = 60_000L
