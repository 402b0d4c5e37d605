package dev.consentkit.android.recipes

import android.app.Application
import android.content.Context
import androidx.work.ListenableWorker
import androidx.work.WorkManager
import androidx.work.WorkerParameters
import com.adjust.sdk.Adjust
import com.appsflyer.AppsFlyerLib
import com.google.firebase.analytics.FirebaseAnalytics
import dev.consentkit.AdvertisingIdAnswer
import dev.consentkit.AdvertisingIdSource
import dev.consentkit.Consent
import dev.consentkit.HttpTransport
import dev.consentkit.Reason
import dev.consentkit.TransportException
import dev.consentkit.android.ID
import dev.consentkit.android.Phone
import dev.consentkit.android.grant
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** The recipes of docs/android.md do what they say, against stand-ins of the shape of the real libraries. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class RecipesTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `Firebase collects nothing before a yes, and no more after a withdrawal`() {
        val analytics = FirebaseAnalytics()
        val allDenied = "{AD_PERSONALIZATION=DENIED, AD_STORAGE=DENIED, AD_USER_DATA=DENIED, ANALYTICS_STORAGE=DENIED}"
        follow({ followConsent(it, analytics) }) { consent ->
            assertEquals(listOf(allDenied, "collection false"), analytics.told)
            consent.grant("cookies.analytics")
            assertEquals(allDenied.replace("ANALYTICS_STORAGE=DENIED", "ANALYTICS_STORAGE=GRANTED"), analytics.told[2])
            assertEquals("collection true", analytics.told[3])
            runBlocking { consent.withdraw("cookies.analytics") }
            assertEquals(listOf(allDenied, "collection false", "reset"), analytics.told.drop(4))
        }
    }

    @Test
    fun `Adjust starts with the first yes and stops with the withdrawal`() {
        Adjust.told.clear()
        follow({ startAdjust(it, phone.application, "token") }) { consent ->
            assertEquals(emptyList(), Adjust.told)
            consent.grant("ad_id.measurement")
            assertEquals(listOf("init", "enable"), Adjust.told)
            runBlocking { consent.withdraw("ad_id.measurement") }
            consent.grant("ad_id.measurement")
            assertEquals(listOf("init", "enable", "disable", "enable"), Adjust.told)
        }
    }

    @Test
    fun `f_55 AppsFlyer 7 is initialised at the first yes, starts each session that is ready, and stops with the withdrawal`() {
        AppsFlyerLib.reset()
        follow({ startAppsFlyer(it, phone.application, "key") }) { consent ->
            AppsFlyerLib.session()
            assertEquals(emptyList(), AppsFlyerLib.told, "before a yes it is not even initialised")
            consent.grant("ad_id.measurement")
            assertEquals(listOf("init", "no id false", "stop false", "listen"), AppsFlyerLib.told)
            AppsFlyerLib.session()
            AppsFlyerLib.session()
            assertEquals(listOf("start", "start"), AppsFlyerLib.told.drop(4))
            runBlocking { consent.withdraw("ad_id.measurement") }
            AppsFlyerLib.session()
            assertEquals(listOf("no id true", "stop true"), AppsFlyerLib.told.drop(6), "a session after the withdrawal is not started")
            consent.grant("ad_id.measurement")
            AppsFlyerLib.session()
            assertEquals(listOf("no id false", "stop false", "start"), AppsFlyerLib.told.drop(8))
        }
    }

    @Test
    fun `the worker syncs, and is scheduled for when there is a network`() {
        val opened = phone.launch()
        val app = object : Application(), HasConsent {
            override val consent = opened
        }
        assertEquals(ListenableWorker.Result.success(), runBlocking { ConsentSyncWorker(app, WorkerParameters()).doWork() })
        scheduleSync(phone.application)
        val request = WorkManager.getInstance(phone.application).enqueued.getValue("consentkit")
        assertTrue(request.worker == ConsentSyncWorker::class.java && request.constraints?.network != null)
    }

    @Test
    fun `a form, a switch, a log-in and a log-out are as short as the pages show them`() {
        val consent = phone.launch {
            server = "https://consent.example"
            transport = HttpTransport { throw TransportException.Unreachable("no network") }
        }
        val firstRun = FirstRunViewModel(consent)
        awaits { firstRun.ask().isCompleted && firstRun.form.value != null }
        consent.run { runBlocking { signIn("acct_81") } }
        firstRun.answer(mapOf("marketing.data_use" to true, "marketing.email" to true))
        awaits { firstRun.form.value?.pullFirst == true }
        assertTrue(!consent.allows("marketing.email"), "somebody signed in since the form was drawn")
        firstRun.answer(mapOf("marketing.data_use" to true, "marketing.email" to true))
        awaits { consent.allows("marketing.email") && firstRun.form.value == null }

        val switch = SwitchViewModel(consent, "marketing.email")
        switch.turn(on = false)
        awaits { !consent.allows("marketing.email") }
        switch.turn(on = true)
        assertTrue(!consent.allows("marketing.email"), "nothing was drawn")
        runBlocking { switch.appeared().join() }
        switch.turn(on = true)
        awaits { consent.allows("marketing.email") }

        val account = LogInViewModel(consent)
        runBlocking { account.loggedIn("acct_81", isChild = true, guardianIsVerified = true).join() }
        assertTrue(!consent.allows("marketing.email"), "the child agreed, and not the guardian")
        val form = runBlocking { consent.questions("settings") }
        runBlocking { listOf("marketing.data_use", "marketing.email").forEach { account.guardianAgreed(form, it).join() } }
        assertTrue(consent.allows("marketing.email"))
        val leaving = LogOutViewModel(consent)
        runBlocking { leaving.logOut().join() }
        assertTrue(!consent.snapshot.signedIn && "later" in leaving.message.value)
    }

    @Test
    fun `the advertising id is used where it was agreed to, and the reasons are in words where it was not`() = runBlocking {
        var provider: AdvertisingIdAnswer = AdvertisingIdAnswer.Id(ID, limited = false)
        val consent = phone.launch { advertisingId = AdvertisingIdSource { provider } }
        val sent = mutableListOf<String>()
        assertEquals(listOf("It was not asked yet: open the form."), measure(consent) { sent += it })
        consent.grant("ad_id.measurement")
        assertEquals(emptyList(), measure(consent) { sent += it })
        provider = AdvertisingIdAnswer.Id(ID, limited = true)
        assertEquals(listOf("Turned off in the phone's settings."), measure(consent) { sent += it })
        consent.withdraw("ad_id.measurement")
        assertEquals(listOf(Reason.Withdrawn.text("en")), measure(consent) { sent += it }.takeLast(1))
        assertEquals(listOf(ID), sent)
    }

    @Test
    fun `each sample has sixty lines at most`() {
        val samples = listOf("FirstRun", "Settings", "LogIn", "LogOut", "AdvertisingId", "Work").map { File(folder, "${it}Recipe.kt") }
        val long = samples.filter { it.readLines().size > 60 }.map { it.name }
        assertEquals(emptyList(), long)
    }

    private fun awaits(happened: () -> Boolean) {
        val until = System.nanoTime() + 20_000_000_000
        while (!happened()) {
            check(System.nanoTime() < until) { "it never happened" }
            Thread.sleep(10)
        }
    }

    @Test
    fun `opening and importing are as short as the page shows them`() {
        phone.application.getSharedPreferences("settings", Context.MODE_PRIVATE).edit()
            .putBoolean("analytics_ok", true).putLong("analytics_ok_at", 1_700_000_000_000L).putBoolean("newsletter", true).commit()
        val consent = runBlocking { openConsent(phone.application, Phone.POLICY) }
        consent.use {
            assertEquals(2, runBlocking { importOldConsents(phone.application, it) }.imported.size)
            assertTrue(it.allows("cookies.analytics") && !it.allows("marketing.email"))
        }
    }

    @Test
    fun `every block of the page is one of these sources`() {
        val page = File(System.getProperty("consentkit.root")!!, "docs/android.md").readText()
        val sources = folder.listFiles().orEmpty().joinToString("\n") { it.readText() }
        val blocks = Regex("```kotlin\n(.*?)```", RegexOption.DOT_MATCHES_ALL).findAll(page).map { it.groupValues[1].trim() }.toList()
        assertTrue(blocks.size >= 5, "${blocks.size} blocks")
        for (block in blocks) assertTrue(block in sources, "not compiled by any test:\n$block")
    }

    private val folder = File(System.getProperty("consentkit.root")!!, "bindings/kotlin/android/src/test/kotlin/dev/consentkit/android/recipes")

    /**
     * Runs a recipe beside the story of a person. Unconfined: the recipe runs on whatever thread publishes the state, before the call that
     * changed it returns.
     */
    private fun follow(recipe: suspend (Consent) -> Unit, story: (Consent) -> Unit) {
        val consent = phone.launch()
        val scope = CoroutineScope(Dispatchers.Unconfined)
        scope.launch { recipe(consent) }
        story(consent)
        scope.cancel()
    }
}
