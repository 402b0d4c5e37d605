package dev.consentkit

import kotlinx.coroutines.runBlocking
import org.junit.Rule
import kotlin.test.Test

/** What the README shows, run. `cargo test --test snippets` compares the two. */
class ReadmeTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `the lines of the README run`() = runBlocking {
        val (path, policy) = phone.path() to POLICY

        val consent = Consent.open(path, policy) { platform = Platform.ANDROID; language = "ko" }
        check(!consent.allows("marketing.email")) // from memory, in nanoseconds; never throws

        val form = consent.questions("first_run")
        val receipt = consent.record(form.shown) {
            grant("marketing.data_use")
            grant("marketing.email")
            refuse("marketing.sms")
        }
        check(consent.allows("marketing.email") && receipt.pending == 3L)

        consent.withdraw("marketing.email")
        val reasons = consent.explain("marketing.email").reasons.map { it.text("ko") }
        check(reasons == listOf("이용자가 동의를 철회했습니다."))

        consent.close()
    }
}
