package dev.consentkit

import dev.consentkit.internal.InternalException
import dev.consentkit.internal.typed
import org.junit.Test
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** What goes to a crash reporter, and what the docs say of it. */
class ErrorsTest {
    @Test
    fun `what a panic of the core says stays inside, for it may quote what was stored`() {
        val fault = assertFailsWith<ConsentException.Internal> { typed { throw InternalException("index out of bounds: kim@example.com") } }
        assertFalse("kim" in fault.stackTraceToString(), "what a crash reporter is given")
        assertEquals("internal", fault.code)
    }

    @Test
    fun `the docs have a row for every exception, and name those that Swift has not`() {
        val page = File(System.getProperty("consentkit.root"), "docs/errors.md").readText()
        val cases = ConsentException::class.java.declaredClasses.filter { ConsentException::class.java.isAssignableFrom(it) }.map { it.simpleName }
        val swift = File(System.getProperty("consentkit.root"), "bindings/swift/Sources/ConsentKitBase/Types/ConsentError.swift").readText()
        assertTrue(cases.size > 10 && "case shutDown" in swift)
        for (case in cases) {
            assertTrue("\n| `$case`" in page, case)
            val both = "case ${case.replaceFirstChar { it.lowercase() }}" in swift
            assertEquals(!both, Regex("\n\\| `$case` [^|]*(Kotlin alone|in Swift)").containsMatchIn(page), case)
        }
    }
}
