package dev.consentkit

import org.junit.Rule
import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** The JSON form that hosts in other languages read: a change of it is a change of a file. */
class SnapshotJsonTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `the form is the one that Swift writes as well`() {
        val snapshot = Snapshot(
            generation = 7,
            at = 1_795_316_400_000,
            policyVersion = "2.0 \"ä\" \u2028\u0001\uD83D\uDE00",
            pending = 2,
            signedIn = true,
            available = true,
            pushBlocked = true,
            signals = Signals(
                Tracking.DENIED, AdvertisingIdSignal.Unavailable(AdvertisingIdUnavailable.TIMED_OUT), false, AgeBand.ABOVE, Guardian.NOT_VERIFIED, PushPermission.DENIED,
            ),
            answers = listOf(
                PurposeAnswer("cookies.analytics", true, emptyList(), Status.GRANTED),
                PurposeAnswer(
                    "marketing.push", false, listOf(Reason.Requires("marketing.data_use"), Reason.Night), Status.GRANTED, 1_795_320_000_000, true,
                ),
                PurposeAnswer("marketing.sms", false, listOf(Reason.AskAgain(AskAgain.STALE_GRANT)), Status.NOT_ANSWERED),
            ),
            googleConsent = GoogleConsent(analyticsStorage = true),
        )
        val promised = File(System.getProperty("consentkit.root"), "tests/bindings/snapshot.json").readText()
        assertEquals(promised, snapshot.toJson() + "\n")
    }

    @Test
    fun `the docs describe every member and every word of the form, and none that is not there`() {
        val root = File(System.getProperty("consentkit.root"))
        val page = File(root, "docs/snapshot-json.md").readText()
        val described = Regex("(?m)^\\| `(?:[a-z_]+\\.)?(?:\\*\\.)?([a-z_]+)` ").findAll(page).map { it.groupValues[1] }.toSortedSet()
        // A purpose's id has a dot.
        val members = Regex("\"([a-z_]+)\":").findAll(File(root, "tests/bindings/snapshot.json").readText()).map { it.groupValues[1] }.toSortedSet()
        assertEquals(members, described)
        val enums: List<Enum<*>> = Tracking.entries + AdvertisingIdUnavailable.entries + (AgeBand.entries - AgeBand.UNKNOWN) + Guardian.entries + PushPermission.entries + Status.entries
        enums.forEach { assertTrue("`${it.name.lowercase()}`" in page, it.name) }
    }

    @Test
    fun `a text that would end a string or a line is escaped`() {
        val odd = "quote\" back\\slash \n\u0001\u2028\uD800\uD83D\uDE00"
        val json = Snapshot(0, 0, odd, 0, false, false, false, Signals(), emptyList()).toJson()
        assertTrue("\"policy_version\":\"quote\\\" back\\\\slash \\u000a\\u0001\\u2028\\ud800\\ud83d\\ude00\"" in json, json)
    }

    @Test
    fun `every purpose of the policy is in the form of a real snapshot`() {
        val snapshot = phone.open().state.value
        val json = snapshot.toJson()
        snapshot.answers.forEach { assertTrue("\"${it.purpose}\":{\"allowed\":" in json, it.purpose) }
    }
}
