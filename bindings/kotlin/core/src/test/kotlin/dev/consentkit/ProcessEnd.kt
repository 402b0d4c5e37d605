package dev.consentkit

/** The process that is killed: records one form after the other and says what was acknowledged. */
fun main(arguments: Array<String>) {
    val consent = Consent.options(arguments.single(), POLICY).openBlocking()
    while (true) {
        val answers = Answers().grant("cookies.analytics").grant("cookies.marketing")
        val receipt = consent.recordBlocking(consent.questionsBlocking("settings").shown, answers)
        println(receipt.items.last().seq)
    }
}
