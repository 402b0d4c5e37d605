package dev.consentkit.android

import android.app.Application
import android.content.Context
import android.os.Build
import dev.consentkit.Consent
import dev.consentkit.ConsentBuilder
import dev.consentkit.ConsentException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import java.io.File
import java.util.function.Consumer

/** Opens a [Consent] the way Android wants it. */
object ConsentAndroid {
    /**
     * Opens the app's consents, and from then on reads the system's signals at each return to the foreground.
     *
     * Set already, and yours to change in [options]: the platform (Play, Huawei or Fire OS), the language, the versions of system and app, the
     * advertising id ([AndroidAdvertisingId]) and the marker. The database lies in the folder that no backup copies (AND-9). Returns when
     * the signals of this launch were read: where a use of the advertising id was granted, it waits for the provider, three seconds at
     * most. Where none was, the provider is not called (KR-19). Leaves the calling thread; sends nothing. The returned value is the
     * app's to keep and to close; an app keeps one.
     *
     * @param policy the policy document the app ships, JSON.
     * @throws ConsentException where the file, the policy or an option is not usable; nothing is lost then.
     */
    suspend fun open(context: Context, policy: String, options: ConsentBuilder.() -> Unit = {}): Consent {
        val application = applicationOf(given("context", context))
        given("options", options)
        var opened: Consent? = null
        try {
            return withContext(Dispatchers.IO) { opening(application, context, policy, options).also { opened = it } }
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

    private suspend fun opening(application: Application, context: Context, policy: String, options: ConsentBuilder.() -> Unit): Consent {
        val folder = File(application.noBackupFilesDir, FOLDER)
        folder.mkdirs()
        val builder = Consent.builder(File(folder, DATABASE).path, policy)
            .platform(platformOf(application))
            .language(languageOf(context))
            .osVersion(Build.VERSION.RELEASE.orEmpty())
            .appVersion(appVersionOf(application))
            .marker(File(folder, MARKER).path)
            .advertisingId(AndroidAdvertisingId(application))
            .apply(options)
        val reader = SignalReader(application, asksForId = builder.advertisingId != null, log = builder.log)
        return ForegroundConsent.start(builder.open(), application, reader)
    }

    /** The same for Java. Blocks on the disk, and where the advertising id was granted on its provider: never on the main thread. */
    @JvmStatic
    @JvmOverloads
    fun openBlocking(context: Context, policy: String, options: Consumer<ConsentBuilder> = Consumer {}): Consent =
        runBlocking { given("options", options).let { given -> open(context, policy) { given.accept(this) } } }

    /** A context without an application is one of a content provider that runs before the app does: signals could never be read again. */
    private fun applicationOf(context: Context): Application =
        (context.applicationContext ?: context) as? Application
            ?: throw ConsentException.Invalid("context", "belongs to no application yet; open in Application.onCreate or later")

    private const val FOLDER = "consentkit"
    private const val DATABASE = "consent.db"
    private const val MARKER = "installation"
}
