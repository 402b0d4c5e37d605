package dev.consentkit

import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue

/** What docs/kotlin.md shows, compiled. `cargo test --test snippets` compares the two; what it does is tested elsewhere. */
@Suppress("unused")
internal class DocsSnippets {
    suspend fun firstRun(path: String, policy: String, address: String): Consent {
        val consent = Consent.open(path, policy) {
            platform = Platform.ANDROID
            language = "ko"
            server = address
        }
        check(!consent.allows("marketing.email"))

        val form = consent.questions("first_run")
        if (form.due) {
            consent.record(form.shown) {
                grant("marketing.data_use")
                grant("marketing.email")
                refuse("marketing.push")
            }
        }
        check(consent.allows("marketing.email"))
        return consent
    }

    fun reading(consent: Consent, startAnalytics: () -> Unit): List<String> {
        if (consent.allows("cookies.analytics")) startAnalytics()

        val decision = consent.explain("ad_id.personalised_ads")
        val why = decision.reasons.map { it.text("ko") }
        return why
    }

    suspend fun advertisingId(consent: Consent, useFor: (String) -> Unit, show: (List<Reason>) -> Unit) {
        when (val answer = consent.advertisingId("ad_id.measurement")) {
            is AdvertisingId.Available -> useFor(answer.id)
            is AdvertisingId.Refused -> show(answer.reasons)
        }
    }

    suspend fun account(consent: Consent, tryAgainAfter: (Long?) -> Unit) {
        consent.signIn("acct_81")
        val report = consent.sync()
        if (report.state == SyncState.WAITING) tryAgainAfter(report.retryAt)
    }
}

@Composable
fun MarketingSwitch(consent: Consent, purpose: String, onChange: (Boolean) -> Unit) {
    val snapshot by consent.state.collectAsState()
    val answer = snapshot.answers.firstOrNull { it.purpose == purpose } ?: return
    Switch(checked = answer.allowed, onCheckedChange = onChange)
    if (snapshot.pending > 0) Text("기기에 저장됨, 아직 전송 안 됨")
}
