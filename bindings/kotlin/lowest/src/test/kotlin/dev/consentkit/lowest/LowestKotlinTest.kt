package dev.consentkit.lowest

import dev.consentkit.Consent
import dev.consentkit.Platform
import dev.consentkit.Reason
import dev.consentkit.testing.FakeConsent
import java.io.File
import java.nio.file.Files
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking

/** What an app does first, on the lowest Kotlin. */
class LowestKotlinTest {
    private val policy = File(System.getProperty("consentkit.policy")).readText()

    @Test
    fun `f_65 the compiler and the standard library are the lowest that is supported`() {
        assertEquals(System.getProperty("consentkit.lowest"), KotlinVersion.CURRENT.toString())
    }

    @Test
    fun `f_65 an app on the lowest Kotlin opens, asks, records and reads`() = runBlocking {
        val folder = Files.createTempDirectory("consentkit-lowest").toFile()
        try {
            val consent = Consent.open(File(folder, "consent.db").path, policy) {
                platform = Platform.ANDROID
                language = "ko"
            }
            val form = consent.questions("first_run")
            consent.record(form.shown) {
                grant("marketing.data_use")
                refuse("marketing.email")
            }
            assertTrue(consent.allows("marketing.data_use"))
            assertEquals(listOf<Reason>(Reason.Refused), consent.explain("marketing.email").reasons)
            assertTrue(consent.state.first().allows("marketing.data_use"))
            consent.close()
        } finally {
            folder.deleteRecursively()
        }
    }

    @Test
    fun `f_65 the tests of such an app use the fake`() {
        val consent = FakeConsent(policy).given("cookies.analytics")
        assertTrue(consent.allows("cookies.analytics"))
        assertFalse(consent.allows("cookies.marketing"))
    }
}
