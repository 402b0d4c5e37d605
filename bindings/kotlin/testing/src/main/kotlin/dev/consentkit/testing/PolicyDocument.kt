package dev.consentkit.testing

import dev.consentkit.Reason
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement

/** What a decision and a form need of a policy document. Whether the document is a good one is for the library itself to say. */
internal class PolicyDocument private constructor(
    /** The document as it was given, with what only a privacy page shows. */
    val whole: JsonElement,
) {
    val id: String = whole.needWord("id")
    val version: String = whole.needWord("version")
    val edition: Long = whole["edition"].number ?: 1

    /** The laws that it is held to. What none of them asks for and the document does not say is not there. */
    val regimes: List<String> = whole["regimes"].words

    /** The days on which it was announced and takes effect, as it writes them: year first, so that the later one is the greater. */
    val announcedOn: String? = whole["announced_on"].word
    val effectiveOn: String? = whole["effective_on"].word

    /** The first moment at which it counts, in the zone of the law that it is held to; one that names no day counts at once. */
    val effectiveFrom: Long = effectiveOn?.let { dayBegins(it, if (KOREA in regimes) KOREA_OFFSET_MINUTES else 0) } ?: Long.MIN_VALUE
    val languages: List<String> = whole["languages"].words
    val surfaces: List<String> = whole["surfaces"].words
    val audience: Audience = whole["audience"].word?.let { entry<Audience>(it) } ?: Audience.ADULT

    /** From which age a person consents alone, in years. */
    val ageOfConsent: Long = whole["age_of_consent"].number ?: DEFAULT_AGE_OF_CONSENT

    /** The hours that need a separate consent: its own, or those of its laws; `null` where there are none. */
    val quietHours: Night? = whole["night"]?.let { Night.read(it) } ?: KOREAN_NIGHT.takeIf { KOREA in regimes }

    /** How many days a form stays away that was closed. */
    val coolDownDays: Long = whole["cool_down_days"].number ?: if (KOREA in regimes) KOREAN_COOL_DOWN_DAYS else 0
    val purposes: List<Purpose> = whole.need("purposes").list.map(::Purpose)
    val thirdParties: List<JsonElement> = whole["third_parties"].list
    val transfers: List<JsonElement> = whole["transfers"].list
    private val items = whole["items"].list.associate { it.needWord("id") to it["label"].text }
    private val byId = purposes.associateBy { it.id }

    fun purpose(id: String): Purpose? = byId[id]

    /**
     * True where messages of a channel need the separate consent in the quiet hours. A policy exempts no electronic channel that its laws do
     * not.
     */
    fun needsNightConsent(channel: String): Boolean {
        val defined = whole["channels"].list.find { it["id"].word == channel }
        if (defined["electronic"].word == "false") return false
        val hasNight = defined["night"].word != "false"
        return hasNight && quietHours?.restricts(channel) == true || KOREA in regimes && KOREAN_NIGHT.restricts(channel)
    }

    /** True where a form asks for a purpose. Where the policy names no form, each asks for all. */
    fun asks(surface: String, purpose: Purpose): Boolean = surfaces.isEmpty() || surface in purpose.surfaces

    /** The declared language nearest to an asked one. */
    fun language(asked: String): String = nearest(languages, asked) ?: asked

    /** A text in a language, in the first language where that is missing, empty where both are. */
    fun text(text: JsonElement?, language: String): String = text.text.let { it[language] ?: it[languages.firstOrNull()] }.orEmpty()

    /**
     * The document's own words for a reason, in the declared language nearest to the asked one; those for its family where it has none for the
     * reason itself. `null` where it has neither.
     */
    fun ownWords(reason: Reason, asked: String): String? {
        fun words(code: String) = whole["reasons"].list.find { it["code"].word == code }
        val own = words(reason.code) ?: words(reason.code.substringBefore(':')) ?: return null
        val language = language(asked)
        val text = text(own["text"], language)
        return if (reason is Reason.Requires) text.replace("{purpose}", title(reason.purpose, language)) else text
    }

    private fun title(id: String, language: String): String = purpose(id)?.let { text(it.whole["title"], language) } ?: id

    /** The names of data items. */
    fun labels(ids: JsonElement?, language: String): List<String> =
        ids.words.mapNotNull { items[it] }.map { it[language] ?: it[languages.firstOrNull()].orEmpty() }

    companion object {
        /** Reads a document; throws [IllegalArgumentException] where it is none. */
        fun read(json: String): PolicyDocument = PolicyDocument(Json.parseToJsonElement(json))
    }
}

/** One purpose of a document. */
internal class Purpose(
    /** As the document has it, for its texts. */
    val whole: JsonElement,
) {
    val id: String = whole.needWord("id")
    val basis: Basis = whole["basis"].word?.let { entry<Basis>(it) } ?: Basis.CONSENT

    /** True where it is allowed until the person objects. */
    val silenceAllows: Boolean = basis == Basis.LEGITIMATE_INTEREST || basis == Basis.OPT_OUT

    /** True where the person has a say: consent is asked for, or the person may object. */
    val mayBeAnswered: Boolean = basis == Basis.CONSENT || silenceAllows
    val scope: Scope = whole["scope"].word?.let { entry<Scope>(it) } ?: Scope.DEVICE
    /** The word of a channel: one of the known six, or one that the policy defines. */
    val channel: String? = whole["channel"].word
    val night: Boolean = whole["night"].flag

    val usesAdvertisingId: Boolean = whole["uses"].word == "advertising_id"

    /** True where the document says that it shares data for advertising. */
    val sharing: Boolean = whole["sharing"].flag

    /** A purpose that uses the advertising id counts as sharing, whatever the document says. */
    val sharesForAdvertising: Boolean = sharing || usesAdvertisingId

    /** The consent types of Google Consent Mode that it answers for. */
    val google: List<String> = whole["google"].words
    val requires: List<String> = whole["requires"].words
    val surfaces: List<String> = whole["surfaces"].words
    val material: Long = whole["material"].number ?: 1
    val expiresAfterDays: Long? = whole["expires_after_days"].number

    /** The patterns of the cookies that it answers for. */
    val cookies: List<String> = whole["cookies"].words
    val thirdParties: List<String> = whole["third_parties"].words
    val transfers: List<String> = whole["transfers"].words
    val vendors: List<String> = whole["vendors"].words

    /** The data items that its notice names. */
    val items: Set<String> = whole["notice"]["items"].words.toSet()

    /** The edition that changed no more than its wording, where it says so. */
    private val editorial: Long? = whole["editorial"].number

    /** True where this purpose of edition `later` says that since edition `earlier` only its wording changed. */
    fun isEditorial(earlier: Long, later: Long): Boolean = editorial != null && editorial > earlier && editorial <= later

    /** True where a grant counts for longer than under an earlier edition of this purpose. */
    fun lastsLongerThan(earlier: Purpose): Boolean = earlier.expiresAfterDays != null && (expiresAfterDays == null || expiresAfterDays > earlier.expiresAfterDays)
}

/** The word for Korean law in a policy. */
internal const val KOREA = "kr"

/** How long a form stays away under Korean law that was closed (PIPA-16). */
private const val KOREAN_COOL_DOWN_DAYS = 7L

/** The age of consent where a policy names none (PIPA-8). */
internal const val DEFAULT_AGE_OF_CONSENT = 14L

/** From the loosest to the strictest. */
internal enum class Audience { ADULT, MIXED, CHILD }

internal enum class Basis { CONSENT, LEGITIMATE_INTEREST, OPT_OUT, CONTRACT, LAW }

internal enum class Scope { DEVICE, PERSON }

/** The channels that have rules of their own. */
internal const val EMAIL = "email"
internal const val PUSH = "push"
internal const val POST = "post"
