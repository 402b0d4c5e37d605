package dev.consentkit.scenarios

import com.fasterxml.jackson.databind.JsonNode
import dev.consentkit.Consent
import dev.consentkit.HistoryEntry

/** Compares an `expect` step with the device and the server. */
suspend fun told(phone: Phone, server: Server?, expected: Expect) {
    val consent = phone.consent
    val differences = Differences()
    differences.decided(expected, consent)
    val snapshot = consent.snapshot
    for ((purpose, status) in expected.status) {
        differences.compare("status $purpose", status, snapshot.answer(purpose)?.status?.word)
    }
    for ((purpose, until) in expected.validUntil) {
        if (snapshot.answer(purpose) == null) differences.add("valid_until $purpose: there is no such purpose")
        differences.compare("valid_until $purpose", until?.let(::millis), snapshot.answer(purpose)?.validUntil)
    }
    differences.maybe("pending", expected.pending, snapshot.pending)
    differences.maybe("signed_in", expected.signedIn, snapshot.signedIn)
    differences.maybe("push_blocked", expected.pushBlocked, snapshot.pushBlocked)
    differences.maybe("policy_version", expected.policyVersion, snapshot.policyVersion)
    if (expected.announced != null) differences.compare("announced", expected.announced, consent.announced().associate { it.version to it.daysLeft })
    differences.maybe("requests", expected.requests, phone.requests)
    if (expected.stuck != null) differences.compare("stuck", expected.stuck, consent.stuck().size.toLong())
    if (expected.history != null) differences.history(expected.history, consent.history())
    if (expected.verify != null) {
        val verified = consent.verify()
        if (verified.ok != expected.verify) differences.add("verify: expected ${expected.verify}, got ${verified.fault}")
    }
    differences.onServer(server, expected)
    differences.refuse()
}

/** Compares a `state_at` step. */
suspend fun toldAt(phone: Phone, action: LookBack) {
    val past = phone.consent.stateAt(millis(action.at))
    compared {
        compare("policy_version", action.expect.policyVersion, past.policyVersion.orEmpty())
        for ((purpose, reasons) in action.expect.reasons) {
            compare("reasons $purpose", reasons, past.decisions.find { it.purpose == purpose }?.codes)
        }
    }
}

/** `allows`, `explain` and the snapshot must agree. */
private fun Differences.decided(expected: Expect, consent: Consent) {
    for ((purpose, allowed) in expected.allows) compare("allows $purpose", allowed, consent.explain(purpose).allowed)
    for ((purpose, reasons) in expected.reasons) {
        val decision = consent.explain(purpose)
        compare("reasons $purpose", reasons, decision.codes)
        compare("allows $purpose", reasons.isEmpty(), decision.allowed)
    }
    for (purpose in expected.allows.keys + expected.reasons.keys) {
        compare("allows and explain of $purpose", consent.explain(purpose).allowed, consent.allows(purpose))
        compare("snapshot and explain of $purpose", consent.explain(purpose), consent.snapshot.explain(purpose))
    }
    for ((purpose, blocked) in expected.osBlocked) compare("os_blocked $purpose", blocked, consent.explain(purpose).osBlocked)
}

private fun Differences.history(expected: ExpectedHistory, all: List<HistoryEntry>) {
    val entries = all.filter { it.kind in expected.kinds }
    compare("history entries", expected.entries.size, entries.size)
    expected.entries.zip(entries).forEachIndexed { index, (expected, got) ->
        val place = "history[$index]"
        maybe("$place.kind", expected.kind, got.kind)
        maybe("$place.purpose", expected.purpose, got.purpose)
        maybe("$place.status", expected.status, got.status?.word)
        maybe("$place.at", expected.at?.let(::millis), got.at)
        maybe("$place.actor", expected.actor, got.actor?.word)
        maybe("$place.method", expected.method, got.method?.word)
        maybe("$place.policy_version", expected.policyVersion, got.policyVersion)
        maybe("$place.language", expected.language, got.language)
    }
}

private fun Differences.onServer(server: Server?, expected: Expect) {
    if (expected.server.isEmpty() && expected.serverHistory.isEmpty()) return
    val host = server ?: throw Fault("the scenario has no server; say \"server\": true")
    for ((subject, purposes) in expected.server) {
        for ((purpose, status) in purposes) compare("server $subject $purpose", status, host.status(subject, purpose))
    }
    for ((subject, changes) in expected.serverHistory) {
        val known = host.subject(subject).path("changes")
        changes.forEachIndexed { index, fields -> fields("server history of $subject[$index]", fields, known.path(index)) }
    }
}

/** Compares the fields that were given; a time by its instant, not by how it is written. */
private fun Differences.fields(place: String, expected: Map<String, JsonNode>, got: JsonNode) {
    for ((name, value) in expected) {
        val known = got.path(name)
        if (name == "at" && known.isTextual) {
            compare("$place.$name", millis(value.asText()), millis(known.asText()))
        } else {
            compare("$place.$name", value, known)
        }
    }
}
