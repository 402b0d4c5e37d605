package dev.consentkit

import org.junit.Rule
import java.io.File
import java.util.concurrent.TimeUnit
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** The process is killed while it writes: what was acknowledged is there, and the file is whole. */
class ProcessEndTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `what was acknowledged before the kill is there after it, and the file is whole`() {
        for (kills in listOf(1, 7, 20)) {
            val path = phone.path("$kills.db")
            val java = File(System.getProperty("java.home"), "bin/java").path
            val library = "-Djna.library.path=" + System.getProperty("consentkit.library")
            val policy = "-Dconsentkit.policy=" + System.getProperty("consentkit.policy")
            val command = listOf(java, library, policy, "-cp", System.getProperty("java.class.path"), "dev.consentkit.ProcessEndKt", path)
            val child = ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start()
            val acknowledged = child.inputStream.bufferedReader().lineSequence().take(kills).last().toLong()
            // SIGKILL on Unix: nothing in the process has a last word.
            child.destroyForcibly()
            assertTrue(child.waitFor(30, TimeUnit.SECONDS))

            val consent = phone.open("$kills.db")
            assertTrue(consent.verifyBlocking().ok)
            val choices = consent.historyBlocking(0, 1_000).filter { it.kind == "choice" }
            assertTrue(choices.any { it.seq == acknowledged }, "record $acknowledged is gone")
            // All of a form or nothing of it.
            assertEquals(0, choices.size % 2)
        }
    }
}
