package dev.consentkit.android

import android.content.Context
import dev.consentkit.ChoiceKind
import dev.consentkit.ConsentException
import dev.consentkit.ImportChoice
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import java.util.Collections
import java.util.Locale

/** Longest name of a text's version that the core takes. */
private const val LONGEST = 128

/**
 * Reads the consents that an older version of the app kept in SharedPreferences, for [dev.consentkit.Consent.import].
 *
 * Reads, and changes nothing: delete the file once the import has returned. A key that is not there was never answered. A date that
 * cannot be one counts as unknown.
 *
 * @param file the name given to `getSharedPreferences`; the records will name it as their source.
 */
public class OlderConsents(context: Context, private val file: String, keys: List<Key>) {
    private val application: Context = given("context", context).let { it.applicationContext ?: it }
    private val keys: List<Key> = given("keys", keys).toList()

    /** Where the answer about one purpose is kept. */
    public class Key @JvmOverloads constructor(
        /** The purpose it answers here. */
        public val purpose: String,
        /** The key of the answer. A boolean, 1 or 0, or a word such as `true`, `yes`, `y`, `granted` and their opposites. */
        public val answer: String,
        /**
         * The key of the time it was given; `null` where that was not kept. A grant without a date is asked again (REC-1). The value may be a
         * number or a text: seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size, or ISO 8601 such as
         * `2023-11-14T22:13:20.5+09:00`. A text without an offset is in the phone's time zone, and one without a time is its midnight.
         */
        public val saidAt: String? = null,
        /** The key of the version of the text that was shown; `null` where that was not kept. */
        public val textVersion: String? = null,
        /**
         * The value that stands there while nobody has answered, such as a default that `PreferenceManager.setDefaultValues` wrote; `null`
         * where the app wrote none. It is no answer.
         */
        public val unanswered: Any? = null,
    )

    /** What the older store held. */
    public class Found internal constructor(
        /** For [dev.consentkit.Consent.import]. */
        public val choices: List<ImportChoice>,
        /** Keys whose value is neither a yes nor a no. They are left out: in doubt there is no consent. */
        public val unreadable: List<String>,
    )

    /** Reads the file. Leaves the calling thread. */
    public suspend fun read(): Found = withContext(Dispatchers.IO) { found(values()) }

    /** [read] for Java. Blocks on the disk: never on the main thread. */
    public fun readBlocking(): Found = runBlocking { read() }

    private fun values(): Map<String, *> = application.getSharedPreferences(given("file", file), Context.MODE_PRIVATE).all

    private fun found(values: Map<String, *>): Found {
        val choices = mutableListOf<ImportChoice>()
        val unreadable = mutableListOf<String>()
        keys.forEachIndexed { at, key ->
            given("keys[$at]", key)
            val value = values[given("keys[$at].answer", key.answer)] ?: return@forEachIndexed
            if (value == key.unanswered) return@forEachIndexed
            val yes = answer(value)
            if (yes == null) {
                unreadable += key.answer
                return@forEachIndexed
            }
            choices += ImportChoice(
                purpose = given("keys[$at].purpose", key.purpose),
                choice = if (yes) ChoiceKind.GRANTED else ChoiceKind.REFUSED,
                saidAt = key.saidAt?.let { dateOf(values[it]) },
                source = file,
                textVersion = key.textVersion?.let { values[it] }?.toString()?.takeIf { it.isNotBlank() && it.length <= LONGEST },
            )
        }
        return Found(Collections.unmodifiableList(choices), Collections.unmodifiableList(unreadable))
    }

    private fun answer(value: Any): Boolean? = when (value) {
        is Boolean -> value
        is Number -> word(value.toString())
        is String -> word(value)
        else -> null
    }

    private fun word(value: String): Boolean? = when (value.trim().lowercase(Locale.ROOT)) {
        in YES -> true
        in NO -> false
        else -> null
    }

    private companion object {
        val YES = setOf("true", "yes", "y", "1", "1.0", "granted", "agreed", "on")
        val NO = setOf("false", "no", "n", "0", "0.0", "denied", "refused", "withdrawn", "off")
    }
}

/** What a caller in Java may have left out, under the name that an exception gives it. */
internal fun <T : Any> given(field: String, value: T?): T = value ?: throw ConsentException.Invalid(field, "is missing")
