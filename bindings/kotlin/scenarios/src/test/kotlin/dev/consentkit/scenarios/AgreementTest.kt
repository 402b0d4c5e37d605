package dev.consentkit.scenarios

import dev.consentkit.Actor
import dev.consentkit.AdvertisingIdUnavailable
import dev.consentkit.AgeBand
import dev.consentkit.Answer
import dev.consentkit.ChoiceKind
import dev.consentkit.Consent
import dev.consentkit.ConsentException
import dev.consentkit.Guardian
import dev.consentkit.HistoryEntry
import dev.consentkit.ImportChoice
import dev.consentkit.PendingChange
import dev.consentkit.Platform
import dev.consentkit.PushPermission
import dev.consentkit.Signals
import dev.consentkit.Tracking
import dev.consentkit.testing.FakeConsent
import dev.consentkit.testing.ScriptedAdvertisingId
import dev.consentkit.testing.TestClock
import java.io.File
import java.nio.file.Files
import java.time.Instant
import java.time.ZoneOffset
import kotlin.random.Random
import kotlin.test.assertEquals
import kotlinx.coroutines.runBlocking
import org.junit.Test
import kotlin.time.Duration.Companion.milliseconds

/** How many histories are played, and the seed of the first; the others follow one by one. */
private val HISTORIES = System.getProperty("consentkit.histories").toInt()
private val FIRST_SEED = System.getProperty("consentkit.seed").toInt()

private const val MOST_DEEDS = 16
private const val HOUR_MS = 3_600_000L
private const val DAY_MS = 24 * HOUR_MS

/** The fake and the library, side by side: what one concludes, the other must. */
class AgreementTest {
    /** The first user's policy, with grants that expire, and those of other companies in other countries. */
    private val policies = listOf(
        PolicyChange(
            set = listOf(
                Put("/purposes/cookies.analytics/expires_after_days", strict.readTree("2")),
                Put("/purposes/marketing.sms.night/expires_after_days", strict.readTree("1")),
            ),
        ).of(Surroundings.policy),
    ) + Surroundings.policies.map { it.readText() } + ZONED + ZONED.replace("Europe/Berlin", "Europe/Nowhere") + SILENT + SILENT.replace("\"languages\"", "\"audience\": \"mixed\", \"languages\"")

    @Test
    fun theySayTheSameOfThePolicyInEveryLanguageAndOnEverySystem() = runBlocking {
        for (platform in Platform.entries) {
            for ((language, version) in listOf("ko" to "", "en-US" to "12", "fr" to "14.5.1", "ko-KR" to "nonsense")) {
                for ((at, policy) in policies.withIndex()) {
                    pair(policy, 0, platform, language, version) { fake, real, _ -> assertEquals(real.policy(), fake.policy(), "policy $at, $platform $language $version") }
                }
            }
        }
    }

    @Test
    fun theyAgreeAfterEveryStepOfARandomHistory() = runBlocking {
        val seeds = FIRST_SEED until FIRST_SEED + HISTORIES
        println("agreement of fake and library: seeds $seeds; one again by -Dconsentkit.seed=N -Dconsentkit.histories=1")
        var steps = 0
        for (seed in seeds) {
            val random = Random(seed)
            // The first one has the most to disagree about.
            val policy = if (random.nextBoolean()) policies.first() else policies.random(random)
            pair(policy, random.nextInt(0, 366), Platform.entries.random(random), "ko", "17.5") { fake, real, said ->
                var known = 0L
                val deeds = random.nextInt(1, MOST_DEEDS + 1)
                repeat(deeds) { step ->
                    val deed = deed(random, said)
                    val place = "seed $seed, step $step (${deed.name})"
                    if (HISTORIES == 1) println(place)
                    assertEquals(outcome(real, deed), outcome(fake, deed), place)
                    // Forms are by far the dearest to draw.
                    val drawn = step == deeds - 1 || random.nextInt(4) == 0
                    val ours = seen(fake, known, said.forms.filter { drawn })
                    for ((facet, theirs) in seen(real, known, said.forms.filter { drawn })) assertEquals(theirs, ours[facet], "$place: $facet")
                    known = real.history(after = known).lastOrNull()?.seq ?: known
                    steps += 1
                }
            }
        }
        println("agreement of fake and library: $HISTORIES histories, $steps steps, 0 differences")
    }

    /** What the outside can see of both, whatever stands in hashes and names of operations; of the past what came after a position. */
    private suspend fun seen(consent: Consent, known: Long, forms: List<String>): Map<String, Any?> {
        val snapshot = consent.snapshot
        val purposes = snapshot.answers.map { it.purpose } + "no.such.purpose"
        val each = purposes.associate { "decision about $it" to consent.explain(it) } + snapshot.answers.associateBy { "answer about ${it.purpose}" }
        return each + mapOf(
            "permissions" to purposes.associateWith { consent.allows(it) },
            "google" to snapshot.googleConsent,
            "signals" to listOf(snapshot.signals, snapshot.pushBlocked, snapshot.signedIn),
            "prompt" to consent.nextPrompt(),
            "words" to snapshot.answers.flatMap { it.reasons }.distinct().map(consent::text),
            "held" to consent.unrecorded(),
            "forms" to forms.map { surface ->
                consent.questions(surface).let { form -> listOf(form.language, form.due, form.pullFirst, form.questions) }
            },
            "waiting" to listOf(snapshot.pending, consent.pending().map(::withoutOperation)),
            "history" to consent.history(after = known).map(::withoutHashes),
        )
    }

    private fun withoutOperation(change: PendingChange) = with(change) { PendingChange(kind, purpose, op = "", seq, lowers, stuck) }

    private fun withoutHashes(entry: HistoryEntry) = with(entry) {
        HistoryEntry(seq, at, offset = 0, kind, purpose, status, actor, method, policyVersion, text = null, language, edition, signedIn, source, saidAt)
    }

    private suspend fun outcome(consent: Consent, deed: Deed): Any? = try {
        deed.run(consent)
    } catch (refused: ConsentException) {
        "${refused.code} at ${refused.place}"
    }

    private class Deed(val name: String, val run: suspend (Consent) -> Any?)

    private class Said(val clock: TestClock, val provider: ScriptedAdvertisingId, private val policy: String) {
        private var edition = 1

        /** The next edition of a policy that is short enough to be written anew. */
        fun next(more: String): String? {
            edition += 1
            val document = policy.replace(FIRST, "\"version\": \"$edition\", \"edition\": $edition, $more")
            return document.takeIf { FIRST in policy }
        }

        val brought = mutableListOf<ImportChoice>()
        val purposes = strict.readTree(policy)["purposes"].map { it["id"].textValue() } + "no.such"
        val forms = strict.readTree(policy)["surfaces"]?.map { it.textValue() } ?: listOf("any_form")
    }

    private fun deed(random: Random, said: Said): Deed {
        val purposes = said.purposes.shuffled(random).take(random.nextInt(1, 6))
        val actor = if (random.nextInt(3) == 0) Actor.GUARDIAN else Actor.PERSON
        return when (random.nextInt(11)) {
            0, 1, 2 -> {
                val answers = purposes.map { Answer(it, if (random.nextInt(4) > 0) ChoiceKind.GRANTED else ChoiceKind.REFUSED, actor = actor) }
                Deed("record $answers") { consent ->
                    consent.record(consent.questions(said.forms.last()).shown, answers).let { receipt -> receipt.items.map { it.purpose to it.choice } }
                }
            }
            3 -> Deed("withdraw $purposes") { consent -> consent.withdraw(*purposes.toTypedArray()).pending }
            4 -> signals(random).let { signals -> Deed("report $signals") { it.reportSignals(signals) } }
            5 -> {
                val news = (purposes + purposes.take(1)).map {
                    val at = if (random.nextBoolean()) null else said.clock.now() - random.nextLong(-HOUR_MS * 30, HOUR_MS * 72)
                    ImportChoice(it, ChoiceKind.entries.random(random), at, "older", actor = actor.takeIf { random.nextBoolean() })
                }
                // Some apps bring the same rows at every start.
                val again = said.brought.shuffled(random).take(random.nextInt(1, 6))
                val choices = if (again.isEmpty() || random.nextInt(3) == 0) news else again
                said.brought += choices
                Deed("import $choices") { consent -> consent.import(choices).let { receipt -> receipt.imported.map { it.purpose } to receipt.kept } }
            }
            6 -> {
                when (random.nextInt(4)) {
                    0 -> said.provider.unavailable(AdvertisingIdUnavailable.entries.random(random))
                    1 -> said.provider.gives(limited = true)
                    else -> said.provider.gives("38400000-8cf0-11bd-b23e-10b96e40000${random.nextInt(3)}")
                }
                val ofIds = said.purposes.filter { it.startsWith("ad_id.") } + listOf("marketing.email", "no.such")
                val purpose = ofIds.random(random)
                Deed("advertising id for $purpose") { it.advertisingId(purpose) }
            }
            7 -> {
                val account = "acct_${random.nextInt(2)}"
                when (random.nextInt(4)) {
                    0 -> Deed("sign out") { it.signOut() }
                    1 -> Deed("sign out within") { consent -> consent.signOut(1.milliseconds).waiting.map(::withoutOperation) }
                    else -> Deed("sign in $account") { it.signIn(account) }
                }
            }
            9 -> {
                val day = Instant.ofEpochMilli(said.clock.now() + random.nextLong(2, 9) * DAY_MS).atOffset(ZoneOffset.UTC).toLocalDate()
                val document = said.next("\"effective_on\": \"$day\"") ?: return Deed("nothing") {}
                Deed("announce an edition for $day") { consent ->
                    consent.adoptPolicy(document)
                    consent.announced().map { listOf(it.edition, it.version, it.from, it.daysLeft, it.asksAgain, it.asksFirst) }
                }
            }
            8 -> said.forms.random(random).let { form -> Deed("close the form $form") { it.closed(it.questions(form).shown) } }
            else -> {
                said.clock.advance(random.nextLong(-HOUR_MS * 8, HOUR_MS * 30))
                Deed("time goes by") {}
            }
        }
    }

    private fun signals(random: Random): Signals {
        fun <T> maybe(values: List<T>): T? = values.random(random).takeIf { random.nextBoolean() }
        return Signals(
            tracking = maybe(Tracking.entries),
            gpc = maybe(listOf(true, false)),
            age = maybe(listOf(AgeBand.ABOVE, AgeBand.ABOVE, AgeBand.BELOW, AgeBand.UNKNOWN)),
            guardian = maybe(Guardian.entries),
            push = maybe(PushPermission.entries),
        )
    }

    private suspend fun pair(policy: String, start: Int, platform: Platform, language: String, version: String, look: suspend (FakeConsent, Consent, Said) -> Unit) {
        // The disk is not what is compared: in memory, where the system has a place for that, thousands of histories take minutes.
        val folder = Files.createTempDirectory(MEMORY.takeIf { it.canWrite() }?.toPath() ?: File(System.getProperty("java.io.tmpdir")).toPath(), "agreement").toFile()
        // Any day of a year: the clocks of some zones are changed in it.
        val said = Said(TestClock(TestClock.NOON + start * DAY_MS), ScriptedAdvertisingId(), policy)
        val fake = FakeConsent(policy, platform, language, version, said.clock, said.provider, transport = null)
        val real = Consent.open(folder.resolve("consent.db").path, policy) {
            this.platform = platform
            this.language = language
            osVersion = version
            advertisingId = said.provider
            clock = said.clock
        }
        try {
            look(fake, real, said)
        } finally {
            real.close()
            folder.deleteRecursively()
        }
    }

    private companion object {
        val MEMORY = File("/dev/shm")
        const val FIRST = "\"version\": \"1\""

        /** Its night is Berlin's, where the clocks are changed twice a year. */
        val ZONED = """
            {
              "id": "zoned", "version": "1", "languages": ["en"],
              "night": { "from": "22:00", "until": "06:30", "zone": "Europe/Berlin" },
              "reasons": [
                { "code": "night", "text": { "en": "Not at night." } },
                { "code": "requires", "text": { "en": "First {purpose}." } },
                { "code": "ask_again", "text": { "en": "Once more, please." } }
              ],
              "purposes": [
                { "id": "offers.sms", "title": { "en": "Offers" }, "channel": "sms", "scope": "person" },
                { "id": "offers.night", "title": { "en": "At night" }, "channel": "sms", "scope": "person", "night": true, "requires": ["offers.sms"], "expires_after_days": 1 },
                { "id": "offers.email", "title": { "en": "By mail" }, "channel": "email", "scope": "person", "basis": "opt_out" }
              ]
            }
        """

        /** Half of it is allowed until the person objects. */
        val SILENT = """
            {
              "id": "silent", "version": "1", "languages": ["en"],
              "purposes": [
                { "id": "stats", "title": { "en": "Statistics" }, "basis": "legitimate_interest" },
                { "id": "news", "title": { "en": "News" }, "basis": "opt_out", "scope": "person" },
                { "id": "news.partners", "title": { "en": "Partners" }, "basis": "legitimate_interest", "scope": "person", "sharing": true, "requires": ["news"] },
                { "id": "profile", "title": { "en": "Profile" }, "scope": "person", "requires": ["stats"], "expires_after_days": 2 },
                { "id": "maps", "title": { "en": "Maps" }, "basis": "opt_out", "requires": ["profile"], "expires_after_days": 1 },
                { "id": "orders", "title": { "en": "Orders" }, "basis": "contract" }
              ]
            }
        """
    }
}
