package dev.consentkit.testing

import dev.consentkit.CollectionView
import dev.consentkit.Contact
import dev.consentkit.GuideView
import dev.consentkit.OfficerView
import dev.consentkit.PeriodUnit
import dev.consentkit.Platform
import dev.consentkit.PolicyView
import dev.consentkit.ProcessorView
import dev.consentkit.RemedyView
import dev.consentkit.RequestWay
import dev.consentkit.RetentionView
import dev.consentkit.RightKind
import dev.consentkit.RightView
import dev.consentkit.RightsView
import dev.consentkit.VersionView
import kotlinx.serialization.json.JsonElement

private const val MAX_VERSION_PARTS = 8
private val VERSION = Regex("[0-9]{1,9}(\\.[0-9]{1,9}){0,${MAX_VERSION_PARTS - 1}}")

/** What a privacy page shows of a document, in the declared language nearest to the asked one. */
internal class PolicyPage(
    private val policy: PolicyDocument,
    asked: String,
    private val platform: Platform,
    private val osVersion: String,
) {
    private val document = policy.whole
    private val language = policy.language(asked)

    fun view(): PolicyView {
        val controller = document["controller"]
        val destruction = document["destruction"]
        val cookies = document["cookies"]
        val advertisingId = document["advertising_id"]
        val destroyed = listOf("when", "kept_apart", "procedure").map { destruction[it] } + destruction["methods"].list.map { it["how"] }
        return PolicyView(
            id = policy.id,
            version = policy.version,
            edition = policy.edition,
            announcedOn = document["announced_on"].word.orEmpty(),
            effectiveOn = document["effective_on"].word.orEmpty(),
            language = language,
            controller = text(controller["name"]),
            senderName = text(controller["sender_name"]),
            website = controller["website"].word,
            contact = contact(controller["contact"]),
            statements = document["statements"].list.map { text(it["text"]) },
            purposes = policy.purposes.map { policy.notice(it, language) },
            collection = document["collection"].list.map {
                CollectionView(text(it["title"]), labels(it["required"]), labels(it["optional"]))
            },
            retention = document["retention"].list.map(::retention),
            dormancy = document["dormancy"]?.let { listOf(text(it["handling"]), text(it["limits"])) }.orEmpty(),
            destruction = destroyed.map(::text).said,
            thirdParties = policy.thirdParties.map { policy.thirdParty(it, language) },
            transfers = policy.transfers.map { policy.transfer(it, language) },
            processors = document["processors"].list.map { ProcessorView(text(it["name"]), text(it["task"])) },
            rights = rights(document["rights"]),
            cookies = listOf(text(cookies["what"]), text(cookies["used_for"])).said,
            cookieGuides = cookies["refusal"].list.map { GuideView(text(it["browser"]), text(it["path"])) },
            advertisingId = (listOf(text(advertisingId["what"])) + advertisingId["used_for"].list.map(::text)).said,
            refusalGuide = guide(advertisingId["refusal"].list)?.let { GuideView("", text(it["path"])) },
            safeguards = document["safeguards"].list.flatMap { it["measures"].list.map(::text) },
            officer = document["officer"].let { OfficerView(text(it["role"]), text(it["duties"]), contact(it["contact"])) },
            remedies = document["remedies"].list.map { RemedyView(text(it["name"]), contact(it["contact"]), it["without_area_code"].flag) },
            amendments = text(document["amendments"]["promise"]),
            versions = document["amendments"]["versions"].list.map {
                VersionView(it["version"].word.orEmpty(), it["announced_on"].word, it["effective_on"].word.orEmpty())
            },
        )
    }

    private fun retention(entry: JsonElement): RetentionView {
        val period = entry["period"]
        val unit = PeriodUnit.entries.find { period[it.name.lowercase()] != null } ?: PeriodUnit.AT_ONCE
        return RetentionView(
            title = text(entry["title"]),
            statute = entry["basis"]["statute"]?.let(::text),
            after = text(entry["after"]),
            count = period[unit.name.lowercase()].number ?: 0,
            unit = unit,
            exceptions = entry["exceptions"].list.map(::text),
            note = entry["note"]?.let(::text),
        )
    }

    private fun rights(rights: JsonElement?) = RightsView(
        kinds = rights["kinds"].list.map {
            RightView(entry<RightKind>(it.needWord("kind")), text(it["title"]), it["hold"].flag)
        },
        ways = rights["ways"].words.map { entry<RequestWay>(it) },
        answer = text(rights["answer"]),
        hold = text(rights["hold"]),
        agents = text(rights["agents"]["who"]),
        powerOfAttorney = rights["agents"]["power_of_attorney"].flag,
    )

    /** The way to refuse on this system; an unknown version gets the newest. */
    private fun guide(guides: List<JsonElement>): JsonElement? {
        val own = guides.filter { it["platform"].word == platform.name.lowercase() }
        if (!VERSION.matches(osVersion)) return own.lastOrNull()
        val fitting = own.find { guide ->
            val from = guide["from"].word
            val before = guide["before"].word
            (from == null || compareVersions(osVersion, from) >= 0) && (before == null || compareVersions(osVersion, before) < 0)
        }
        return fitting ?: own.lastOrNull()
    }

    private fun compareVersions(left: String, right: String): Int {
        fun parts(version: String) = version.split('.').map(String::toInt)
        val (ours, theirs) = parts(left) to parts(right)
        return (0 until MAX_VERSION_PARTS).map { (ours.getOrNull(it) ?: 0).compareTo(theirs.getOrNull(it) ?: 0) }.find { it != 0 } ?: 0
    }

    /** What the document says of them: one that it leaves out is no sentence. */
    private val List<String>.said: List<String> get() = filter { it.isNotEmpty() }

    private fun text(value: JsonElement?): String = policy.text(value, language)

    private fun labels(ids: JsonElement?): List<String> = policy.labels(ids, language)

    private fun contact(value: JsonElement?) = Contact(value["email"].word, value["phone"].word, value["url"].word)
}
