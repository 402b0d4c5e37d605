package dev.consentkit

import org.junit.Rule
import java.io.File
import java.util.concurrent.TimeUnit
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** A disk that takes no more: the system refuses whatever would make a file longer, as it does on a full one. */
class FullDiskTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `f_28 on a disk that takes no more a withdrawal counts at once, and the next start records it`() {
        val java = File(System.getProperty("java.home"), "bin/java").path
        val settings = listOf("library", "policy").map { "-D${if (it == "library") "jna.library.path" else "consentkit.policy"}=" + System.getProperty("consentkit.$it") }
        val program = listOf(java) + settings + listOf("-cp", System.getProperty("java.class.path"), "dev.consentkit.FullDiskKt", phone.path())
        // The limit is of each file that the process writes. The library's own is a few hundred kilobytes long.
        val child = ProcessBuilder(listOf("sh", "-c", "ulimit -f 1200; exec \"$@\"", "sh") + program).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        val said = child.inputStream.bufferedReader().readLines()
        assertTrue(child.waitFor(30, TimeUnit.SECONDS))
        assertEquals(0, child.exitValue(), "$said")

        val (told, allowed, held) = said
        assertEquals("false", allowed)
        assertEquals(if (told.isEmpty()) "" else "marketing.email", held, "what is not on disk is listed")
        val consent = phone.open()
        assertTrue(consent.verifyBlocking().ok)
        assertTrue(consent.allows("marketing.data_use"))
        // It lay in the mailbox, or in the room that is kept for a no.
        assertEquals(Status.WITHDRAWN, consent.snapshot.answer("marketing.email")?.status)
        assertEquals(1, consent.pendingBlocking().count { it.purpose == "marketing.email" && it.lowers }, "once")
        assertEquals(emptyList(), consent.unrecorded())
    }
}
