package dev.consentkit.testing

import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.Transient
import kotlinx.serialization.json.Json

/** A text by language. */
internal typealias Text = Map<String, String>

private val reader = Json { ignoreUnknownKeys = true }

/** What a decision and a form need of a policy document. Whether the document is a good one is for the library itself to say. */
@Serializable
internal data class PolicyDocument(
    val id: String,
    val version: String,
    val edition: Long,
    val languages: List<String>,
    val surfaces: List<String>,
    val audience: Audience,
    val night: Night = Night(),
    val items: List<Item> = emptyList(),
    val purposes: List<Purpose>,
    @SerialName("third_parties") val thirdParties: List<ThirdPartyEntry> = emptyList(),
    val transfers: List<TransferEntry> = emptyList(),
) {
    @Transient
    private val byId = purposes.associateBy { it.id }

    fun purpose(id: String): Purpose? = byId[id]

    /** The declared language nearest to an asked one: the same tag, else the same primary language, else the first. */
    fun language(asked: String): String {
        fun primary(tag: String) = tag.split('-', '_').first().lowercase()
        return languages.find { it.equals(asked, ignoreCase = true) }
            ?: languages.find { primary(it) == primary(asked) }
            ?: languages.firstOrNull()
            ?: asked
    }

    /** A text in a language, in the first language where that is missing, empty where both are. */
    fun text(text: Text, language: String): String = text[language] ?: languages.firstOrNull()?.let(text::get).orEmpty()

    fun labels(ids: List<String>, language: String): List<String> =
        ids.mapNotNull { id -> items.find { it.id == id }?.let { text(it.label, language) } }

    companion object {
        /** Reads a document; throws [kotlinx.serialization.SerializationException] where it is none. */
        fun read(json: String): PolicyDocument = reader.decodeFromString(serializer(), json)
    }
}

@Serializable
internal data class Purpose(
    val id: String,
    val title: Text,
    val basis: Basis,
    val scope: Scope,
    val channel: Channel? = null,
    val night: Boolean = false,
    val uses: Uses? = null,
    val sharing: Boolean = false,
    val requires: List<String> = emptyList(),
    val surfaces: List<String> = emptyList(),
    val material: Long,
    @SerialName("expires_after_days") val expiresAfterDays: Long? = null,
    val notice: PurposeNotice? = null,
    @SerialName("third_parties") val thirdParties: List<String> = emptyList(),
    val transfers: List<String> = emptyList(),
) {
    val needsConsent: Boolean get() = basis == Basis.CONSENT
    val usesAdvertisingId: Boolean get() = uses == Uses.ADVERTISING_ID

    /** A purpose that uses the advertising id counts as sharing, whatever the document says. */
    val sharesForAdvertising: Boolean get() = sharing || usesAdvertisingId
}

@Serializable
internal data class PurposeNotice(val purpose: Text, val items: List<String>, val retention: Text, val refusal: Text)

@Serializable
internal data class Item(val id: String, val label: Text)

@Serializable
internal data class ThirdPartyEntry(
    val id: String,
    val recipient: Text,
    val purpose: Text,
    val items: List<String>,
    val retention: Text,
    val refusal: Text,
)

@Serializable
internal data class TransferEntry(
    val id: String,
    val items: List<String>,
    val country: Text,
    @SerialName("when") val moment: Text,
    val method: Text,
    val recipient: Text,
    val contact: ContactEntry = ContactEntry(),
    val purpose: Text,
    val retention: Text,
    val refusal: Text,
)

@Serializable
internal data class ContactEntry(val email: String? = null, val phone: String? = null, val url: String? = null)

@Serializable
internal enum class Audience {
    @SerialName("adult") ADULT,
    @SerialName("mixed") MIXED,
    @SerialName("child") CHILD,
}

@Serializable
internal enum class Basis {
    @SerialName("consent") CONSENT,
    @SerialName("contract") CONTRACT,
    @SerialName("law") LAW,
}

@Serializable
internal enum class Scope {
    @SerialName("device") DEVICE,
    @SerialName("person") PERSON,
}

@Serializable
internal enum class Channel {
    @SerialName("email") EMAIL,
    @SerialName("sms") SMS,
    @SerialName("push") PUSH,
    @SerialName("kakao") KAKAO,
    @SerialName("phone") PHONE,
    @SerialName("post") POST,
}

@Serializable
internal enum class Uses {
    @SerialName("advertising_id") ADVERTISING_ID,
}
