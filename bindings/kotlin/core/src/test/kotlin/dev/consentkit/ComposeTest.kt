package dev.consentkit

import kotlinx.coroutines.flow.StateFlow
import org.junit.Rule
import kotlin.properties.ReadOnlyProperty
import kotlin.test.Test
import kotlin.test.assertEquals

// Compose is in Google's repository only: these are of the shape that the snippet calls.

@Target(AnnotationTarget.FUNCTION)
annotation class Composable

private val drawn = mutableListOf<String>()

private fun <T> StateFlow<T>.collectAsState() = ReadOnlyProperty<Nothing?, T> { _, _ -> value }

@Suppress("ktlint:standard:function-naming", "UNUSED_PARAMETER")
private fun Switch(checked: Boolean, onCheckedChange: (Boolean) -> Unit) {
    drawn += "switch $checked"
}

private fun Text(text: String) {
    drawn += text
}

@Composable
fun MarketingSwitch(consent: Consent, purpose: String, onChange: (Boolean) -> Unit) {
    val snapshot by consent.state.collectAsState()
    val answer = snapshot.answers.firstOrNull { it.purpose == purpose } ?: return
    Switch(checked = answer.allowed, onCheckedChange = onChange)
    if (snapshot.pending > 0) Text("기기에 저장됨, 아직 전송 안 됨")
}

/** The screen that docs/kotlin.md shows. */
class ComposeTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `the switch says what is allowed, and that it waits to be sent`() {
        val consent = phone.open()
        consent.answer("cookies.analytics")
        MarketingSwitch(consent, "cookies.analytics") {}
        assertEquals(listOf("switch true", "기기에 저장됨, 아직 전송 안 됨"), drawn)
    }
}
