package dev.consentkit.scenarios

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ArrayNode
import com.fasterxml.jackson.databind.node.ObjectNode

/** What differs from the example's policy document, as data. */
class PolicyChange(val edition: Int? = null, val set: List<Put> = emptyList(), val remove: List<String> = emptyList()) {
    /** The changed document. */
    fun of(original: String): String {
        if (edition == null && set.isEmpty() && remove.isEmpty()) return original
        val document = strict.readTree(original) as ObjectNode
        if (edition != null) renumber(document, edition)
        for (put in set) put(document, put.at, put.value)
        for (at in remove) remove(document, at)
        return document.toString()
    }
}

class Put(val at: String, val value: JsonNode)

private fun renumber(document: ObjectNode, edition: Int) {
    val version = strict.createObjectNode()
        .put("edition", edition)
        .put("version", "edition-$edition")
        .put("announced_on", "2026-10-01")
        .put("effective_on", "2026-11-%02d".format(10 + edition))
    document.setAll<ObjectNode>(version)
    val amendments = document["amendments"] as ObjectNode
    val earlier = amendments["versions"].filter { it["edition"].intValue() < edition }
    amendments.putArray("versions").addAll(earlier).add(version.deepCopy())
}

/** The value that holds the last segment, and that segment. In a list a segment is an entry's `id` or its number. */
private fun parent(document: JsonNode, at: String): Pair<JsonNode, String> {
    val segments = at.removePrefix("/").split('/')
    val holder = segments.dropLast(1).fold(document) { value, segment ->
        when (value) {
            is ObjectNode -> value[segment]
            is ArrayNode -> placeIn(value, segment)?.let(value::get)
            else -> null
        } ?: missing(at)
    }
    return holder to segments.last()
}

private fun put(document: JsonNode, at: String, value: JsonNode) {
    val (holder, name) = parent(document, at)
    when (holder) {
        is ObjectNode -> holder.set<JsonNode>(name, value)
        is ArrayNode -> if (name == "-") holder.add(value) else holder.set(placeIn(holder, name) ?: missing(at), value)
        else -> throw Fault("$at is in no object and no list")
    }
}

private fun remove(document: JsonNode, at: String) {
    val (holder, name) = parent(document, at)
    val removed = when (holder) {
        is ObjectNode -> holder.remove(name)
        is ArrayNode -> placeIn(holder, name)?.let(holder::remove)
        else -> null
    }
    removed ?: missing(at)
}

private fun placeIn(entries: ArrayNode, segment: String): Int? =
    entries.indexOfFirst { it["id"]?.textValue() == segment }.takeIf { it >= 0 }
        ?: segment.toIntOrNull()?.takeIf { it in 0 until entries.size() }

private fun missing(at: String): Nothing = throw Fault("the policy has no $at")
