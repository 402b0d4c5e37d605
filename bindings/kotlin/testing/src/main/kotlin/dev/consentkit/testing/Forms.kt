package dev.consentkit.testing

import dev.consentkit.AskAgain
import dev.consentkit.Notice
import dev.consentkit.Question
import dev.consentkit.Reason
import dev.consentkit.Status
import dev.consentkit.ThirdParty
import dev.consentkit.Transfer
import dev.consentkit.Why
import java.security.MessageDigest

/** The purposes that a form asks for, in the policy's order. */
internal fun PolicyDocument.asked(surface: String): List<Purpose> = purposes.filter { it.needsConsent && surface in it.surfaces }

/** What is shown beside a purpose's switch, in the declared language nearest to the asked one. */
internal fun PolicyDocument.notice(purpose: Purpose, asked: String): Notice {
    val language = language(asked)
    fun text(text: Text?) = text?.let { text(it, language) }.orEmpty()
    return Notice(
        purpose = purpose.id,
        language = language,
        title = text(purpose.title),
        usedFor = text(purpose.notice?.purpose),
        items = labels(purpose.notice?.items.orEmpty(), language),
        retention = text(purpose.notice?.retention),
        refusal = text(purpose.notice?.refusal),
        optional = purpose.needsConsent,
        thirdParties = purpose.thirdParties.mapNotNull { id -> thirdParties.find { it.id == id } }.map { thirdParty(it, language) },
        transfers = purpose.transfers.mapNotNull { id -> transfers.find { it.id == id } }.map { transfer(it, language) },
        requires = purpose.requires,
    )
}

internal fun PolicyDocument.thirdParty(party: ThirdPartyEntry, language: String) = ThirdParty(
    recipient = text(party.recipient, language),
    usedFor = text(party.purpose, language),
    items = labels(party.items, language),
    retention = text(party.retention, language),
    refusal = text(party.refusal, language),
)

internal fun PolicyDocument.transfer(abroad: TransferEntry, language: String) = Transfer(
    items = labels(abroad.items, language),
    country = text(abroad.country, language),
    `when` = text(abroad.moment, language),
    method = text(abroad.method, language),
    recipient = text(abroad.recipient, language),
    contact = listOfNotNull(abroad.contact.email, abroad.contact.phone, abroad.contact.url),
    usedFor = text(abroad.purpose, language),
    retention = text(abroad.retention, language),
    refusal = text(abroad.refusal, language),
)

/** The question about a purpose, with the reason why it is in the form. */
internal fun question(purpose: Purpose, status: Status, reasons: List<Reason>, notice: Notice): Question {
    val again: AskAgain? = reasons.firstNotNullOfOrNull { (it as? Reason.AskAgain)?.cause }
    val why = when {
        status == Status.NOT_ANSWERED -> Why.FirstTime
        again != null -> Why.AskAgain(again)
        else -> Why.Answered
    }
    return Question(purpose.id, why, status, notice)
}

/** SHA-256 (hex) of a notice: equal if and only if the same was shown. It is not the hash that the library writes. */
internal fun Notice.textHash(): String =
    MessageDigest.getInstance("SHA-256").digest(toString().toByteArray()).joinToString("") { "%02x".format(it) }
