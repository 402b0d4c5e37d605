package dev.consentkit.android

import com.google.android.gms.ads.identifier.AdvertisingIdClient
import dev.consentkit.ChoiceKind
import dev.consentkit.Consent
import dev.consentkit.HttpTransport
import dev.consentkit.ImportChoice
import dev.consentkit.Signals
import dev.consentkit.SnapshotListener
import dev.consentkit.TransportException
import dev.consentkit.internal.ConsentCoreInterface
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.time.Duration.Companion.milliseconds

/** Nothing of ours touches disk or network on the main thread, in any public call that is not documented as blocking. */
@RunWith(RobolectricTestRunner::class)
class MainThreadTest {
    @get:Rule
    val phone = Phone()

    private lateinit var consent: Consent

    @Before
    fun anOpenConsentUnderGuard() {
        Stores.play { AdvertisingIdClient.Info(ID, false) }
        consent = launch()
        consent.grant("cookies.analytics", "ad_id.measurement", "marketing.data_use")
        MainThreadGuard.over(consent)
    }

    @Test
    fun `no public call of Consent does`() {
        val calls = callsOfConsent()
        val documentedAsBlocking = setOf("close")
        val all = Consent::class.java.methods.map { it.name.substringBefore('-') }.filterNot { it.endsWith("Blocking") || it.contains('$') }
        assertEquals(all.toSet() - documentedAsBlocking, calls.keys, "every public call is watched")
        for ((name, call) in calls) MainThreadGuard.watch(name) { runBlocking { call() } }
    }

    @Test
    fun `no public call of the Android package does`() {
        MainThreadGuard.watch("ConsentAndroid.open") { runBlocking { ConsentAndroid.open(phone.application, Phone.POLICY) }.also(::closeElsewhere) }
        MainThreadGuard.watch("ConsentAndroid.opening") { ConsentAndroid.opening(phone.application, { Phone.POLICY }).also(::closeElsewhere) }
        MainThreadGuard.watch("BackgroundSync.run") { runBlocking { BackgroundSync.run(consent) } }
        val old = OlderConsents(phone.application, "old", listOf(OlderConsents.Key("cookies.analytics", "a")))
        MainThreadGuard.watch("OlderConsents.read") { runBlocking { old.read() } }
        MainThreadGuard.watch("AndroidAdvertisingId") { AndroidAdvertisingId(phone.application).advertisingId() }
        MainThreadGuard.watch("a return to the foreground") {
            phone.comesToTheFront()
            phone.goesToTheBack()
        }
    }

    @Test
    fun `the guard sees a native call, a file and a socket`() {
        assertFailsWith<OnMainThread> { MainThreadGuard.watch("a twin for Java") { consent.pendingBlocking() } }
        if (!File("/proc/thread-self/io").exists()) return
        val file = File(phone.application.cacheDir, "seen")
        assertFailsWith<OnMainThread> { MainThreadGuard.watch("a file that is written") { file.writeText("one byte is enough") } }
        assertFailsWith<OnMainThread> { MainThreadGuard.watch("a file that is read") { file.readText() } }
        val unguarded = launch()
        assertFailsWith<OnMainThread> { MainThreadGuard.watch("what SQLite writes") { unguarded.withdrawBlocking("cookies.analytics") } }
    }

    @Test
    fun `each door of the native library has its guard`() {
        val doors = ConsentCoreInterface::class.java.declaredMethods.filterNot { it.isSynthetic || java.lang.reflect.Modifier.isStatic(it.modifiers) }
        val guarded = GuardedCore::class.java.declaredMethods.map { it.name }.toSet()
        assertEquals(emptyList(), doors.map { it.name }.filterNot { it in guarded })
    }

    private fun callsOfConsent(): Map<String, suspend () -> Any?> = mapOf(
        "options" to { Consent.options("no file yet", Phone.POLICY) },
        "allows" to { consent.allows("cookies.analytics") },
        "explain" to { consent.explain("marketing.push.night") },
        "text" to { consent.text(consent.explain("marketing.push.night").reasons.first()) },
        "getState" to { consent.state.value },
        "getSnapshot" to { consent.snapshot },
        "allowsFlow" to { consent.allowsFlow("cookies.analytics").first() },
        "purpose" to { consent.purpose("cookies.analytics").allows() },
        "opening" to { Consent.opening { Consent.options("/no/such/folder/consent.db", Phone.POLICY) }.also(::closeElsewhere) },
        "syncSoon" to { consent.syncSoon() },
        "nextPrompt" to { consent.nextPrompt() },
        "addListener" to { consent.addListener({ it.run() }, SnapshotListener { }).close() },
        "questions" to { consent.questions("first_run") },
        "record" to { consent.record(consent.questions("settings").shown) { refuse("cookies.marketing") } },
        "closed" to { consent.closed(consent.questions("settings").shown) },
        "webPages" to {
            val pages = consent.webPages("https://shop.example")
            pages.handOff()
            pages.hear("{}", "https://shop.example", mainFrame = true)
        },
        "withdraw" to { consent.withdraw("cookies.analytics") },
        "import" to { consent.import(listOf(ImportChoice("cookies.marketing", ChoiceKind.GRANTED, null, "old"))) },
        "signIn" to { consent.signIn("acct_81") },
        "signOut" to { consent.signOut(); consent.signOut(1_000.milliseconds) },
        "reportSignals" to { consent.reportSignals(Signals(gpc = true)) },
        "advertisingId" to { consent.advertisingId("ad_id.measurement") },
        "policy" to { consent.policy() },
        "announced" to { consent.announced() },
        "edition" to { consent.edition(3) },
        "adoptPolicy" to { consent.adoptPolicy(Phone.POLICY) },
        "sync" to { consent.sync(1_000.milliseconds) },
        "connectivityRestored" to { consent.connectivityRestored() },
        "pending" to { consent.pending() },
        "stuck" to { consent.stuck() },
        "unrecorded" to { consent.unrecorded() },
        "rolledBack" to { consent.rolledBack() },
        "cookies" to { consent.cookies().verdict("_ga") },
        "cookiesRemoved" to { consent.cookiesRemoved(emptyList(), emptyList()) },
        "history" to { consent.history(0, 10) },
        "stateAt" to { consent.stateAt(Phone.NOON) },
        "verify" to { consent.verify() },
        "refresh" to { consent.refresh() },
    )

    private fun launch() = phone.launch {
        server = "https://consent.example"
        transport = HttpTransport { throw TransportException.Unreachable("no network here") }
    }

    /** Closing is documented as blocking. */
    private fun closeElsewhere(consent: Consent) = Thread { consent.close() }.apply { start() }.join()
}
