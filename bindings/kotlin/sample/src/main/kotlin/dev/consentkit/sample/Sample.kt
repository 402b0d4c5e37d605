package dev.consentkit.sample

import dev.consentkit.AccountTokens
import dev.consentkit.Consent
import dev.consentkit.HttpTransport
import dev.consentkit.HttpUrlConnectionTransport
import dev.consentkit.Platform
import dev.consentkit.TransportException
import kotlinx.coroutines.runBlocking
import java.io.File
import java.net.HttpURLConnection
import java.net.URL
import java.nio.file.Files

/** The story of a first day: nothing is allowed, the person answers, the phone is offline, the server hears of it, the person withdraws. */
fun main() = runBlocking {
    val server = System.getenv("CONSENTKIT_SERVER") ?: error("start me by `cargo xtask kotlin --sample`, which starts the server too")
    val folder = Files.createTempDirectory("consentkit-sample").toFile()
    var online = false

    val consent = Consent.open(File(folder, "consent.db").path, File(System.getProperty("consentkit.policy")).readText()) {
        platform = Platform.ANDROID
        language = "ko"
        this.server = server
        tokens = AccountTokens { subject, _ -> if (online) logIn(server, subject) else null }
        // The story tells each sync itself.
        syncsByItself = false
        transport = HttpTransport { request ->
            if (!online) throw TransportException.Unreachable("flight mode")
            HttpUrlConnectionTransport().send(request)
        }
    }
    consent.use {
        tell("1. Before anybody was asked, nothing is allowed")
        tell("   e-mail", consent.allows("marketing.email"), consent.explain("marketing.email").reasons.map { it.code })

        tell("2. The form of the first run asks, with nothing ticked")
        val form = consent.questions("first_run")
        form.questions.take(3).forEach { tell("   ${it.notice.title}", it.startsOn, listOf(it.why.code)) }

        tell("3. The person answers; it is on disk when the call returns")
        val receipt = consent.record(form.shown) {
            grant("marketing.data_use")
            grant("marketing.email")
            refuse("marketing.sms")
        }
        tell("   e-mail", consent.allows("marketing.email"), receipt.items.map { "record ${it.seq}" })

        tell("4. The phone is offline: saved on this phone, not yet sent")
        consent.signIn("acct_81")
        val offline = consent.sync()
        tell("   ${offline.state}", offline.pending == 0L, offline.troubles.map { it.code } + "${offline.pending} wait")

        tell("5. Online again, the server takes all of it")
        online = true
        consent.connectivityRestored()
        val sent = consent.sync()
        tell("   ${sent.state}", sent.pending == 0L, listOf("${sent.acknowledged} acknowledged"))

        tell("6. A withdrawal needs no form and no network, and holds at once")
        consent.withdraw("marketing.email")
        tell("   e-mail", consent.allows("marketing.email"), consent.explain("marketing.email").reasons.map { it.text("ko") })

        tell("7. The ledger proves itself")
        tell("   ${consent.history().size} records", consent.verify().ok, emptyList())
        check(offline.pending > 0 && sent.pending == 0L && !consent.allows("marketing.email") && consent.verify().ok) { "the story does not hold" }
    }
    folder.deleteRecursively()
    Unit
}

private fun tell(what: String, yes: Boolean? = null, more: List<String> = emptyList()) =
    println(what + (if (yes == null) "" else if (yes) ": yes" else ": no") + more.joinToString(", ", if (more.isEmpty()) "" else "  (", if (more.isEmpty()) "" else ")"))

/** The company's log-in: here the reference server's operator mints the token. */
private fun logIn(server: String, subject: String): String? {
    val connection = URL("$server/v1/subjects/$subject/token").openConnection() as HttpURLConnection
    connection.requestMethod = "POST"
    connection.setRequestProperty("Authorization", "Bearer ${System.getenv("CONSENTKIT_OPERATOR_KEY")}")
    return Regex("\"token\":\"([^\"]+)\"").find(connection.inputStream.use { String(it.readBytes()) })?.groupValues?.get(1)
}
