package dev.consentkit.android

import android.content.Context
import dev.consentkit.ChoiceKind
import dev.consentkit.ImportChoice
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import java.util.Locale
import java.util.concurrent.TimeUnit

/** Where an older version of the app kept the answer about one purpose. */
class StoredConsent @JvmOverloads constructor(
    /** The purpose it answers here. */
    val purpose: String,
    /** The key of the answer. A boolean, 1 or 0, or a word such as `true`, `yes`, `y`, `granted` and their opposites. */
    val key: String,
    /** The key of the time it was given; `null` where that was not kept. A grant without a date is asked again (REC-1). */
    val dateKey: String? = null,
    /** The unit of that time, counted from 1970. */
    val dateUnit: TimeUnit = TimeUnit.MILLISECONDS,
    /** The key of the version of the text that was shown; `null` where that was not kept. */
    val versionKey: String? = null,
)

/** What an older store held. */
class StoredConsents(
    /** For [dev.consentkit.Consent.import]. */
    val choices: List<ImportChoice>,
    /** Keys whose value is neither a yes nor a no. They are left out: in doubt there is no consent. */
    val unreadable: List<String>,
)

/**
 * Reads the consents that an older version of the app kept in SharedPreferences, for [dev.consentkit.Consent.import].
 *
 * Reads, and changes nothing: delete the file once the import has returned. A key that is not there was never answered. A date that
 * cannot be one counts as unknown.
 *
 * @param file the name given to `getSharedPreferences`; the records will name it as their source.
 */
class SharedPreferencesConsents(context: Context, private val file: String, private val stored: List<StoredConsent>) {
    private val application: Context = context.applicationContext ?: context

    /** Reads the file. Leaves the calling thread. */
    suspend fun read(): StoredConsents = withContext(Dispatchers.IO) { choices(values()) }

    /** [read] for Java. Blocks on the disk: never on the main thread. */
    fun readBlocking(): StoredConsents = runBlocking { read() }

    private fun values(): Map<String, *> = application.getSharedPreferences(file, Context.MODE_PRIVATE).all

    private fun choices(values: Map<String, *>): StoredConsents {
        val choices = mutableListOf<ImportChoice>()
        val unreadable = mutableListOf<String>()
        for (entry in stored) {
            val value = values[entry.key] ?: continue
            val yes = answer(value)
            if (yes == null) {
                unreadable += entry.key
                continue
            }
            choices += ImportChoice(
                purpose = entry.purpose,
                choice = if (yes) ChoiceKind.GRANTED else ChoiceKind.REFUSED,
                saidAt = entry.dateKey?.let { date(values[it], entry.dateUnit) },
                source = file,
                textVersion = entry.versionKey?.let { values[it] }?.toString()?.takeIf { it.isNotBlank() && it.length <= LONGEST },
            )
        }
        return StoredConsents(choices, unreadable)
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

    private fun date(value: Any?, unit: TimeUnit): Long? {
        val count = (value as? Number)?.toLong() ?: (value as? String)?.trim()?.toLongOrNull() ?: return null
        val latest = System.currentTimeMillis() + TimeUnit.DAYS.toMillis(1)
        return unit.toMillis(count).takeIf { it in EARLIEST..latest }
    }

    private companion object {
        val YES = setOf("true", "yes", "y", "1", "granted", "agreed", "on")
        val NO = setOf("false", "no", "n", "0", "denied", "refused", "withdrawn", "off")

        /** 2008-01-01, before any app store: what the core takes for a date at all. */
        const val EARLIEST = 1_199_145_600_000L

        /** Longest name of a text's version that the core takes. */
        const val LONGEST = 128
    }
}
