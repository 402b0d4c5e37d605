package dev.consentkit.testing

import dev.consentkit.AskAgain
import dev.consentkit.Notice
import dev.consentkit.Question
import dev.consentkit.Reason
import dev.consentkit.Status
import dev.consentkit.NoticeThirdParty
import dev.consentkit.NoticeTransfer
import dev.consentkit.Why
import java.security.MessageDigest
import kotlinx.serialization.json.JsonElement

/** The purposes that a form asks for, in the policy's order. */
internal fun PolicyDocument.asked(surface: String): List<Purpose> = purposes.filter { it.mayBeAnswered && asks(surface, it) }

/** What is shown beside a purpose's switch, in the declared language nearest to the asked one. */
internal fun PolicyDocument.notice(purpose: Purpose, asked: String): Notice {
    val language = language(asked)
    val shown = purpose.whole["notice"]
    return Notice(
        purpose = purpose.id,
        language = language,
        title = text(purpose.whole["title"], language),
        usedFor = text(shown["purpose"], language),
        items = labels(shown["items"], language),
        retention = text(shown["retention"], language),
        refusal = text(shown["refusal"], language),
        optional = purpose.mayBeAnswered,
        thirdParties = named(thirdParties, purpose.whole["third_parties"].words).map { thirdParty(it, language) },
        transfers = named(transfers, purpose.whole["transfers"].words).map { transfer(it, language) },
        requires = purpose.requires,
        vendors = vendors(purpose),
    )
}

/** The names of the vendors that a purpose names, in the order of the document. */
private fun PolicyDocument.vendors(purpose: Purpose): List<String> {
    val named = purpose.whole["vendors"].words.toSet()
    return whole["vendors"].list.filter { it["id"].word in named }.mapNotNull { it["name"].word }
}

private fun named(entries: List<JsonElement>, ids: List<String>) = ids.mapNotNull { id -> entries.find { it["id"].word == id } }

internal fun PolicyDocument.thirdParty(party: JsonElement, language: String) = NoticeThirdParty(
    recipient = text(party["recipient"], language),
    usedFor = text(party["purpose"], language),
    items = labels(party["items"], language),
    retention = text(party["retention"], language),
    refusal = text(party["refusal"], language),
)

internal fun PolicyDocument.transfer(abroad: JsonElement, language: String) = NoticeTransfer(
    items = labels(abroad["items"], language),
    country = text(abroad["country"], language),
    `when` = text(abroad["when"], language),
    method = text(abroad["method"], language),
    recipient = text(abroad["recipient"], language),
    contact = listOf("email", "phone", "url").mapNotNull { abroad["contact"][it].word },
    usedFor = text(abroad["purpose"], language),
    retention = text(abroad["retention"], language),
    refusal = text(abroad["refusal"], language),
)

/** The questions of a form as they are drawn. */
internal class Drawing(view: View, surface: String, language: String, now: Long) {
    private val asked = view.state.policy.asked(surface)

    val questions: List<Question> = asked.map { purpose ->
        Question(purpose.id, view.why(purpose, now), view.state.status(purpose), view.state.policy.notice(purpose, language))
    }

    /** The language of its texts. */
    val language: String = questions.firstOrNull()?.notice?.language ?: language

    /** True where one of its questions has to be asked. `recorded` is what is on disk: what is held in memory alone keeps no form away. */
    fun isDue(view: View, recorded: State, now: Long): Boolean = asked.any { view.isOpen(it, now) && !recorded.isKeptAway(it, now) }
}

/** True where the person has to be asked. */
internal fun View.isOpen(purpose: Purpose, now: Long): Boolean = decisions.needsYes(purpose) && why(purpose, now) != Why.Answered

/** True where the server has to be heard before the person is asked. */
internal fun View.waitsForAPull(pulled: Set<String>): Boolean {
    val silent = state.policy.purposes.filter { it.scope == Scope.PERSON && it.silenceAllows }
    return state.signedIn && (state.person !in pulled || silent.any { state.silence(it) == Silence.NOT_PULLED })
}

/** Why a question is in the form. */
private fun View.why(purpose: Purpose, now: Long): Why {
    val (status, reasons, needsYes) = Triple(state.status(purpose), decisions.decide(purpose.id, now).reasons, decisions.needsYes(purpose))
    val again: AskAgain? = reasons.firstNotNullOfOrNull { (it as? Reason.AskAgain)?.cause }
    return when {
        status == Status.NOT_ANSWERED && needsYes -> Why.FirstTime
        status == Status.NOT_ANSWERED && Reason.Withdrawn !in reasons -> Why.MayObject
        again != null -> Why.AskAgain(again)
        else -> Why.Answered
    }
}

/** SHA-256 (hex) of a notice: equal if and only if the same was shown. It is not the hash that the library writes. */
internal fun Notice.textHash(): String =
    MessageDigest.getInstance("SHA-256").digest(toString().toByteArray()).joinToString("") { "%02x".format(it) }
