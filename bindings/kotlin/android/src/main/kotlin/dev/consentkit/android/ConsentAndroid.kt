package dev.consentkit.android

import android.app.Application
import android.content.Context
import android.os.Build
import dev.consentkit.Consent
import dev.consentkit.ConsentOptions
import dev.consentkit.ConsentException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import java.io.File
import java.util.function.Consumer

/** Opens a [Consent] the way Android wants it. */
public object ConsentAndroid {
    /**
     * Opens the app's consents, and from then on reads the system's signals at each return to the foreground.
     *
     * Set already, and yours to change in [options]: the platform (Play, Huawei or Fire OS), the language, the versions of system and app, the
     * advertising id ([AndroidAdvertisingId]) and the marker. The database lies in the folder that no backup copies (AND-9). Returns when
     * the signals of this launch were read: where a use of the advertising id was granted, it waits for the provider, three seconds at
     * most. Where none was, the provider is not called (KR-19). Leaves the calling thread. Sends nothing before a first answer or a sign-in;
     * then, unless [ConsentOptions.syncsByItself] is turned off, at open, a second after a write, at each return to the foreground and, where
     * the app holds `ACCESS_NETWORK_STATE` already, when the network comes back. The returned value is the app's to keep and to close; an app
     * keeps one.
     *
     * @param policy the policy document the app ships, JSON.
     * @throws ConsentException where the file, the policy or an option is not usable; nothing is lost then.
     */
    public suspend fun open(context: Context, policy: String, options: ConsentOptions.() -> Unit = {}): Consent {
        val application = applicationOf(given("context", context))
        given("options", options)
        var opened: Consent? = null
        try {
            return withContext(Dispatchers.IO) { opened(application, context, policy, options).also { opened = it } }
        } catch (ended: CancellationException) {
            // Cancelled on the way back to the caller: nobody would ever close what nobody got.
            // What closing finds wrong stands beside the cancellation, which must come through as one.
            withContext(NonCancellable + Dispatchers.IO) {
                try {
                    opened?.close()
                } catch (fault: ConsentException) {
                    ended.addSuppressed(fault)
                }
            }
            throw ended
        }
    }

    private suspend fun opened(application: Application, context: Context, policy: String, options: ConsentOptions.() -> Unit): Consent {
        val given = optionsOf(application, languageOf(context), policy, options)
        val watched = ForegroundConsent(given.open(), application)
        var ready = false
        try {
            watched.start(readerOf(application, given))
            ready = true
        } finally {
            // Nobody would ever close what nobody got.
            if (!ready) watched.close()
        }
        return watched
    }

    /**
     * The same at once, for a singleton that is injected before anything may wait: see [Consent.opening]. May be called on the main thread.
     *
     * @param policy reads the policy document that the app ships, from its assets for example; called on a worker, as [options] is.
     */
    public fun opening(context: Context, policy: () -> String, options: ConsentOptions.() -> Unit = {}): Consent {
        val application = applicationOf(given("context", context))
        val language = languageOf(context)
        given("policy", policy)
        given("options", options)
        val found = CompletableDeferred<SignalReader>()
        val consent = Consent.opening {
            try {
                optionsOf(application, language, policy(), options).also { found.complete(readerOf(application, it)) }
            } finally {
                // Where the options could not be found out there is nothing to read either.
                found.cancel()
            }
        }
        return ForegroundConsent(consent, application).also { it.startOnce(found) }
    }

    private fun optionsOf(application: Application, language: String, policy: String, options: ConsentOptions.() -> Unit): ConsentOptions {
        val folder = File(application.noBackupFilesDir, FOLDER)
        folder.mkdirs()
        return Consent.options(File(folder, DATABASE).path, policy)
            .platform(platformOf(application))
            .language(language)
            .osVersion(Build.VERSION.RELEASE.orEmpty())
            .appVersion(appVersionOf(application))
            .marker(File(folder, MARKER).path)
            .advertisingId(AndroidAdvertisingId(application))
            .apply(options)
    }

    private fun readerOf(application: Application, given: ConsentOptions) =
        SignalReader(application, asksForId = given.advertisingId != null, log = given.log)

    /** The same for Java. Blocks on the disk, and where the advertising id was granted on its provider: never on the main thread. */
    @JvmStatic
    @JvmOverloads
    public fun openBlocking(context: Context, policy: String, options: Consumer<ConsentOptions> = Consumer {}): Consent =
        runBlocking { given("options", options).let { given -> open(context, policy) { given.accept(this) } } }

    /** A context without an application is one of a content provider that runs before the app does: signals could never be read again. */
    private fun applicationOf(context: Context): Application =
        (context.applicationContext ?: context) as? Application
            ?: throw ConsentException.Invalid("context", "belongs to no application yet; open in Application.onCreate or later")

    private const val FOLDER = "consentkit"
    private const val DATABASE = "consent.db"
    private const val MARKER = "installation"
}
