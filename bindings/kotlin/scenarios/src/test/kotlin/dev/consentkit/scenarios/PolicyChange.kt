package dev.consentkit.scenarios

import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.long

/** What differs from the example's policy document, as data. */
@Serializable
class PolicyChange(val edition: Long? = null, val set: List<Put> = emptyList(), val remove: List<String> = emptyList()) {
    /** The changed document. */
    fun of(original: String): String {
        if (edition == null && set.isEmpty() && remove.isEmpty()) return original
        var document: JsonElement = Json.parseToJsonElement(original)
        if (edition != null) document = renumbered(document.jsonObject, edition)
        for ((at, value) in set.map { it.at to it.value }) document = changed(document, at) { value }
        for (at in remove) document = changed(document, at) { null }
        return document.toString()
    }
}

@Serializable
class Put(val at: String, val value: JsonElement)

private fun renumbered(document: JsonObject, edition: Long): JsonObject {
    val dates = mapOf("announced_on" to "2026-10-01", "effective_on" to "2026-11-${10 + edition}").mapValues { JsonPrimitive(it.value) }
    val names = mapOf("edition" to JsonPrimitive(edition), "version" to JsonPrimitive("edition-$edition"))
    val amendments = document.getValue("amendments").jsonObject
    val earlier = (amendments.getValue("versions") as JsonArray).filter { (it.jsonObject.getValue("edition") as JsonPrimitive).long < edition }
    val versions = JsonArray(earlier + JsonObject(names + dates))
    return JsonObject(document + names + dates + ("amendments" to JsonObject(amendments + ("versions" to versions))))
}

/** Puts what `change` makes of the value at a pointer in its place; null takes it away. In a list a segment is an entry's `id`, its number, or `-`. */
private fun changed(document: JsonElement, at: String, change: (JsonElement?) -> JsonElement?): JsonElement {
    fun missing(): Nothing = throw Fault("the policy has no $at")
    fun walk(value: JsonElement, path: List<String>): JsonElement {
        val name = path.first()
        val last = path.size == 1
        return when (value) {
            is JsonObject -> {
                val before = value[name]
                val after = if (last) change(before) else walk(before ?: missing(), path.drop(1))
                if (after == null) JsonObject((if (before == null) missing() else value) - name) else JsonObject(value + (name to after))
            }
            is JsonArray -> {
                val place = if (last && name == "-") value.size else placeOf(value, name) ?: missing()
                val after = if (last) change(value.getOrNull(place)) else walk(value[place], path.drop(1))
                JsonArray(value.take(place) + listOfNotNull(after) + value.drop(place + 1))
            }
            else -> missing()
        }
    }
    return walk(document, at.removePrefix("/").split('/'))
}

private fun placeOf(entries: JsonArray, segment: String): Int? =
    entries.indexOfFirst { ((it as? JsonObject)?.get("id") as? JsonPrimitive)?.content == segment }.takeIf { it >= 0 }
        ?: segment.toIntOrNull()?.takeIf { it in entries.indices }
