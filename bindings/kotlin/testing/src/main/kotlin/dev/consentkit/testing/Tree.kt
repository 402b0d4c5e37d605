package dev.consentkit.testing

import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.contentOrNull

/** A text by language. */
internal typealias Text = Map<String, String>

/** The field of an object; null where there is none. */
internal operator fun JsonElement?.get(name: String): JsonElement? = (this as? JsonObject)?.get(name)

/** The entries of a list; empty where there is none. */
internal val JsonElement?.list: List<JsonElement> get() = (this as? JsonArray).orEmpty()

/** The words of a list. */
internal val JsonElement?.words: List<String> get() = list.mapNotNull { it.word }

/** A text, number or flag as it is written. */
internal val JsonElement?.word: String? get() = (this as? JsonPrimitive)?.contentOrNull

internal val JsonElement?.number: Long? get() = word?.toLong()

internal val JsonElement?.flag: Boolean get() = word == "true"

internal val JsonElement?.text: Text get() = (this as? JsonObject).orEmpty().mapValues { it.value.word.orEmpty() }

/** A field that must be there. */
internal fun JsonElement.need(name: String): JsonElement = this[name] ?: throw IllegalArgumentException("$name is missing")

internal fun JsonElement.needWord(name: String): String = need(name).word ?: throw IllegalArgumentException("$name is no text")

/** The entry that this word stands for, by the name that documents use. */
internal inline fun <reified T : Enum<T>> entry(word: String): T = enumValueOf(word.uppercase())
