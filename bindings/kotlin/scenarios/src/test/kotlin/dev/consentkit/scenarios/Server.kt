package dev.consentkit.scenarios

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.MissingNode
import java.io.File
import java.net.HttpURLConnection
import java.net.URI
import java.util.concurrent.TimeUnit

private const val OPERATOR_KEY = "operator-key-of-the-tests"
private const val LISTENING = "listening on "
private const val EXCHANGE_MS = 10_000
private const val STOP_SECONDS = 20L

/** The reference server as a process of its own. Address, database and operator key stay through every stop. */
class Server(private val folder: File, policy: String) : AutoCloseable {
    private val database = folder.resolve("server.db")
    private val backup = folder.resolve("backup.db")
    private val policies = mutableListOf<File>()
    private var running: Process? = null
    private var listen = "127.0.0.1:0"

    init {
        keep(policy)
        up()
    }

    val url: String get() = "http://$listen"

    fun up() {
        if (running != null) return
        val policyOptions = policies.flatMap { listOf("--policy", it.path) }
        val command = listOf(Surroundings.server.path, "--listen", listen, "--database", database.path) + policyOptions
        val builder = ProcessBuilder(command).redirectErrorStream(true)
        builder.environment()["CONSENTKIT_OPERATOR_KEY"] = OPERATOR_KEY
        val process = builder.start()
        running = process
        val said = mutableListOf<String>()
        val lines = process.inputStream.bufferedReader()
        while (true) {
            val line = lines.readLine() ?: throw Fault("the server did not start: $said")
            said += line
            if (line.startsWith(LISTENING)) break
        }
        listen = said.last().removePrefix(LISTENING).removePrefix("http://")
    }

    /** Stops it; from now on connections are refused. */
    fun down() {
        val process = running ?: return
        running = null
        process.destroy()
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly()
            throw Fault("the server did not stop in $STOP_SECONDS s")
        }
    }

    /** Restarts it with one more policy document. */
    fun publish(policy: String) {
        down()
        keep(policy)
        up()
    }

    fun backUp() = copy(database, backup)

    /** Puts the backup in the database's place: what came since is lost. */
    fun restore() = copy(backup, database)

    override fun close() = down()

    private fun keep(policy: String) {
        policies += folder.resolve("policy-${policies.size}.json").apply { writeText(policy) }
    }

    private fun copy(from: File, to: File) {
        down()
        // A stopped server leaves no write-ahead log: the one file is everything.
        for (journal in listOf("-wal", "-shm")) {
            File(to.path + journal).delete()
            check(!File(from.path + journal).exists()) { "the server left a journal" }
        }
        from.copyTo(to, overwrite = true)
        up()
    }

    /** Calls an operator's endpoint; gives status and body. */
    fun operate(method: String, path: String, body: JsonNode? = null): Pair<Int, JsonNode> {
        val connection = URI("$url$path").toURL().openConnection() as HttpURLConnection
        connection.requestMethod = method
        connection.connectTimeout = EXCHANGE_MS
        connection.readTimeout = EXCHANGE_MS
        connection.setRequestProperty("Authorization", "Bearer $OPERATOR_KEY")
        connection.setRequestProperty("Content-Type", "application/json")
        if (method == "POST") {
            connection.doOutput = true
            connection.outputStream.use { it.write(body?.toString().orEmpty().toByteArray()) }
        }
        val status = connection.responseCode
        val stream = if (status < 400) connection.inputStream else connection.errorStream
        val text = stream?.use { it.readBytes().decodeToString() }.orEmpty()
        return status to if (text.isEmpty()) MissingNode.getInstance() else strict.readTree(text)
    }

    /** The token of an account, as the app's log-in would get it. */
    fun token(subject: String): String? = operate("POST", "/v1/subjects/$subject/token").second.path("token").textValue()

    /** What the server knows of a subject: its states and its newest changes. */
    fun subject(subject: String): JsonNode = operate("GET", "/v1/subjects/$subject").second

    /** Where a purpose stands; `not_answered` where the server knows nothing. */
    fun status(subject: String, purpose: String): String {
        val state = subject(subject).path("states").find { it.path("purpose").textValue() == purpose }
        return state?.path("status")?.textValue() ?: "not_answered"
    }
}
