package dev.consentkit

import kotlinx.coroutines.runBlocking

/**
 * Says yes and no until the disk takes no more, then withdraws what was granted before, and prints three lines: what the person was told,
 * whether it is still allowed, and which purposes are held in memory alone.
 */
fun main(arguments: Array<String>): Unit = runBlocking {
    val consent = Consent.options(arguments[0], POLICY).openBlocking()
    consent.answer("marketing.data_use", "marketing.email")
    var isFull = false
    while (!isFull) {
        try {
            consent.answer("cookies.analytics")
            consent.answer(refused = listOf("cookies.analytics"))
        } catch (_: ConsentException.StoreUnavailable) {
            isFull = true
        }
    }
    check(consent.allows("marketing.email")) { "what was granted before still counts" }
    var told = ""
    fun tell(text: String) {
        told = text
    }
    try {
        consent.withdraw("marketing.email")
    } catch (_: ConsentException.StoreUnavailable) {
        // It counts already, and the next start or a later call records it: `unrecorded()` lists it until then.
        tell("동의 철회를 저장할 공간이 없습니다. 공간을 비워 주세요.")
    }
    println(told)
    println(consent.allows("marketing.email"))
    println(consent.unrecorded().mapNotNull { it.purpose }.filter { it.startsWith("marketing.") }.joinToString())
    // As an app that is ended then: nothing is closed.
    Runtime.getRuntime().halt(0)
}
