package dev.consentkit

import dev.consentkit.internal.openConsent
import dev.consentkit.internal.recoverFile
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withContext

/**
 * What a [Consent] is opened with. In Kotlin set the properties in [Consent.open]; in Java chain the methods of the same names and
 * end with [openBlocking].
 */
public class ConsentOptions internal constructor(
    internal val path: String,
    internal val policy: String,
) {
    /** The platform. */
    public var platform: Platform = Platform.DESKTOP

    /** The person's language, BCP 47. The policy's first language stands in for one it lacks. */
    public var language: String = "ko"

    /** The operating system's version, such as `14`; empty where unknown. */
    public var osVersion: String = ""

    /** The app's version, for the records; may be empty. */
    public var appVersion: String = ""

    /** The server's address, https (loopback excepted). `null` keeps everything on the device. */
    public var server: String? = null

    /**
     * A second file that no backup copies; where it does not name the database's installation, the database is a copy from another
     * phone. `null` leaves that check out.
     */
    public var marker: String? = null

    /** Carries the requests; `null` takes [HttpUrlConnectionTransport]. */
    public var transport: HttpTransport? = null

    /** The account's tokens; needed to sync after [Consent.signIn]. */
    public var tokens: AccountTokens? = null

    /** The advertising id; `null` refuses every request for it. */
    public var advertisingId: AdvertisingIdSource? = null

    /**
     * Sends what was said without being asked: a second after it was written, at open, and where [Consent.syncSoon] asks for it, as the Android
     * package does at a return to the foreground and when the network comes back. Sends nothing before a first answer or a sign-in (KR-19).
     * Where another sync runs it does nothing, and [Consent.sync] ends it and takes its place. `false` leaves every sync to the app.
     */
    public var syncsByItself: Boolean = true

    /** A clock for tests; `null` is the system's. */
    public var clock: ConsentClock? = null

    /** Hears what the library does; `null` is silence. */
    public var log: ConsentLog? = null

    /** How long the advertising-id source is waited for; a test need not wait that long. */
    internal var advertisingIdTimeoutMillis: Long = 3_000

    /** Sets [platform]. */
    public fun platform(platform: Platform): ConsentOptions = apply { this.platform = platform }

    /** Sets [language]. */
    public fun language(language: String): ConsentOptions = apply { this.language = language }

    /** Sets [osVersion]. */
    public fun osVersion(osVersion: String): ConsentOptions = apply { this.osVersion = osVersion }

    /** Sets [appVersion]. */
    public fun appVersion(appVersion: String): ConsentOptions = apply { this.appVersion = appVersion }

    /** Sets [server]. */
    public fun server(server: String?): ConsentOptions = apply { this.server = server }

    /** Sets [marker]. */
    public fun marker(marker: String?): ConsentOptions = apply { this.marker = marker }

    /** Sets [transport]. */
    public fun transport(transport: HttpTransport?): ConsentOptions = apply { this.transport = transport }

    /** Sets [tokens]. */
    public fun tokens(tokens: AccountTokens?): ConsentOptions = apply { this.tokens = tokens }

    /** Sets [advertisingId]. */
    public fun advertisingId(source: AdvertisingIdSource?): ConsentOptions = apply { advertisingId = source }

    /** Sets [syncsByItself]. */
    public fun syncsByItself(syncsByItself: Boolean): ConsentOptions = apply { this.syncsByItself = syncsByItself }

    /** Sets [clock]. */
    public fun clock(clock: ConsentClock?): ConsentOptions = apply { this.clock = clock }

    /** Sets [log]. */
    public fun log(log: ConsentLog?): ConsentOptions = apply { this.log = log }

    /** Opens on a worker thread. See [Consent.open]. */
    public suspend fun open(): Consent {
        // Not to be cancelled halfway: an open file that nobody holds would stay open.
        val opened = withContext(NonCancellable + Dispatchers.IO) { openBlocking() }
        try {
            currentCoroutineContext().ensureActive()
        } catch (ended: CancellationException) {
            // What closing finds wrong stands beside the cancellation, which must come through as one.
            withContext(NonCancellable + Dispatchers.IO) {
                try {
                    opened.close()
                } catch (fault: ConsentException) {
                    ended.addSuppressed(fault)
                }
            }
            throw ended
        }
        return opened
    }

    /** Opens on the calling thread, which blocks on the disk. See [Consent.open]. */
    public fun openBlocking(): Consent = openConsent(this)

    /** Recovers a damaged file, on a worker thread. See [recoverBlocking]. */
    public suspend fun recover(): Recovered = withContext(NonCancellable + Dispatchers.IO) { recoverBlocking() }

    /**
     * Recovers a file that opening refused as damaged, or as no database though it is the app's own: moves it aside, and carries over into a fresh
     * one what can still be read. Every refusal and withdrawal that was saved counts, and is sent where the server has not
     * acknowledged it. Nothing that was granted counts until a sync shows it or the person answers again, and nobody is signed in. Open it
     * afterwards, with the same options. Blocks on the disk, for as long as the history is long.
     *
     * @throws ConsentException where the file is not damaged ([ConsentException.Invalid]), or cannot be read now; it is untouched then.
     */
    public fun recoverBlocking(): Recovered = recoverFile(this)
}
