package dev.consentkit.scenarios

import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject

/** What a step does. */
@Serializable
sealed interface Action

/** A step on the server: it is no device's and has no typed error. */
@Serializable
sealed interface ServerAction : Action

@Serializable
@SerialName("open")
class Open(
    val platform: String = "desktop",
    @SerialName("os_version") val osVersion: String = "",
    val language: String = "ko",
    val policy: PolicyChange = PolicyChange(),
    @SerialName("copy_of") val copyOf: String? = null,
    @SerialName("with_marker") val withMarker: Boolean = false,
) : Action

@Serializable
@SerialName("restart")
class Restart(val policy: PolicyChange? = null) : Action

@Serializable
@SerialName("shutdown")
data object Shutdown : Action

@Serializable
@SerialName("ask")
class Ask(val surface: String = "settings", val form: String? = null, val expect: ExpectedForm = ExpectedForm()) : Action

@Serializable
class ExpectedForm(
    val due: Boolean? = null,
    @SerialName("pull_first") val pullFirst: Boolean? = null,
    val language: String? = null,
    val purposes: List<String>? = null,
    val why: Map<String, String> = emptyMap(),
    val status: Map<String, String> = emptyMap(),
)

@Serializable
@SerialName("dismiss")
data object Dismiss : Action

@Serializable
@SerialName("answer")
class AnswerForm(
    val form: String? = null,
    val forge: Forgery? = null,
    val grant: List<String> = emptyList(),
    val refuse: List<String> = emptyList(),
    val method: String = "toggle",
    val actor: String = "self",
    val expect: Map<String, String>? = null,
) : Action

@Serializable
class Forgery(val replace: String, val with: String)

@Serializable
@SerialName("withdraw")
class Withdraw(val purposes: List<String>) : Action

@Serializable
@SerialName("import")
class ImportOlder(val choices: List<Older>, val expect: ExpectedImport? = null) : Action

@Serializable
class Older(
    val purpose: String,
    val choice: String,
    @SerialName("said_at") val saidAt: String? = null,
    val source: String,
    @SerialName("text_version") val textVersion: String? = null,
)

@Serializable
class ExpectedImport(val imported: List<String>, val kept: List<String>)

@Serializable
@SerialName("signals")
class Report(
    val tracking: String? = null,
    val gpc: Boolean? = null,
    val age: String? = null,
    val guardian: String? = null,
    val push: String? = null,
) : Action

/** What the provider answers: an object with one of the two, or the word `throws`. */
@Serializable
@SerialName("ad_id")
class AskAdId(val purpose: String, val provider: JsonElement? = null, val expect: ExpectedGate? = null) : Action

@Serializable
class ExpectedGate(val available: String? = null, val refused: List<String>? = null)

@Serializable
@SerialName("prompt")
class AskPrompt(val expect: String) : Action

@Serializable
@SerialName("sign_in")
class SignIn(val subject: String) : Action

@Serializable
@SerialName("sign_out")
data object SignOut : Action

@Serializable
@SerialName("online")
data object Online : Action

@Serializable
@SerialName("sync")
class Synchronise(val expect: ExpectedSync = ExpectedSync()) : Action

@Serializable
class ExpectedSync(
    val state: String? = null,
    val pending: Long? = null,
    val stuck: Long? = null,
    val acknowledged: Long? = null,
    val troubles: List<String>? = null,
    @SerialName("server_lost_data") val serverLostData: Boolean? = null,
    val restored: Boolean? = null,
    @SerialName("policy_changed") val policyChanged: Boolean? = null,
)

@Serializable
@SerialName("adopt_policy")
class AdoptPolicy(val policy: PolicyChange) : Action

@Serializable
@SerialName("clock")
class MoveClock(val set: String? = null, val advance: String? = null) : Action

@Serializable
@SerialName("state_at")
class LookBack(val at: String, val expect: ExpectedPast) : Action

@Serializable
class ExpectedPast(@SerialName("policy_version") val policyVersion: String, val reasons: Map<String, List<String>>)

@Serializable
@SerialName("server")
class ServerDeed(@SerialName("do") val deed: Deed, val policy: PolicyChange = PolicyChange()) : ServerAction

@Serializable
enum class Deed {
    @SerialName("down") DOWN,
    @SerialName("up") UP,
    @SerialName("publish") PUBLISH,
    @SerialName("back_up") BACK_UP,
    @SerialName("restore") RESTORE,
}

@Serializable
@SerialName("page")
class DrawPage(val subject: String, val name: String) : ServerAction

@Serializable
@SerialName("web")
class WebChange(
    val subject: String,
    val purpose: String,
    val choice: String,
    val seen: String = "fresh",
    val method: String = "web",
    val expect: String = "applied",
) : ServerAction

@Serializable
@SerialName("may_send")
class MaySend(
    val subject: String,
    val channel: String,
    val kind: String = "ad",
    val at: String? = null,
    val expect: ExpectedSending,
) : ServerAction

@Serializable
class ExpectedSending(val allowed: Boolean, val reasons: List<String>)

/** An `expect` step: what it leaves out is not looked at. */
@Serializable
@SerialName("expect")
class Expect(
    val allows: Map<String, Boolean> = emptyMap(),
    val reasons: Map<String, List<String>> = emptyMap(),
    val status: Map<String, String> = emptyMap(),
    @SerialName("valid_until") val validUntil: Map<String, String?> = emptyMap(),
    @SerialName("os_blocked") val osBlocked: Map<String, Boolean> = emptyMap(),
    val pending: Long? = null,
    val stuck: Long? = null,
    @SerialName("signed_in") val signedIn: Boolean? = null,
    @SerialName("push_blocked") val pushBlocked: Boolean? = null,
    @SerialName("policy_version") val policyVersion: String? = null,
    val requests: Long? = null,
    val history: ExpectedHistory? = null,
    val verify: Boolean? = null,
    val server: Map<String, Map<String, String>> = emptyMap(),
    @SerialName("server_history") val serverHistory: Map<String, List<JsonObject>> = emptyMap(),
) : Action {
    /** True where nothing is expected: such a step could never fail. */
    val isEmpty: Boolean
        get() = listOf(allows, reasons, status, validUntil, osBlocked, server, serverHistory).all { it.isEmpty() } &&
            listOf(pending, stuck, signedIn, pushBlocked, policyVersion, requests, history, verify).all { it == null }
}

@Serializable
class ExpectedHistory(val kinds: List<String>, val entries: List<ExpectedEntry>)

@Serializable
class ExpectedEntry(
    val kind: String? = null,
    val purpose: String? = null,
    val status: String? = null,
    val at: String? = null,
    val actor: String? = null,
    val method: String? = null,
    @SerialName("policy_version") val policyVersion: String? = null,
    val language: String? = null,
)
