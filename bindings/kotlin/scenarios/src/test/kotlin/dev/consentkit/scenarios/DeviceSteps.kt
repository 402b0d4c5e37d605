package dev.consentkit.scenarios

import dev.consentkit.Shown
import dev.consentkit.AdvertisingId
import dev.consentkit.AgeBand
import dev.consentkit.Answer
import dev.consentkit.ChoiceKind
import dev.consentkit.ConsentException
import dev.consentkit.Guardian
import dev.consentkit.ImportChoice
import dev.consentkit.PushPermission
import dev.consentkit.Questions
import dev.consentkit.Signals
import dev.consentkit.SyncReport
import dev.consentkit.Tracking
import kotlin.time.Duration.Companion.milliseconds

/** Longest that one sync may take: loopback needs a fraction of it. */
private const val SYNC_MS = 30_000L

/** The steps that call the `Consent` of one device. `forms` keeps forms by name. */
class DeviceSteps(private val forms: MutableMap<String, Shown>) {
    suspend fun play(phone: Phone, action: Action, policy: String) {
        when (action) {
            is Restart -> restart(phone, action, policy)
            is Shutdown -> phone.consent.close()
            is Ask -> ask(phone, action)
            is Dismiss -> phone.form = null
            is CloseForm -> close(phone)
            is AnswerForm -> answer(phone, action)
            is Withdraw -> phone.consent.withdraw(*action.purposes.toTypedArray())
            is ImportOlder -> import(phone, action)
            is Report -> phone.consent.reportSignals(signals(action))
            is AskAdId -> adId(phone, action)
            is AskPrompt -> compared { compare("prompt", action.expect, phone.consent.nextPrompt()?.word ?: "none") }
            is SignIn -> phone.consent.signIn(action.subject)
            is SignOut -> phone.consent.signOut()
            is Online -> phone.consent.connectivityRestored()
            is Synchronise -> synced(action.expect, phone.consent.sync(SYNC_MS.milliseconds))
            is AdoptPolicy -> phone.consent.adoptPolicy(action.policy.of(policy))
            is LookBack -> toldAt(phone, action)
            else -> throw Fault("is no step of a device")
        }
    }

    private suspend fun restart(phone: Phone, action: Restart, policy: String) {
        val before = phone.settings
        if (action.policy != null) phone.settings = before.copy(policy = action.policy.of(policy))
        try {
            phone.start()
        } catch (refused: ConsentException) {
            phone.settings = before
            throw refused
        }
    }

    private suspend fun ask(phone: Phone, action: Ask) {
        val questions = phone.consent.questions(action.surface)
        phone.form = questions.shown
        if (action.form != null) forms[action.form] = questions.shown
        form(action.expect, questions)
    }

    private suspend fun close(phone: Phone) {
        val shown = phone.form ?: throw Fault("no form is on the screen; ask first")
        phone.form = null
        phone.consent.closed(shown)
    }

    private suspend fun answer(phone: Phone, action: AnswerForm) {
        val kept = action.form?.let { forms[it] ?: throw Fault("no form \"$it\" was kept") }
        var shown = kept ?: phone.form ?: throw Fault("no form is on the screen; ask first")
        action.forge?.let { forge ->
            if (forge.replace !in shown.token) throw Fault("the token holds no \"${forge.replace}\" to replace")
            shown = Shown(shown.token.replace(forge.replace, forge.with))
        }
        fun said(purposes: List<String>, choice: ChoiceKind) = purposes.map { Answer(it, choice, word(action.method), word(action.actor)) }
        val receipt = phone.consent.record(shown, said(action.grant, ChoiceKind.GRANTED) + said(action.refuse, ChoiceKind.REFUSED))
        compared { maybe("recorded", action.expect, receipt.items.associate { it.purpose to it.choice.word }) }
    }

    private suspend fun import(phone: Phone, action: ImportOlder) {
        val choices = action.choices.map { ImportChoice(it.purpose, word(it.choice), it.saidAt?.let(::millis), it.source, it.textVersion) }
        val receipt = phone.consent.import(choices)
        val expected = action.expect ?: return
        compared {
            compare("imported", expected.imported, receipt.imported.map { it.purpose })
            compare("kept", expected.kept, receipt.kept)
        }
    }

    private suspend fun adId(phone: Phone, action: AskAdId) {
        phone.provider.answers(action.provider)
        val answer = phone.consent.advertisingId(action.purpose)
        val expected = action.expect ?: throw Fault("an ad_id step needs an expectation, or an error")
        if ((expected.available == null) == (expected.refused == null)) throw Fault("expects either available or refused")
        compared {
            compare("the provider was asked", action.provider != null, phone.provider.wasAsked)
            when (answer) {
                is AdvertisingId.Available -> {
                    compare("id", expected.available, answer.id)
                    if (expected.refused != null) add("expected ${expected.refused}, got an id")
                }
                is AdvertisingId.Refused -> {
                    compare("refused", expected.refused, answer.reasons.codes)
                    if (expected.available != null) add("expected an id, got refused ${answer.reasons.codes}")
                }
            }
        }
    }
}

private fun signals(said: Report) = Signals(
    tracking = said.tracking?.let { word<Tracking>(it) },
    gpc = said.gpc,
    age = said.age?.let { word<AgeBand>(it) },
    guardian = said.guardian?.let { word<Guardian>(it) },
    push = said.push?.let { word<PushPermission>(it) },
)

private fun form(expected: ExpectedForm, got: Questions) = compared {
    maybe("due", expected.due, got.due)
    maybe("pull_first", expected.pullFirst, got.pullFirst)
    maybe("language", expected.language, got.language)
    maybe("purposes", expected.purposes, got.questions.map { it.purpose })
    fun question(purpose: String) = got.questions.find { it.purpose == purpose }
    for ((purpose, why) in expected.why) compare("why $purpose", why, question(purpose)?.why?.code ?: "not asked")
    for ((purpose, status) in expected.status) compare("status $purpose", status, question(purpose)?.status?.word)
}

private fun synced(expected: ExpectedSync, got: SyncReport) = compared {
    maybe("state", expected.state, got.state.word)
    maybe("pending", expected.pending, got.pending)
    maybe("stuck", expected.stuck, got.stuck)
    maybe("acknowledged", expected.acknowledged, got.acknowledged)
    maybe("troubles", expected.troubles, got.troubles.map { it.code })
    maybe("server_lost_data", expected.serverLostData, got.serverLostData)
    maybe("restored", expected.restored, got.restored)
    maybe("policy_changed", expected.policyChanged, got.policyChanged)
    maybe("policy_announced", expected.policyAnnounced, got.policyAnnounced)
}
