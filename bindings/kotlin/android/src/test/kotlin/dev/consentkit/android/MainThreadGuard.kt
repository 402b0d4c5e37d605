package dev.consentkit.android

import android.os.Looper
import dev.consentkit.Consent
import dev.consentkit.internal.Answer
import dev.consentkit.internal.ConsentCore
import dev.consentkit.internal.ConsentObserver
import dev.consentkit.internal.CookieOptions
import dev.consentkit.internal.ImportChoice
import dev.consentkit.internal.NoHandle
import dev.consentkit.internal.PurgeStep
import dev.consentkit.internal.Reason
import dev.consentkit.internal.SeenCookie
import dev.consentkit.internal.Signals
import dev.consentkit.internal.WebPages
import java.io.File
import java.lang.management.ManagementFactory

/** Something of ours touched the disk or the network on the main thread. */
class OnMainThread(what: String) : AssertionError("$what on the main thread")

/**
 * What the library does on the main thread, caught: a call into the native library that is not answered from memory, and any byte the
 * kernel says this thread has read or written, by Kotlin or by the native library, on disk or network.
 */
object MainThreadGuard {
    /**
     * Puts the guard between a [Consent] and its native library. There is no seam for it on purpose, so it goes in by the back door; when
     * a field has another name one day, this fails and does not fall silent.
     */
    fun over(consent: Consent) {
        val blocking = field(field(consent, "consent"), "core")
        val slot = blocking.javaClass.getDeclaredField("core").apply { isAccessible = true }
        slot.set(blocking, GuardedCore(slot.get(blocking) as ConsentCore))
    }

    /** Runs a call on the main thread. @throws OnMainThread where the call touched disk or network here. */
    fun watch(name: String, call: () -> Unit) {
        check(Looper.getMainLooper().isCurrentThread)
        // The first time classes are loaded, which reads jars; that is the system's. A call that waits takes another way where it happens to
        // be answered at once, and may load more on its second run: whatever loads classes is no measurement.
        call()
        repeat(MOST_RUNS) {
            val loaded = classes.totalLoadedClassCount
            val before = transfers()
            call()
            val after = transfers()
            // Reading the counter is itself one reading.
            val own = transfers() - after
            if (after - before <= own) return
            if (classes.totalLoadedClassCount == loaded) throw OnMainThread("$name: ${after - before - own} system calls that read or write")
        }
        throw OnMainThread("$name: system calls that read or write in each of $MOST_RUNS runs, which loaded classes, too,")
    }

    private val classes = ManagementFactory.getClassLoadingMXBean()

    /** A call loads its last class after two or three runs. */
    private const val MOST_RUNS = 10

    /** How often this thread has asked the kernel to read or write. Only Linux counts that; elsewhere the native guard stands alone. */
    private fun transfers(): Long {
        val counters = File("/proc/thread-self/io")
        if (!counters.exists()) return 0
        return counters.readLines().filter { it.startsWith("syscr") || it.startsWith("syscw") }.sumOf { it.substringAfter(": ").toLong() }
    }

    private fun field(owner: Any, name: String): Any = owner.javaClass.getDeclaredField(name).apply { isAccessible = true }.get(owner)
}

/** The native library, with a guard at each door that leads to the disk or the network. */
internal class GuardedCore(private val core: ConsentCore) : ConsentCore(NoHandle) {
    // From memory, as the library documents.
    override fun allows(purpose: String) = core.allows(purpose)
    override fun explain(purpose: String) = core.explain(purpose)
    override fun reasonText(reason: Reason) = core.reasonText(reason)
    override fun snapshot() = core.snapshot()
    override fun nextPrompt() = core.nextPrompt()
    override fun policy() = core.policy()
    override fun unrecorded() = core.unrecorded()
    override fun rolledBack() = core.rolledBack()
    override fun webPages(origins: List<String>) = core.webPages(origins)
    override fun webHandOff(pages: WebPages) = core.webHandOff(pages)
    override fun subscribe(observer: ConsentObserver) = core.subscribe(observer)

    override fun announced() = core.announced()
    // It reads what it is given; the app's two files may be long.
    override fun cookies(options: CookieOptions) = off("cookies") { core.cookies(options) }
    override fun cookiesRemoved(steps: List<PurgeStep>, left: List<SeenCookie>) = off("cookiesRemoved") { core.cookiesRemoved(steps, left) }
    override fun closed(shown: String) = off("closed") { core.closed(shown) }
    override fun edition(edition: Long) = off("edition") { core.edition(edition) }
    override fun adoptPolicy(document: String) = off("adoptPolicy") { core.adoptPolicy(document) }
    override fun advertisingId(purpose: String) = off("advertisingId") { core.advertisingId(purpose) }
    override fun connectivityRestored() = off("connectivityRestored") { core.connectivityRestored() }
    override fun history(after: Long, limit: Long) = off("history") { core.history(after, limit) }
    override fun importChoices(choices: List<ImportChoice>) = off("importChoices") { core.importChoices(choices) }
    override fun pending() = off("pending") { core.pending() }
    override fun questions(surface: String) = off("questions") { core.questions(surface) }
    override fun record(shown: String, answers: List<Answer>) = off("record") { core.record(shown, answers) }
    override fun refresh() = off("refresh") { core.refresh() }
    override fun reportSignals(signals: Signals) = off("reportSignals") { core.reportSignals(signals) }
    override fun shutdown() = core.shutdown()
    override fun signIn(subject: String) = off("signIn") { core.signIn(subject) }
    override fun signOut() = off("signOut") { core.signOut() }
    override fun signOutWithin(timeoutMs: Long) = off("signOutWithin") { core.signOutWithin(timeoutMs) }
    override fun stateAt(at: Long) = off("stateAt") { core.stateAt(at) }
    override fun stuck() = off("stuck") { core.stuck() }
    override fun sync(timeoutMs: Long) = off("sync") { core.sync(timeoutMs) }
    override fun verify() = off("verify") { core.verify() }
    override fun webMessage(pages: WebPages, text: String, origin: String, mainFrame: Boolean) =
        off("webMessage") { core.webMessage(pages, text, origin, mainFrame) }
    override fun withdraw(purposes: List<String>) = off("withdraw") { core.withdraw(purposes) }
    override fun destroy() = core.destroy()

    private inline fun <T> off(name: String, call: () -> T): T {
        if (Looper.getMainLooper().isCurrentThread) throw OnMainThread(name)
        return call()
    }
}
