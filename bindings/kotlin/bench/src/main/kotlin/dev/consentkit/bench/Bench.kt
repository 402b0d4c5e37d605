package dev.consentkit.bench

import com.sun.management.ThreadMXBean
import dev.consentkit.Consent
import dev.consentkit.Platform
import dev.consentkit.internal.ConsentCore
import dev.consentkit.internal.ConsentOptions
import dev.consentkit.internal.HostServices
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.io.File
import java.lang.management.ManagementFactory
import java.nio.file.Files
import java.util.Locale

/** Past this a person waits. */
private const val REACHES_MS = 5.0

/** Keeps the compiler from leaving out a call whose answer nobody reads. */
@Volatile
private var sink = 0

@Volatile
private var volatile = true

private var failed = false

internal fun ratio(name: String, value: Double, bound: Double) {
    val isWithin = value <= bound
    failed = failed || !isWithin
    println("ratio %s %.3f <= %s %s".format(Locale.ROOT, name, value, bound, if (isWithin) "ok" else "FAIL"))
}

/** Nanoseconds of one call: the best of several rounds, since whatever else the machine does only adds. */
private inline fun time(calls: Int, crossinline call: () -> Boolean): Double {
    var best = Double.MAX_VALUE
    repeat(ROUNDS) {
        var yes = 0
        val begun = System.nanoTime()
        repeat(calls) { if (call()) yes += 1 }
        best = minOf(best, (System.nanoTime() - begun).toDouble() / calls)
        sink = yes
    }
    return best
}

// Each in a function of its own, so that the compiler makes of each what it makes of a function of an app.

private fun lookUp(map: Map<String, Any>, purpose: String): Double = time(CALLS) { map[purpose] != null }

private fun clock(): Double = time(CALLS) { System.currentTimeMillis() > 0 }

private fun allows(consent: Consent, purpose: String): Double = time(CALLS) { consent.allows(purpose) }

private fun explain(consent: Consent, purpose: String): Double = time(CALLS) { consent.explain(purpose).allowed }

private const val ROUNDS = 15
private const val CALLS = 1_000_000

private inline fun allocated(crossinline call: () -> Boolean): Long {
    val threads = ManagementFactory.getThreadMXBean() as ThreadMXBean
    val thread = Thread.currentThread().id
    var yes = 0
    val before = threads.getThreadAllocatedBytes(thread)
    repeat(CALLS) { if (call()) yes += 1 }
    val after = threads.getThreadAllocatedBytes(thread)
    sink = yes
    return after - before
}

/** The figures of the Kotlin face, in one run beside the call that the generated code would have made. */
fun main() {
    val folder = Files.createTempDirectory("consentkit-bench").toFile()
    val policy = File(System.getProperty("consentkit.policy")).readText()
    val consent = Consent.options(File(folder, "consent.db").path, policy).platform(Platform.ANDROID).language("ko").openBlocking()
    runBlocking {
        consent.record(consent.questions("settings").shown) {
            listOf("cookies.analytics", "marketing.data_use", "marketing.sms").forEach { grant(it) }
        }
    }
    // Text messages need a consent of their own at night, so that time changes this answer and never that one.
    val (fixed, timed) = "cookies.analytics" to "marketing.sms"
    check(consent.state.value.answer(fixed)?.validUntil == null && consent.state.value.answer(timed)?.validUntil != null)

    val raw = ConsentCore.open(
        ConsentOptions(File(folder, "raw.db").path, null, policy, dev.consentkit.internal.Platform.ANDROID, "", "ko", "", null),
        HostServices(),
    ).use { core -> time(CALLS / 100) { core.allows(fixed) } }
    println("raw generated call: %.0f ns".format(Locale.ROOT, raw))

    // Nanoseconds move with the machine: beside the bare thing in the same run.
    val bare = HashMap<String, Any>().apply { consent.snapshot.answers.forEach { put(it.purpose, it) } }
    val (lookUp, clock) = lookUp(bare, fixed) to clock()
    ratio("kotlin.allows.share_of_a_hash_map", allows(consent, fixed) / lookUp, 2.0)
    ratio("kotlin.allows_by_time.share_of_a_hash_map_and_a_clock", allows(consent, timed) / (lookUp + clock), 2.0)
    ratio("kotlin.explain.share_of_a_hash_map", explain(consent, fixed) / lookUp, 2.0)
    val handle = consent.purpose(fixed)
    ratio("kotlin.handle.over_a_volatile_read_ns", time(CALLS) { handle.allows() } - time(CALLS) { volatile }, 2.0)
    ratio("kotlin.handle.bytes", allocated { handle.allows() }.toDouble() / CALLS, 0.0)

    ratio("kotlin.allows.share_of_raw", time(CALLS) { consent.allows(fixed) } / raw, 0.01)
    ratio("kotlin.allows.fixed_bytes", allocated { consent.allows(fixed) }.toDouble() / CALLS, 0.0)
    ratio("kotlin.allows.timed_bytes", allocated { consent.allows(timed) }.toDouble() / CALLS, 0.0)
    ratio("kotlin.change_reaches_collector_ms", reaches(consent), REACHES_MS)
    records(consent)
    questions(consent)
    cancelledReaders(consent)
    consent.close()
    edges(folder, policy)
    openings(folder, policy)
    hangingSyncs(folder, policy)
    folder.deleteRecursively()
    if (failed) System.exit(1)
}

/** Milliseconds from the return of `record` to the collector that hears of it: nineteen of twenty times. */
private fun reaches(consent: Consent): Double = runBlocking(Dispatchers.Default) {
    val heard = Channel<Pair<Long, Long>>(Channel.UNLIMITED)
    val collector = launch { consent.state.collect { heard.send(it.pending to System.nanoTime()) } }
    val waits = List(CHANGES) {
        val receipt = consent.withdraw("marketing.email")
        val returned = System.nanoTime()
        var at: Long
        do {
            val (pending, time) = heard.receive()
            at = time
        } while (pending < receipt.pending)
        // Where the collector was faster than the caller there was no wait.
        (at - returned).coerceAtLeast(0) / 1e6
    }
    collector.cancel()
    waits.sorted()[CHANGES * 19 / 20]
}

private const val CHANGES = 101
