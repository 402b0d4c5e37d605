package dev.consentkit.scenarios

import com.fasterxml.jackson.databind.JsonNode
import dev.consentkit.AccountTokens
import dev.consentkit.AdvertisingIdAnswer
import dev.consentkit.AdvertisingIdUnavailable
import dev.consentkit.AdvertisingIdSource
import dev.consentkit.Consent
import dev.consentkit.HttpRequest
import dev.consentkit.HttpResponse
import dev.consentkit.HttpTransport
import dev.consentkit.HttpUrlConnectionTransport
import dev.consentkit.Platform
import dev.consentkit.testing.FakeConsent
import dev.consentkit.testing.TestClock
import java.io.File
import java.util.concurrent.atomic.AtomicLong

private const val DATABASE = "consent.db"
private const val JOURNAL = "consent.db-wal"
private const val MARKER = "marker"

/** What a device is opened with. */
data class Settings(val platform: Platform, val osVersion: String, val language: String, val policy: String)

/** One device: its clock, what its platform answers, and its app. */
abstract class Phone(var settings: Settings, now: Long) : AutoCloseable {
    val clock = TestClock(now)
    val provider = Provider()
    private var opened: Consent? = null

    /** The token of the form on the screen. */
    var form: dev.consentkit.Shown? = null

    /** How many requests went out since its first open. */
    abstract val requests: Long

    val consent: Consent get() = opened ?: throw Fault("the device is not open")

    /** Starts the app's process anew; a form on the screen dies with the old one. */
    suspend fun start() {
        form = null
        val before = opened
        opened = null
        opened = open(before)
    }

    /** Begins with another phone's file; its marker comes along only where it is said. */
    abstract fun copyFrom(other: Phone, withMarker: Boolean)

    protected abstract suspend fun open(before: Consent?): Consent

    override fun close() {
        opened?.close()
    }
}

/** The public API on the native library, with a folder of its own. */
class RealPhone(settings: Settings, now: Long, private val folder: File, private val server: Server?) : Phone(settings, now) {
    private val wire = Wire()

    override val requests: Long get() = wire.requests.get()

    override suspend fun open(before: Consent?): Consent {
        before?.close()
        val settings = settings
        return Consent.open(folder.resolve(DATABASE).path, settings.policy) {
            marker = folder.resolve(MARKER).path
            platform = settings.platform
            osVersion = settings.osVersion
            language = settings.language
            appVersion = "1.0"
            server = this@RealPhone.server?.url
            syncsByItself = false
            transport = wire
            tokens = this@RealPhone.server?.let { host -> AccountTokens { subject, _ -> host.token(subject) } }
            advertisingId = provider
            clock = this@RealPhone.clock
        }
    }

    override fun copyFrom(other: Phone, withMarker: Boolean) {
        if (other !is RealPhone) throw Fault("only a phone with a file can be copied")
        for (name in listOf(DATABASE, JOURNAL)) {
            val from = other.folder.resolve(name)
            if (from.exists()) from.copyTo(folder.resolve(name), overwrite = true)
        }
        // A clone of the whole disk, on which the database has the number that it had: the marker's line that names it is left out.
        if (withMarker) folder.resolve(MARKER).writeText(other.folder.resolve(MARKER).readLines().first())
    }
}

/** The fake for app developers. */
class FakePhone(settings: Settings, now: Long) : Phone(settings, now) {
    override val requests: Long get() = 0

    override suspend fun open(before: Consent?): Consent =
        (before as FakeConsent?)?.relaunched()
            ?: FakeConsent(settings.policy, settings.platform, settings.language, settings.osVersion, clock, provider, transport = null)

    override fun copyFrom(other: Phone, withMarker: Boolean): Unit = throw Fault("a fake has no file that could be copied")
}

/** The platform's provider, which answers as the step says. */
class Provider : AdvertisingIdSource {
    @Volatile
    private var answer: JsonNode? = null

    @Volatile
    var wasAsked = false
        private set

    /** Sets the next answer. */
    fun answers(answer: JsonNode?) {
        if (answer != null) read(answer)
        this.answer = answer
        wasAsked = false
    }

    override fun advertisingId(): AdvertisingIdAnswer {
        wasAsked = true
        return read(answer ?: error("the scenario gives no answer"))()
    }

    private fun read(answer: JsonNode): () -> AdvertisingIdAnswer {
        if (answer.textValue() == "throws") return { error("the provider throws") }
        val id = answer["id"]?.let { strict.treeToValue(it, GivenId::class.java) }
        val kind = answer["unavailable"]?.textValue()?.let { word<AdvertisingIdUnavailable>(it) }
        return when {
            answer.size() != 1 -> null
            id != null -> ({ AdvertisingIdAnswer.Id(id.value, id.limited) })
            kind != null -> ({ AdvertisingIdAnswer.Unavailable(kind) })
            else -> null
        } ?: throw Fault("the provider cannot answer $answer")
    }
}

private class GivenId(val value: String, val limited: Boolean = false)

/** Counts what goes out. */
private class Wire : HttpTransport {
    private val real = HttpUrlConnectionTransport()
    val requests = AtomicLong()

    override fun send(request: HttpRequest): HttpResponse {
        requests.incrementAndGet()
        return real.send(request)
    }
}
