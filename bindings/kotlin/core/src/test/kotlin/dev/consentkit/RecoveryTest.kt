package dev.consentkit

import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test

/** A damaged file, one that was put back, and a disk that takes nothing: what an app is told, and what it can do. */
class RecoveryTest {
    @get:Rule
    val phone = Phone()

    private val clock = FakeClock(NOON)
    private val heard = mutableListOf<String>()

    private fun options() = Consent.options(phone.path(), POLICY).clock(clock).log { heard += it.name }

    /** A person who agreed to two purposes and took one of them back. */
    private fun withdrawn() = runBlocking {
        val consent = options().open()
        consent.grant("marketing.data_use", "marketing.email")
        consent.withdraw("marketing.email")
        consent.close()
    }

    private val told = mutableListOf<String>()

    private fun tell(text: String) {
        told += text
    }

    // As docs/kotlin.md shows it.
    suspend fun openOrRecover(path: String, policy: String, configure: ConsentOptions.() -> Unit): Consent {
        val options = Consent.options(path, policy).apply(configure)
        return try {
            options.open()
        } catch (_: ConsentException.Damaged) {
            val saved = options.recover()
            tell("${saved.records} records were saved, ${saved.lost} are gone")
            options.open()
        }
    }

    private suspend fun Consent.grant(vararg purposes: String) =
        record(questions("settings").shown, purposes.map { Answer(it, ChoiceKind.GRANTED) })

    private fun file(ending: String = "") = File(phone.path() + ending)

    @Test
    fun `f_27 a damaged file is recovered, and a withdrawal in it counts`() = runBlocking {
        withdrawn()
        file().replace("\"kind\":\"anonymous\"", "\"kind\":\"anonymouS\"")
        assertFailsWith<ConsentException.Damaged> { options().open() }
        heard.clear()
        val saved = options().recover()
        assertEquals(listOf("recovered"), heard)
        assertTrue(saved.records >= 4 && saved.lost == 0L && saved.noes == 1L, "$saved")
        assertTrue(File(saved.aside).exists(), "the damaged file is kept")
        val consent = options().open()
        assertEquals(Status.WITHDRAWN, consent.snapshot.answer("marketing.email")?.status)
        assertFalse(consent.allows("marketing.data_use"), "what was granted is asked again")
        assertEquals(0L, assertNotNull(consent.rolledBack()).records)
        assertEquals(listOf("marketing.email"), consent.pending().filter { it.lowers }.map { it.purpose })
        consent.grant("marketing.data_use")
        assertTrue(consent.allows("marketing.data_use"))
        consent.close()
    }

    @Test
    fun `f_27 the guide's way out of a damaged file leads to an open one`() = runBlocking {
        withdrawn()
        file().replace("\"kind\":\"anonymous\"", "\"kind\":\"anonymouS\"")
        val consent = openOrRecover(phone.path(), POLICY) { clock = this@RecoveryTest.clock }
        assertTrue(told.single().endsWith(" records were saved, 0 are gone"), "$told")
        assertFalse(consent.allows("marketing.email"))
        consent.close()
    }

    @Test
    fun `f_27 a file that is not damaged is left alone`() = runBlocking {
        withdrawn()
        val refused = assertFailsWith<ConsentException.Invalid> { options().recover() }
        assertEquals("path", refused.field)
        assertEquals(listOf("failed"), heard.takeLast(1))
        val consent = options().open()
        assertTrue(consent.allows("marketing.data_use"))
        assertNull(consent.rolledBack())
        consent.close()
    }

    @Test
    fun `f_24 a file that was put back says how many records are gone, and nothing granted counts`() = runBlocking {
        val before = File.createTempFile("earlier", ".db")
        options().open().close()
        file().copyTo(before, overwrite = true)
        withdrawn()
        before.copyTo(file(), overwrite = true)
        file("-wal").delete()
        val consent = options().open()
        val lost = assertNotNull(consent.rolledBack())
        assertEquals(3L, lost.records)
        consent.rolledBack()?.let { lost -> tell("What was said since ${lost.since} is gone: please look at your choices again.") }
        assertEquals(1, told.size)
        assertFalse(consent.allows("marketing.data_use"))
        consent.grant("marketing.data_use")
        assertTrue(consent.allows("marketing.data_use"))
        consent.close()
        before.delete()
        Unit
    }

    private fun File.replace(old: String, new: String) {
        val bytes = readBytes()
        val at = bytes.indexOf(old.toByteArray())
        check(at >= 0 && old.length == new.length) { "$old is not in the file" }
        new.toByteArray().copyInto(bytes, at)
        writeBytes(bytes)
    }

    private fun ByteArray.indexOf(part: ByteArray): Int =
        (0..size - part.size).firstOrNull { at -> part.indices.all { this[at + it] == part[it] } } ?: -1
}
