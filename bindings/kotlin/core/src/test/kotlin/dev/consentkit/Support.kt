package dev.consentkit

import org.junit.rules.ExternalResource
import org.junit.rules.TemporaryFolder
import java.io.Closeable
import java.io.File
import java.net.HttpURLConnection
import java.net.URL

/** The example's policy: a whole Korean one. */
val POLICY: String = File(System.getProperty("consentkit.policy")).readText()

/** Noon in Korea, 2023-11-15: no night holds anything back. */
const val NOON = 1_700_017_200_000

/** Time that stands still until it is set. */
class FakeClock(@Volatile var now: Long) : ConsentClock {
    override fun now(): Long = now
}

/** A folder of its own for each test, and what was opened in it closed at the end. */
class Phone : ExternalResource() {
    private val folder = TemporaryFolder()
    private val opened = mutableListOf<Consent>()

    override fun before() = folder.create()

    override fun after() {
        opened.forEach { it.close() }
        folder.delete()
    }

    val root: File get() = folder.root

    fun path(name: String = "consent.db"): String = File(root, name).path

    /** Syncs only where the test asks for it, unless it says otherwise. */
    fun open(name: String = "consent.db", policy: String = POLICY, options: ConsentOptions.() -> Unit = {}): Consent =
        Consent.options(path(name), policy).language("ko").clock(FakeClock(NOON)).syncsByItself(false).apply(options).openBlocking().also { opened += it }
}

fun Consent.answer(vararg granted: String, refused: List<String> = emptyList()): Receipt {
    val answers = Answers()
    granted.forEach { answers.grant(it) }
    refused.forEach { answers.refuse(it) }
    return recordBlocking(questionsBlocking("settings").shown, answers)
}

/** The reference server in a process of its own, in memory. */
class ReferenceServer : Closeable {
    private val process = ProcessBuilder(System.getProperty("consentkit.server"), "--in-memory", "--listen", "127.0.0.1:0", "--policy", System.getProperty("consentkit.policy"))
        .apply { environment()["CONSENTKIT_OPERATOR_KEY"] = KEY }
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start()

    val url: String = process.inputStream.bufferedReader().lineSequence().first { it.startsWith("listening on ") }.removePrefix("listening on ")

    /** What the company's log-in would give. */
    fun token(subject: String): String = Regex("\"token\":\"([^\"]+)\"").find(operate("POST", "/v1/subjects/$subject/token"))!!.groupValues[1]

    fun operate(method: String, path: String, body: String = ""): String {
        val connection = URL(url + path).openConnection() as HttpURLConnection
        connection.requestMethod = method
        connection.setRequestProperty("Authorization", "Bearer $KEY")
        if (body.isNotEmpty()) {
            connection.doOutput = true
            connection.outputStream.use { it.write(body.toByteArray()) }
        }
        return connection.inputStream.use { String(it.readBytes()) }
    }

    override fun close() {
        process.destroyForcibly().waitFor()
    }

    private companion object {
        const val KEY = "operator-key-of-the-tests-only-0123456789"
    }
}
