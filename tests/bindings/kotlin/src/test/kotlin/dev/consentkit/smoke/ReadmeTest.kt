package dev.consentkit.smoke

import dev.consentkit.internal.Actor
import dev.consentkit.internal.Answer
import dev.consentkit.internal.ChoiceKind
import dev.consentkit.internal.ConsentCore
import dev.consentkit.internal.ConsentOptions
import dev.consentkit.internal.HostServices
import dev.consentkit.internal.Method
import dev.consentkit.internal.Platform
import dev.consentkit.internal.reasonText
import org.junit.Rule
import org.junit.rules.TemporaryFolder
import java.io.File
import kotlin.test.Test

/** What the README shows, run. `cargo test --test readme` compares the two. */
class ReadmeTest {
    @get:Rule
    val folder = TemporaryFolder()

    @Test
    fun `the lines of the README run`() {
        val path = File(folder.root, "consent.db").path
        val policy = File(System.getProperty("consentkit.policy")).readText()

        val core = ConsentCore.open(ConsentOptions(path = path, policy = policy, platform = Platform.ANDROID, language = "ko"), HostServices())
        check(!core.allows("marketing.email"))

        fun yes(purpose: String) = Answer(purpose, ChoiceKind.GRANTED, Method.TOGGLE, Actor.PERSON)
        val form = core.questions("first_run")
        val receipt = core.record(form.shown, listOf(yes("marketing.data_use"), yes("marketing.email")))
        check(core.allows("marketing.email") && receipt.pending == 2L)

        core.withdraw(listOf("marketing.email"))
        val reasons = core.explain("marketing.email").reasons.map { reasonText(it, "ko") }
        check(reasons == listOf("이용자가 동의를 철회했습니다."))
        core.shutdown()
    }
}
