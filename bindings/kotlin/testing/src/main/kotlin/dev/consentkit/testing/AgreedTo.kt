package dev.consentkit.testing

import kotlinx.serialization.json.JsonElement

/** A purpose, with the edition that asks for it. */
internal class Asked(val policy: PolicyDocument, val purpose: Purpose)

/** A part of what a person agrees to with a yes that an edition changes. */
internal class Part(
    /** Its place in the later document, a JSON pointer. */
    val pointer: String,
    /** True where the change can be one of its wording alone, so that an edition may say that it means the same as before. */
    val isWording: Boolean,
    /** True where the change adds something to what the purpose allows, or says it in other words. */
    val widens: Boolean,
)

/** The parts of a purpose that a delivered edition changes, by the library's own rules; `at` is its place among the purposes of that edition. */
internal fun changedParts(before: Asked, after: Asked, at: Int): List<Part> = ChangedParts(before, after).list(at)

private class ChangedParts(private val before: Asked, private val after: Asked) {
    /** Texts are compared in the first language of the earlier edition: a corrected translation asks nobody again. */
    private val first = before.policy.languages.firstOrNull()
    private val parts = mutableListOf<Part>()
    private var place = ""

    fun list(at: Int): List<Part> {
        place = "/purposes/$at"
        facts(before.purpose, after.purpose)
        notice(before.purpose.whole["notice"], after.purpose.whole["notice"])
        val collected = after.purpose.items.toMutableSet()
        for ((index, party) in named(after.policy.thirdParties, after.purpose.thirdParties)) {
            val former = before.policy.thirdParties.withId(party["id"].word) ?: continue
            place = "/third_parties/$index"
            collected += thirdParty(former, party)
        }
        for ((index, transfer) in named(after.policy.transfers, after.purpose.transfers)) {
            val former = before.policy.transfers.withId(transfer["id"].word) ?: continue
            place = "/transfers/$index"
            collected += abroad(former, transfer)
        }
        for ((index, vendor) in named(after.policy.whole["vendors"].list, after.purpose.vendors)) {
            place = "/vendors/$index"
            val known = before.policy.whole["vendors"].list.withId(vendor["id"].word)
            fact("name", known != null && known["name"].word != vendor["name"].word)
        }
        for ((index, item) in named(after.policy.whole["items"].list, collected)) {
            place = "/items/$index"
            val known = before.policy.whole["items"].list.withId(item["id"].word)
            wording("label", known != null && isReworded(known["label"], item["label"]))
        }
        return parts
    }

    private fun facts(old: Purpose, new: Purpose) {
        fact("basis", old.basis != new.basis, widens = false)
        fact("scope", old.scope != new.scope, widens = false)
        fact("channel", old.channel != new.channel, widens = new.channel != null)
        fact("night", old.night != new.night, widens = false)
        fact("uses", old.usesAdvertisingId != new.usesAdvertisingId, widens = new.usesAdvertisingId)
        fact("sharing", old.sharing != new.sharing, widens = new.sharing)
        fact("google", !old.google.containsAll(new.google))
        fact("cookies", !old.cookies.containsAll(new.cookies), widens = false)
        fact("expires_after_days", new.lastsLongerThan(old), widens = false)
        fact("requires", old.requires.toSet() != new.requires.toSet(), widens = false)
        members("third_parties", old.thirdParties.toSet(), new.thirdParties.toSet())
        members("transfers", old.transfers.toSet(), new.transfers.toSet())
        fact("vendors", !old.vendors.containsAll(new.vendors))
        members("notice/items", old.items, new.items)
    }

    private fun notice(told: JsonElement?, tells: JsonElement?) {
        // The title is part of what is agreed to only where it is all that a person reads.
        val byTitle = told["purpose"].text.isEmpty() && tells["purpose"].text.isEmpty()
        wording("title", byTitle && isReworded(before.purpose.whole["title"], after.purpose.whole["title"]))
        for (field in listOf("purpose", "retention", "refusal")) wording("notice/$field", isReworded(told[field], tells[field]))
    }

    /** What is told of somebody who receives data for purposes of their own; the items that are sent there. */
    private fun thirdParty(old: JsonElement, new: JsonElement): Set<String> {
        val items = items(old, new)
        fact("recipient", isRenamed(old["recipient"].text, new["recipient"].text))
        for (field in listOf("purpose", "retention", "refusal")) wording(field, isReworded(old[field], new[field]))
        return items
    }

    /** What is told of data that leaves the country; the items. */
    private fun abroad(old: JsonElement, new: JsonElement): Set<String> {
        val items = items(old, new)
        for (field in listOf("country", "recipient")) fact(field, isRenamed(old[field].text, new[field].text))
        wording("contact", CONTACT.any { old["contact"][it].word != new["contact"][it].word })
        for (field in listOf("when", "method", "purpose", "retention", "refusal")) wording(field, isReworded(old[field], new[field]))
        return items
    }

    private fun items(old: JsonElement, new: JsonElement): Set<String> = new["items"].words.toSet().also { members("items", old["items"].words.toSet(), it) }

    private fun fact(field: String, changed: Boolean, widens: Boolean = true) = add(field, changed, isWording = false, widens)

    private fun members(field: String, old: Set<String>, new: Set<String>) = fact(field, old != new, widens = !old.containsAll(new))

    private fun wording(field: String, changed: Boolean) = add(field, changed, isWording = true, widens = true)

    private fun add(field: String, changed: Boolean, isWording: Boolean, widens: Boolean) {
        if (changed) parts += Part("$place/$field", isWording, widens)
    }

    /** True where a text says something else in the first language; where one of the two has none there, in any language that both have. */
    private fun isReworded(old: JsonElement?, new: JsonElement?): Boolean {
        val (text, later) = old.text[first] to new.text[first]
        return if (text != null && later != null) text != later else isRenamed(old.text, new.text)
    }

    /** True where a text says something else in any language that both editions have, or where they have none in common. */
    private fun isRenamed(old: Text, new: Text): Boolean {
        val common = old.keys intersect new.keys
        return if (common.isEmpty()) old != new else common.any { old[it] != new[it] }
    }

    private fun named(list: List<JsonElement>, ids: Collection<String>) = list.withIndex().filter { (_, entry) -> entry["id"].word in ids }

    private fun List<JsonElement>.withId(id: String?): JsonElement? = find { it["id"].word == id }

    private companion object {
        /** How somebody is reached. */
        val CONTACT = listOf("email", "phone", "url")
    }
}
