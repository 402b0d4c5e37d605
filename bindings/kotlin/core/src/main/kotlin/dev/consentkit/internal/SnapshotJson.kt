// The snapshot as JSON, for Flutter and React Native. The form is public: docs/snapshot-json.md describes it and a golden file holds it.
package dev.consentkit.internal

import dev.consentkit.GoogleConsent
import dev.consentkit.Snapshot

/** Goes up when a field changes its meaning or goes; new fields may come without. */
private const val FORM = 1

internal fun Snapshot.asJson(): String = json {
    field("form", FORM.toLong())
    field("generation", generation)
    field("at", at)
    field("policy_version", policyVersion)
    field("pending", pending)
    field("signed_in", signedIn)
    field("available", available)
    field("push_blocked", pushBlocked)
    field("signals") { signals(signals) }
    field("google") { google(googleConsent) }
    field("answers") {
        answers.forEach { answer ->
            field(answer.purpose) {
                field("allowed", answer.allowed)
                field("reasons", answer.reasons.map { it.code })
                field("status", answer.status.code)
                answer.validUntil?.let { field("valid_until", it) }
                field("os_blocked", answer.osBlocked)
            }
        }
    }
}

private fun JsonObject.signals(signals: dev.consentkit.Signals) {
    signals.tracking?.let { field("tracking", it.name.lowercase()) }
    signals.adId?.let { field("ad_id", it.code) }
    signals.gpc?.let { field("gpc", it) }
    signals.age?.let { field("age", it.name.lowercase()) }
    signals.guardian?.let { field("guardian", it.name.lowercase()) }
    signals.push?.let { field("push", it.name.lowercase()) }
}

private fun JsonObject.google(consent: GoogleConsent) {
    fun word(granted: Boolean) = if (granted) "granted" else "denied"
    field("ad_storage", word(consent.adStorage))
    field("analytics_storage", word(consent.analyticsStorage))
    field("ad_user_data", word(consent.adUserData))
    field("ad_personalization", word(consent.adPersonalization))
}

private fun json(fields: JsonObject.() -> Unit): String = StringBuilder().also { JsonObject(it).write(fields) }.toString()

/** Writes one object, field by field. */
private class JsonObject(private val out: StringBuilder) {
    private var first = true

    fun write(fields: JsonObject.() -> Unit) {
        out.append('{')
        fields()
        out.append('}')
    }

    fun field(name: String, value: Long) = name(name).append(value)

    fun field(name: String, value: Boolean) = name(name).append(value)

    fun field(name: String, value: String) = text(name(name), value)

    fun field(name: String, values: List<String>) {
        name(name).append('[')
        values.forEachIndexed { at, value ->
            if (at > 0) out.append(',')
            text(out, value)
        }
        out.append(']')
    }

    fun field(name: String, fields: JsonObject.() -> Unit) {
        name(name)
        JsonObject(out).write(fields)
    }

    private fun name(name: String): StringBuilder {
        if (!first) out.append(',')
        first = false
        text(out, name)
        return out.append(':')
    }

    private fun text(out: StringBuilder, value: String) {
        out.append('"')
        for (letter in value) {
            when {
                letter == '"' || letter == '\\' -> out.append('\\').append(letter)
                // Half a character is no text in any encoding, and some hosts end at it; the two separators end a line in JavaScript.
                letter < ' ' || letter.isSurrogate() || letter == '\u2028' || letter == '\u2029' ->
                    out.append("\\u").append(letter.code.toString(16).padStart(4, '0'))
                else -> out.append(letter)
            }
        }
        out.append('"')
    }
}
