package dev.consentkit.bench

import dev.consentkit.Answers
import dev.consentkit.Consent
import dev.consentkit.Signals
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.io.File
import java.lang.management.ManagementFactory
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.concurrent.thread

private const val RECORDS = 20_000
private const val FORMS = 100_000
private const val OPENINGS = 5_000
private const val READERS = 100_000

/** What is measured is the second half: by then the caches of the machine, of SQLite and of the JVM are filled. */
private const val HALVES = 2

/** Past this a reader that hangs is one, however busy the machine is. */
private const val PATIENCE_MILLIS = 300_000L

/** The least that a leak can leave each time: an object with a text of a few letters. */
private const val LEAK_BYTES = 64.0

/** What collecting leaves now and then, whatever was done meanwhile. */
private const val UNSETTLED_BYTES = 300_000

private const val RESIDENT_MB = 32.0

/** What is recorded adds to the file, and not to memory. */
internal fun records(consent: Consent) {
    grows("records", RECORDS) { wanted ->
        var written = 0
        while (written < wanted) {
            val form = consent.questionsBlocking("settings")
            val answers = Answers()
            form.questions.forEach { answers.refuse(it.purpose) }
            written += consent.recordBlocking(form.shown, answers).items.size
        }
    }
}

/** A form that is drawn and never answered leaves nothing behind. */
internal fun questions(consent: Consent) = grows("questions", FORMS) { wanted -> repeat(wanted) { consent.questionsBlocking("settings") } }

/** A file that is opened and closed leaves nothing behind: no memory, no thread, no open file. */
internal fun openings(folder: File, policy: String) {
    val path = File(folder, "opened.db").path
    val open = { repeat(10) { Consent.options(path, policy).openBlocking().close() } }
    open()
    val (threads, files) = ManagementFactory.getThreadMXBean().threadCount to openFiles()
    grows("openings", OPENINGS) { wanted -> repeat(wanted / 10) { open() } }
    ratio("kotlin.threads_after_openings", (ManagementFactory.getThreadMXBean().threadCount - threads).toDouble(), 2.0)
    ratio("kotlin.files_after_openings", (openFiles() - files).toDouble(), 0.0)
}

/** Readers that come and go beside a writer hold nobody up. */
internal fun cancelledReaders(consent: Consent) {
    val done = AtomicBoolean()
    val writer = thread { while (!done.get()) consent.reportSignalsBlocking(Signals(gpc = consent.snapshot.signals.gpc != true)) }
    val reading = thread(isDaemon = true) {
        runBlocking(Dispatchers.Default) {
            repeat(READERS / 2) {
                launch(Dispatchers.Unconfined) { consent.state.collect { } }.cancel()
                launch(Dispatchers.Default) { consent.allowsFlow("cookies.analytics").collect { } }.cancel()
            }
        }
    }
    reading.join(PATIENCE_MILLIS)
    done.set(true)
    writer.join(PATIENCE_MILLIS)
    val hanging = listOf(reading, writer).count { it.isAlive }
    ratio("kotlin.hang_among_${READERS}_cancelled_readers", hanging.toDouble(), 0.0)
}

private fun grows(what: String, count: Int, live: (Int) -> Unit) {
    val half = count / HALVES
    live(half)
    val (heap, resident) = heap() to resident()
    live(half)
    val left = heap() - heap
    println("heap: ${left.toLong()} bytes more after the second half of $count $what")
    ratio("kotlin.heap_bytes_left_by_each_of_${count}_$what", (left - UNSETTLED_BYTES).coerceAtLeast(0.0) / half, LEAK_BYTES)
    ratio("kotlin.resident_after_${count}_${what}_mb", (resident() - resident) / 1e6, RESIDENT_MB)
}

/** What is still held once nothing more can be collected: what a cleaner frees is collected only the next time, and that may free more. */
private fun heap(): Double {
    var least = Long.MAX_VALUE
    var settled = 0
    while (settled < SETTLED_TURNS) {
        System.gc()
        Thread.sleep(CLEANER_MILLIS)
        val used = ManagementFactory.getMemoryMXBean().heapMemoryUsage.used
        settled = if (used > least - LEAST_FALL_BYTES) settled + 1 else 0
        least = minOf(used, least)
    }
    return least.toDouble()
}

/** The heap is settled once so many collections in a row find no less. */
private const val SETTLED_TURNS = 4
private const val CLEANER_MILLIS = 100L
private const val LEAST_FALL_BYTES = 10_000

/** What the kernel counts for this process; 0 where it does not say. */
private fun resident(): Double =
    File("/proc/self/statm").takeIf { it.exists() }?.readText()?.split(" ")?.get(1)?.toDouble()?.times(PAGE_BYTES) ?: 0.0

private const val PAGE_BYTES = 4096

/** What the process holds open; 0 where the system does not say. */
private fun openFiles(): Int = File("/proc/self/fd").list()?.size ?: 0
