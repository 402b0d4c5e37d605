// What an edition that is delivered over the network may not loosen. Only the app itself may.
package dev.consentkit.testing

import dev.consentkit.FaultCode
import dev.consentkit.PolicyFault

/** How far the number of a purpose's meaning may rise in one delivered edition: far enough for numbers that are dates. */
private const val MAX_MATERIAL_AHEAD = 1_000_000L

/** Most days of notice that a delivered edition may promise, since every later one is held to that. Ten years are more than anybody gives. */
private const val MAX_NOTICE_DAYS = 3_660L

private const val FIX = "ship the change inside the app"

/** Every guard that an edition loosens, by the library's own rules and in its order. `editions` is the one in force, with those before it after it. */
internal fun guardFaults(editions: List<PolicyDocument>, offered: PolicyDocument): List<PolicyFault> {
    val inForce = editions.first()
    val faults = mutableListOf<PolicyFault>()
    fun add(broken: Boolean, pointer: String, code: FaultCode, what: String) {
        if (broken) faults += PolicyFault(pointer, code, "a delivered policy $what", FIX)
    }
    add(offered.audience < inForce.audience, "/audience", FaultCode.GUARD_WEAKENED, "expects fewer children than the one in force, and a child would be taken for a grown-up (PIPA-8)")
    for (law in inForce.regimes - offered.regimes.toSet()) add(true, "/regimes", FaultCode.GUARD_WEAKENED, "is no longer held to the law \"$law\"")
    add(offered.ageOfConsent < inForce.ageOfConsent, "/age_of_consent", FaultCode.GUARD_WEAKENED, "lowers the age of consent, and a child would be taken for a grown-up (PIPA-8)")
    add(offered.languages.firstOrNull() != inForce.languages.firstOrNull(), "/languages/0", FaultCode.GUARD_WEAKENED, "puts another language first, and texts are compared in the first one")
    val night = inForce.quietHours
    add(night != null && offered.quietHours?.sparesMoreThan(night) != false, "/night", FaultCode.CONSENT_TAKEN_AWAY, "allows messages at hours that need a consent of their own (KR-4)")
    add(offered.coolDownDays < inForce.coolDownDays, "/cool_down_days", FaultCode.GUARD_WEAKENED, "brings a closed form back sooner (PIPA-16)")
    for (field in listOf("notice_days", "material_notice_days")) {
        val (before, days) = listOf(inForce, offered).map { it.whole["amendments"][field].number ?: 0 }
        add(days > maxOf(before, MAX_NOTICE_DAYS), "/amendments/$field", FaultCode.OUT_OF_RANGE, "promises more than $MAX_NOTICE_DAYS days of notice")
    }
    offered.purposes.forEachIndexed { at, purpose ->
        val before = editions.lastAsked(purpose.id)
        val after = Asked(offered, purpose)
        if (before == null) {
            add(purpose.silenceAllows, "/purposes/$at/basis", FaultCode.CONSENT_TAKEN_AWAY, "brings a purpose that is allowed although nobody was asked about it")
        } else {
            add(purpose.material > before.purpose.material + MAX_MATERIAL_AHEAD, "/purposes/$at/material", FaultCode.OUT_OF_RANGE, "raises material by more than $MAX_MATERIAL_AHEAD")
            for ((field, code, what) in loosened(before, after)) add(true, "/purposes/$at/$field", code, what)
            for (part in addedUnasked(before, after, at)) add(true, part.pointer, FaultCode.CONSENT_TAKEN_AWAY, "changes what is allowed although nobody is asked about it")
        }
    }
    for ((place, code, what) in cookiesFreed(editions, offered)) add(true, place, code, what)
    for (type in GOOGLE) {
        // Compared with the last edition in which any purpose named it.
        val before = editions.map { it.naming(type) }.firstOrNull { it.isNotEmpty() }.orEmpty()
        val after = offered.naming(type)
        add(after.isNotEmpty() && !after.containsAll(before), "/purposes", FaultCode.GUARD_WEAKENED, "tells Google of a consent that depends on fewer purposes than before (GCM-4)")
    }
    return faults
}

/** The purpose as people were last asked for it, with the edition that asked. */
internal fun List<PolicyDocument>.lastAsked(id: String): Asked? = firstNotNullOfOrNull { policy -> policy.purpose(id)?.let { Asked(policy, it) } }

private val GOOGLE = listOf("ad_storage", "analytics_storage", "ad_user_data", "ad_personalization")

private fun PolicyDocument.naming(type: String): Set<String> = purposes.filter { type in it.google }.map { it.id }.toSet()

/** How much a person has to say: to be asked first is more than to be able to object, and that is more than nothing. */
private val Basis.say: Int get() = when (this) {
    Basis.CONTRACT, Basis.LAW -> 0
    Basis.LEGITIMATE_INTEREST, Basis.OPT_OUT -> 1
    Basis.CONSENT -> 2
}

/** What a person loses where a basis gives way to one that leaves less to say. */
private val Basis.lostSay: String get() = if (this == Basis.CONSENT) "consent" else "the person's objection"

private fun loosened(before: Asked, after: Asked): List<Triple<String, FaultCode, String>> {
    val (old, new) = before.purpose to after.purpose
    if (!old.mayBeAnswered) return emptyList()
    fun isExempt(asked: Asked) = asked.purpose.channel?.let(asked.policy::needsNightConsent) != true
    val guards = listOf(
        "uses" to (old.usesAdvertisingId && !new.usesAdvertisingId), "sharing" to (old.sharing && !new.sharing), "scope" to (new.scope != old.scope),
        "night" to (old.night && !new.night), "channel" to (!isExempt(before) && isExempt(after)), "requires" to !new.requires.containsAll(old.requires),
        "expires_after_days" to new.lastsLongerThan(old),
    )
    val basis = Triple("basis", FaultCode.CONSENT_TAKEN_AWAY, "takes the purpose away from ${old.basis.lostSay}").takeIf { new.basis.say < old.basis.say }
    return listOfNotNull(basis) + guards.filter { it.second }.map { Triple(it.first, FaultCode.GUARD_WEAKENED, "takes away a guard: ${it.first}") }
}

// Nobody is asked about a purpose that needs no yes, however much `material` rises. So whatever is added to it would be allowed at once.
private fun addedUnasked(before: Asked, after: Asked, at: Int): List<Part> {
    if (before.purpose.basis == Basis.CONSENT || after.purpose.basis == Basis.CONSENT) return emptyList()
    val isEditorial = after.purpose.isEditorial(before.policy.edition, after.policy.edition)
    return changedParts(before, after, at).filter { it.widens && !(isEditorial && it.isWording) }
}

// A cookie can lose its protection although no purpose loses any: another purpose may claim it, or claim a narrower name.
private fun cookiesFreed(editions: List<PolicyDocument>, offered: PolicyDocument): List<Triple<String, FaultCode, String>> {
    val (before, now) = editions.map(::Claims) to Claims(offered)
    val names = (before + now).flatMap { it.sought }.distinct().sortedWith(compareBy({ !it.isExact }, { it.name }))
    // As in the library, from the top of the document to its end.
    val owned = names.mapNotNull { name -> now.owner(name)?.let { name to it } }.sortedWith(compareBy({ it.second.at }, { it.second.index }))
    return owned.mapNotNull { (name, claim) ->
        val (place, cookie) = "/purposes/${claim.at}/cookies/${claim.index}" to name.text
        val owner = before.firstNotNullOfOrNull { it.owner(name) }?.purpose
        val after = claim.purpose
        when {
            owner == null ->
                Triple(place, FaultCode.CONSENT_TAKEN_AWAY, "allows the cookie $cookie although nobody was asked about it").takeIf { after.bringsCookiesUnasked(editions) }
            !owner.mayBeAnswered -> null
            // An objection to one purpose is none to another.
            after.basis.say < owner.basis.say || (after.silenceAllows && after.id != owner.id) ->
                Triple(place, FaultCode.CONSENT_TAKEN_AWAY, "takes the cookie $cookie away from ${owner.basis.lostSay}")
            owner.sharesForAdvertising && !after.sharesForAdvertising ->
                Triple(place, FaultCode.GUARD_WEAKENED, "takes the cookie $cookie away from what Global Privacy Control holds back")
            else -> null
        }
    }
}

/** True where a cookie that no purpose had before would be allowed at once. A contract's or a law's purpose that has cookies may have more. */
private fun Purpose.bringsCookiesUnasked(editions: List<PolicyDocument>): Boolean =
    silenceAllows || (basis != Basis.CONSENT && editions.lastAsked(id)?.purpose?.cookies?.isEmpty() == true)

/** A name that a pattern tells apart: one cookie's, or the beginning of the names of those that no pattern names more exactly. */
private data class Sought(val name: String, val isExact: Boolean) {
    val text: String get() = if (isExact) name else "$name*"
}

private class Claim(val purpose: Purpose, val at: Int, val index: Int)

/** Whose a cookie is under one edition: whoever claims the exact name, or else whoever claims the longest beginning of it (CK-8). */
private class Claims(policy: PolicyDocument) {
    private val claims = LinkedHashMap<Sought, Claim>()

    init {
        policy.purposes.forEachIndexed { at, purpose ->
            purpose.cookies.forEachIndexed { index, pattern ->
                claims.getOrPut(Sought(pattern.removeSuffix("*"), !pattern.endsWith("*"))) { Claim(purpose, at, index) }
            }
        }
    }

    val sought: Set<Sought> get() = claims.keys

    fun owner(sought: Sought): Claim? = claims[sought]?.takeIf { sought.isExact }
        ?: (sought.name.length downTo 0).firstNotNullOfOrNull { claims[Sought(sought.name.take(it), isExact = false)] }
}
