package dev.consentkit.scenarios

import com.fasterxml.jackson.annotation.JsonProperty
import com.fasterxml.jackson.annotation.JsonTypeInfo
import com.fasterxml.jackson.annotation.JsonTypeName
import com.fasterxml.jackson.databind.JsonNode

/** What a step does. Reading is strict: every field has its place here. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "step")
sealed interface Action

/** A step on the server: it is no device's and has no typed error. */
sealed interface ServerAction : Action

@JsonTypeName("open")
class Open(
    val platform: String = "desktop",
    val osVersion: String = "",
    val language: String = "ko",
    val policy: PolicyChange = PolicyChange(),
    val copyOf: String? = null,
    val withMarker: Boolean = false,
) : Action

@JsonTypeName("restart")
class Restart(val policy: PolicyChange? = null) : Action

@JsonTypeName("shutdown")
class Shutdown : Action

@JsonTypeName("ask")
class Ask(val surface: String = "settings", val form: String? = null, val expect: ExpectedForm = ExpectedForm()) : Action

class ExpectedForm(
    val due: Boolean? = null,
    val pullFirst: Boolean? = null,
    val language: String? = null,
    val purposes: List<String>? = null,
    val why: Map<String, String> = emptyMap(),
    val status: Map<String, String> = emptyMap(),
)

@JsonTypeName("dismiss")
class Dismiss : Action

@JsonTypeName("closed")
class CloseForm : Action

@JsonTypeName("answer")
class AnswerForm(
    val form: String? = null,
    val forge: Forgery? = null,
    val grant: List<String> = emptyList(),
    val refuse: List<String> = emptyList(),
    val method: String = "toggle",
    val actor: String = "self",
    val expect: Map<String, String>? = null,
) : Action

class Forgery(val replace: String, val with: String)

@JsonTypeName("withdraw")
class Withdraw(val purposes: List<String>) : Action

@JsonTypeName("import")
class ImportOlder(val choices: List<Older>, val expect: ExpectedImport? = null) : Action

class Older(
    val purpose: String,
    val choice: String,
    val saidAt: String? = null,
    val source: String,
    val textVersion: String? = null,
)

class ExpectedImport(val imported: List<String>, val kept: List<String>)

@JsonTypeName("signals")
class Report(
    val tracking: String? = null,
    val gpc: Boolean? = null,
    val age: String? = null,
    val guardian: String? = null,
    val push: String? = null,
) : Action

/** What the provider answers: an object with one of the two, or the word `throws`. */
@JsonTypeName("ad_id")
class AskAdId(val purpose: String, val provider: JsonNode? = null, val expect: ExpectedGate? = null) : Action

class ExpectedGate(val available: String? = null, val refused: List<String>? = null)

@JsonTypeName("prompt")
class AskPrompt(val expect: String) : Action

@JsonTypeName("sign_in")
class SignIn(val subject: String) : Action

@JsonTypeName("sign_out")
class SignOut : Action

@JsonTypeName("online")
class Online : Action

@JsonTypeName("sync")
class Synchronise(val expect: ExpectedSync = ExpectedSync()) : Action

class ExpectedSync(
    val state: String? = null,
    val pending: Long? = null,
    val stuck: Long? = null,
    val acknowledged: Long? = null,
    val troubles: List<String>? = null,
    val serverLostData: Boolean? = null,
    val restored: Boolean? = null,
    val policyChanged: Boolean? = null,
    val policyAnnounced: Boolean? = null,
)

@JsonTypeName("adopt_policy")
class AdoptPolicy(val policy: PolicyChange) : Action

@JsonTypeName("clock")
class MoveClock(val set: String? = null, val advance: String? = null) : Action

@JsonTypeName("state_at")
class LookBack(val at: String, val expect: ExpectedPast) : Action

class ExpectedPast(val policyVersion: String, val reasons: Map<String, List<String>>)

@JsonTypeName("server")
class ServerDeed(@param:JsonProperty("do") val deed: Deed, val policy: PolicyChange = PolicyChange()) : ServerAction

enum class Deed {
    DOWN,
    UP,
    PUBLISH,
    BACK_UP,
    RESTORE,
}

@JsonTypeName("page")
class DrawPage(val subject: String, val name: String) : ServerAction

@JsonTypeName("web")
class WebChange(
    val subject: String,
    val purpose: String,
    val choice: String,
    val seen: String = "fresh",
    val method: String = "web",
    val expect: String = "applied",
) : ServerAction

@JsonTypeName("may_send")
class MaySend(
    val subject: String,
    val channel: String,
    val kind: String = "ad",
    val at: String? = null,
    val expect: ExpectedSending,
) : ServerAction

class ExpectedSending(val allowed: Boolean, val reasons: List<String>)

/** An `expect` step: what it leaves out is not looked at. */
@JsonTypeName("expect")
class Expect(
    val allows: Map<String, Boolean> = emptyMap(),
    val reasons: Map<String, List<String>> = emptyMap(),
    val status: Map<String, String> = emptyMap(),
    val validUntil: Map<String, String?> = emptyMap(),
    val osBlocked: Map<String, Boolean> = emptyMap(),
    val pending: Long? = null,
    val stuck: Long? = null,
    val signedIn: Boolean? = null,
    val pushBlocked: Boolean? = null,
    val policyVersion: String? = null,
    val announced: Map<String, Long>? = null,
    val requests: Long? = null,
    val history: ExpectedHistory? = null,
    val verify: Boolean? = null,
    val server: Map<String, Map<String, String>> = emptyMap(),
    val serverHistory: Map<String, List<Map<String, JsonNode>>> = emptyMap(),
) : Action {
    /** True where nothing is expected: such a step could never fail. */
    fun isEmpty(): Boolean =
        listOf(allows, reasons, status, validUntil, osBlocked, server, serverHistory).all { it.isEmpty() } &&
            listOf(pending, stuck, signedIn, pushBlocked, policyVersion, announced, requests, history, verify).all { it == null }
}

class ExpectedHistory(val kinds: List<String>, val entries: List<ExpectedEntry>)

class ExpectedEntry(
    val kind: String? = null,
    val purpose: String? = null,
    val status: String? = null,
    val at: String? = null,
    val actor: String? = null,
    val method: String? = null,
    val policyVersion: String? = null,
    val language: String? = null,
)
