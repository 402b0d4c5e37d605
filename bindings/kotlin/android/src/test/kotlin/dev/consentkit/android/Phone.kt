package dev.consentkit.android

import android.app.Activity
import android.app.Application
import android.os.Build
import dev.consentkit.Consent
import dev.consentkit.ConsentOptions
import dev.consentkit.ConsentClock
import dev.consentkit.Snapshot
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.rules.ExternalResource
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController
import java.io.File

/** The phone of one test: the app's consents on it, and its screen. */
class Phone : ExternalResource() {
    val application: Application get() = RuntimeEnvironment.getApplication()
    private val opened = mutableListOf<Consent>()
    private var screen: ActivityController<Activity>? = null

    override fun before() {
        haveALibraryOfOurOwn()
        Stores.reset()
        Stores.declarePermission(application)
    }

    override fun after() {
        opened.forEach { it.close() }
    }

    /** The app's process starts. It syncs where the test asks for it, unless it says otherwise. */
    fun launch(options: ConsentOptions.() -> Unit = {}): Consent = runBlocking {
        val atNoon: ConsentOptions.() -> Unit = {
            clock = ConsentClock { NOON }
            syncsByItself = false
            options()
        }
        ConsentAndroid.open(application, POLICY, atNoon).also { opened += it }
    }

    /** The person opens the app, or comes back to it. */
    fun comesToTheFront() {
        screen = screen?.restart()?.start()?.resume() ?: Robolectric.buildActivity(Activity::class.java).create().start().resume()
    }

    /** The person leaves the app. */
    fun goesToTheBack() {
        screen!!.pause().stop()
    }

    /**
     * Each level of Android has a class loader of its own here, and the library remembers one set of callbacks: with one library for all
     * of them, it would call into the level that loaded it last. A copy has its own memory.
     */
    private fun haveALibraryOfOurOwn() {
        val library = File(System.getProperty("consentkit.library")!!, System.mapLibraryName("consentkit"))
        val copy = File(System.getProperty("java.io.tmpdir"), "consentkit-${ProcessHandle.current().pid()}-${Build.VERSION.SDK_INT}.library")
        if (!copy.exists()) {
            library.copyTo(copy)
            copy.deleteOnExit()
        }
        System.setProperty("uniffi.component.consentkit.libraryOverride", copy.path)
    }

    companion object {
        val POLICY: String = File(System.getProperty("consentkit.policy")!!).readText()

        /** 2026-01-15, 12:00 in Korea: no night. */
        const val NOON = 1_768_446_000_000L
    }
}

/** Says yes to these in the form of the first run. */
fun Consent.grant(vararg purposes: String) = runBlocking {
    record(questions("first_run").shown) { purposes.forEach { grant(it) } }
}

/** Waits for a state; a signal is worked on by another thread. */
fun Consent.awaits(what: (Snapshot) -> Boolean): Snapshot = runBlocking { withTimeout(PATIENCE_MILLIS) { state.first(what) } }

/** Far more than any of it takes. */
private const val PATIENCE_MILLIS = 30_000L
