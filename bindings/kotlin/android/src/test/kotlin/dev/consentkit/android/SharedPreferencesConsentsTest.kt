package dev.consentkit.android

import android.content.Context
import dev.consentkit.ChoiceKind
import dev.consentkit.ImportChoice
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import java.util.concurrent.TimeUnit
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** Consents that an older version of the app kept in SharedPreferences. */
@RunWith(RobolectricTestRunner::class)
class SharedPreferencesConsentsTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `dated answers keep their date, version and source`() {
        preferences {
            putBoolean("analytics", true)
            putLong("analytics_at", 1_700_000_000L)
            putString("analytics_text", "v3")
        }
        val read = read(StoredConsent("cookies.analytics", "analytics", "analytics_at", TimeUnit.SECONDS, "analytics_text"))
        assertEquals(
            listOf(ImportChoice("cookies.analytics", ChoiceKind.GRANTED, 1_700_000_000_000L, "old_consents", "v3")),
            read.choices,
        )
    }

    @Test
    fun `an imported yes counts, an undated one is asked again, and twice does no more than once`() {
        preferences {
            putBoolean("analytics", true)
            putLong("analytics_at", 1_700_000_000_000L)
            putString("ads", "Y")
            putInt("measure", 0)
        }
        val consent = phone.launch()
        val old = read(
            StoredConsent("cookies.analytics", "analytics", "analytics_at"),
            StoredConsent("cookies.marketing", "ads"),
            StoredConsent("ad_id.measurement", "measure"),
            StoredConsent("ad_id.personalised_ads", "never_answered"),
        )
        assertEquals(3, runBlocking { consent.import(old.choices) }.imported.size)
        assertTrue(consent.allows("cookies.analytics"))
        assertEquals(listOf("ask_again:undated"), consent.explain("cookies.marketing").reasons.map { it.code })
        assertEquals(listOf("refused"), consent.explain("ad_id.measurement").reasons.map { it.code })
        assertEquals(listOf("not_answered"), consent.explain("ad_id.personalised_ads").reasons.map { it.code })

        val again = runBlocking { consent.import(old.choices) }
        assertEquals(0, again.imported.size)
    }

    @Test
    fun `what is neither a yes nor a no is named and left out`() {
        preferences {
            putString("analytics", "perhaps")
            putFloat("ads", 0.5f)
            putStringSet("measure", setOf("yes"))
            putString("personal", " GRANTED ")
        }
        val read = read(
            StoredConsent("cookies.analytics", "analytics"),
            StoredConsent("cookies.marketing", "ads"),
            StoredConsent("ad_id.measurement", "measure"),
            StoredConsent("ad_id.personalised_ads", "personal"),
        )
        assertEquals(listOf("analytics", "ads", "measure"), read.unreadable)
        assertEquals(listOf("ad_id.personalised_ads"), read.choices.map { it.purpose })
    }

    @Test
    fun `a date that cannot be one counts as unknown, and never fails the import`() {
        for (date in listOf<Any>(0L, -5L, 1L, Long.MAX_VALUE, "yesterday", true)) {
            preferences {
                clear()
                putBoolean("analytics", true)
                when (date) {
                    is Long -> putLong("at", date)
                    is String -> putString("at", date)
                    else -> putBoolean("at", true)
                }
                putString("text", "x".repeat(1000))
            }
            val choice = read(StoredConsent("cookies.analytics", "analytics", "at", versionKey = "text")).choices.single()
            assertEquals(null, choice.saidAt, "$date")
            assertEquals(null, choice.textVersion)
        }
        preferences { putString("at", "1700000000000") }
        assertEquals(1_700_000_000_000L, read(StoredConsent("cookies.analytics", "analytics", "at")).choices.single().saidAt)
    }

    @Test
    fun `a file that is not there holds nothing`() {
        val read = runBlocking { SharedPreferencesConsents(phone.application, "no_such", listOf(StoredConsent("cookies.analytics", "a"))).read() }
        assertTrue(read.choices.isEmpty() && read.unreadable.isEmpty())
        assertFalse(phone.launch().allows("cookies.analytics"))
    }

    private fun read(vararg stored: StoredConsent) =
        SharedPreferencesConsents(phone.application, "old_consents", stored.toList()).readBlocking()

    private fun preferences(edit: android.content.SharedPreferences.Editor.() -> Unit) {
        val preferences = phone.application.getSharedPreferences("old_consents", Context.MODE_PRIVATE)
        check(preferences.edit().apply(edit).commit())
    }
}
