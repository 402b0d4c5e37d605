package app

import dev.consentkit.testing.FakeCall
import dev.consentkit.testing.FakeConsent
import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking

class AppTest {
    @Test
    fun `the fake comes by its coordinates and needs no native library`() = runBlocking {
        val consent = FakeConsent(File(System.getProperty("policy")).readText()).given("marketing.data_use", "marketing.email")
        assertTrue(consent.allows("marketing.email"))
        consent.withdraw("marketing.email")
        assertEquals(listOf<FakeCall>(FakeCall.Withdraw(listOf("marketing.email"))), consent.recorded)
    }
}
