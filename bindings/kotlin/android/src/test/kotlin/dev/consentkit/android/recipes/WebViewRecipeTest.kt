package dev.consentkit.android.recipes

import android.net.Uri
import android.webkit.WebView
import androidx.webkit.JavaScriptReplyProxy
import androidx.webkit.WebMessageCompat
import androidx.webkit.WebViewCompat
import dev.consentkit.android.Phone
import dev.consentkit.android.grant
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** The recipe of docs/web-views.md does what it says, against a stand-in of the shape of androidx.webkit. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class WebViewRecipeTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `each document begins with the present state alone, and a page is answered`() {
        WebViewCompat.scripts.clear()
        val consent = phone.launch()
        val scope = CoroutineScope(Dispatchers.Unconfined)
        showShop(consent, WebView(phone.application), scope)
        until { WebViewCompat.scripts.size == 1 }
        assertTrue("\"cookies.analytics\":" !in WebViewCompat.scripts.single())
        consent.grant("cookies.analytics")
        until { WebViewCompat.scripts.singleOrNull().orEmpty().contains("\"cookies.analytics\":") }

        val nonce = Regex("\"([0-9a-f]{32})\"").find(WebViewCompat.scripts.single())!!.groupValues[1]
        var reply: String? = null
        val proxy = object : JavaScriptReplyProxy() {
            override fun postMessage(message: String) {
                reply = message
            }
        }
        val message = WebMessageCompat("""{"nonce":"$nonce","id":"1","kind":"ask","surface":"settings"}""")
        WebViewCompat.listener.onPostMessage(WebView(phone.application), message, Uri.parse(SHOP), true, proxy)
        until { reply != null }
        assertContains(reply!!, "\"questions\"")
        scope.cancel()
    }

    private fun until(condition: () -> Boolean) {
        repeat(400) { if (condition()) return else Thread.sleep(25) }
        assertEquals(true, condition())
    }

    private companion object {
        const val SHOP = "https://shop.example"
    }
}
