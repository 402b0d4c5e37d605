package dev.consentkit.android

import android.content.Context
import dev.consentkit.ChoiceKind
import dev.consentkit.ConsentException
import dev.consentkit.ImportChoice
import dev.consentkit.android.OlderConsents.Key
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import java.util.Locale
import java.util.TimeZone
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** Consents that an older version of the app kept in SharedPreferences. */
@RunWith(RobolectricTestRunner::class)
class OlderConsentsTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `dated answers keep their date, version and source`() {
        preferences {
            putBoolean("analytics", true)
            putLong("analytics_at", 1_700_000_000L)
            putString("analytics_text", "v3")
        }
        val read = read(Key("cookies.analytics", "analytics", "analytics_at", "analytics_text"))
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
            Key("cookies.analytics", "analytics", "analytics_at"),
            Key("cookies.marketing", "ads"),
            Key("ad_id.measurement", "measure"),
            Key("ad_id.personalised_ads", "never_answered"),
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
            Key("cookies.analytics", "analytics"),
            Key("cookies.marketing", "ads"),
            Key("ad_id.measurement", "measure"),
            Key("ad_id.personalised_ads", "personal"),
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
            val choice = read(Key("cookies.analytics", "analytics", "at", textVersion = "text")).choices.single()
            assertEquals(null, choice.saidAt, "$date")
            assertEquals(null, choice.textVersion)
        }
        preferences { putString("at", "1700000000000") }
        assertEquals(1_700_000_000_000L, read(Key("cookies.analytics", "analytics", "at")).choices.single().saidAt)
    }

    @Test
    fun `f_54 every way in which apps write a date is read, in every locale`() {
        val (locale, zone) = Locale.getDefault() to TimeZone.getDefault()
        val whole = 1_700_000_000_000L // 2023-11-14T22:13:20Z
        try {
            for (language in listOf("ko-KR", "tr-TR", "ar-EG", "th-TH-u-ca-buddhist", "fa-IR")) {
                Locale.setDefault(Locale.forLanguageTag(language))
                TimeZone.setDefault(TimeZone.getTimeZone("Asia/Seoul"))
                for ((written, meant) in listOf<Pair<Any, Long>>(
                    1_700_000_000L to whole, 1_700_000_000 to whole, 1_700_000_000_000L to whole, "1700000000" to whole, "1700000000000" to whole,
                    "1700000000.5" to whole + 500, "1.7000000005E9" to whole + 500, 1_700_000_000_500_000L to whole + 500, "1700000000500000000" to whole + 500,
                    "2023-11-14T22:13:20Z" to whole, "2023-11-14T22:13:20z" to whole, "2023-11-14T22:13:20.5Z" to whole + 500,
                    "2023-11-14T22:13:20.500Z" to whole + 500, "2023-11-14T22:13:20.500999999Z" to whole + 500, "2023-11-14T22:13:20,5Z" to whole + 500,
                    "2023-11-15T07:13:20+09:00" to whole, "2023-11-15T07:13:20.25+0900" to whole + 250, "2023-11-15T07:13:20+09" to whole,
                    "2023-11-14T17:13:20-05:00" to whole, "2023-11-14 22:13:20Z" to whole, "2023-11-14T22:13Z" to whole - 20_000,
                    "2023-11-15T07:13:20" to whole, "2023-11-15 07:13:20.5" to whole + 500, "2023-11-15" to 1_699_974_000_000L, " 2023-11-14T22:13:20Z " to whole,
                )) assertEquals(meant, dateOf(written), "$written in $language")
                for (nonsense in listOf<Any?>(
                    "", "2023-13-01", "2023-02-30", "2023-11-14T25:00:00Z", "2023-11-14T22:13:20+25:99", "14.11.2023", "2023-11-14T22:13:20Zz", "1e999999999", "-1700000000",
                    "٢٠٢٣-١١-١٤", "NaN", "1969-01-01T00:00:00Z", "9999-01-01T00:00:00Z", true, null, setOf("2023-11-14"), "x".repeat(100_000), Float.NaN, Double.MAX_VALUE,
                )) assertEquals(null, dateOf(nonsense), "$nonsense in $language")
            }
        } finally {
            Locale.setDefault(locale)
            TimeZone.setDefault(zone)
        }
    }

    @Test
    fun `f_54 a default that the app itself wrote is no answer`() {
        preferences {
            putBoolean("analytics", false)
            putString("ads", "unset")
            putBoolean("measure", true)
        }
        val read = read(
            Key("cookies.analytics", "analytics", unanswered = false),
            Key("cookies.marketing", "ads", unanswered = "unset"),
            Key("ad_id.measurement", "measure", unanswered = false),
        )
        assertEquals(listOf("ad_id.measurement"), read.choices.map { it.purpose })
        assertEquals(emptyList(), read.unreadable)
    }

    @Test
    @Suppress("UNCHECKED_CAST")
    fun `f_72 null is refused with the argument's name`() {
        fun <T> nothing(): T = null as T
        fun field(call: () -> Unit) = assertFailsWith<ConsentException.Invalid> { call() }.field
        preferences { putBoolean("a", true) }
        assertEquals("context", field { OlderConsents(nothing(), "old_consents", emptyList()) })
        assertEquals("keys", field { OlderConsents(phone.application, "old_consents", nothing()) })
        assertEquals("file", field { OlderConsents(phone.application, nothing(), emptyList()).readBlocking() })
        assertEquals("keys[0]", field { read(nothing()) })
        assertEquals("keys[0].answer", field { read(Key("cookies.analytics", nothing())) })
        assertEquals("keys[0].purpose", field { read(Key(nothing(), "a")) })
        assertEquals("context", field { ConsentAndroid.openBlocking(nothing(), Phone.POLICY) })
        assertEquals("policy", field { ConsentAndroid.openBlocking(phone.application, nothing()) })
        assertEquals("options", field { ConsentAndroid.openBlocking(phone.application, Phone.POLICY, nothing()) })
        assertEquals("consent", field { BackgroundSync.runBlocking(nothing()) })
        assertEquals("context", field { AndroidAdvertisingId(nothing()) })
    }

    @Test
    fun `a file that is not there holds nothing`() {
        val read = runBlocking { OlderConsents(phone.application, "no_such", listOf(Key("cookies.analytics", "a"))).read() }
        assertTrue(read.choices.isEmpty() && read.unreadable.isEmpty())
        assertFalse(phone.launch().allows("cookies.analytics"))
    }

    private fun read(vararg keys: Key) =
        OlderConsents(phone.application, "old_consents", keys.toList()).readBlocking()

    private fun preferences(edit: android.content.SharedPreferences.Editor.() -> Unit) {
        val preferences = phone.application.getSharedPreferences("old_consents", Context.MODE_PRIVATE)
        check(preferences.edit().apply(edit).commit())
    }
}
