package dev.consentkit.android.recipes

import android.net.Uri
import android.webkit.WebView
import androidx.webkit.JavaScriptReplyProxy
import androidx.webkit.ScriptHandler
import androidx.webkit.WebMessageCompat
import androidx.webkit.WebViewCompat
import dev.consentkit.Consent
import dev.consentkit.WebPageHost
import dev.consentkit.WebPages
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/** A web view by androidx.webkit. */
class ShopPages(private val web: WebView, private val pages: WebPages, private val scope: CoroutineScope) : WebPageHost, WebViewCompat.WebMessageListener {
    private var handed: ScriptHandler? = null

    fun listen(origins: Set<String>) = WebViewCompat.addWebMessageListener(web, "consentkitChannel", origins, this)

    override fun startWith(script: String) {
        handed?.remove()
        handed = WebViewCompat.addDocumentStartJavaScript(web, script, setOf("*"))
    }

    override fun run(script: String) = web.evaluateJavascript(script, null)

    override fun onPostMessage(view: WebView, message: WebMessageCompat, sourceOrigin: Uri, isMainFrame: Boolean, replyProxy: JavaScriptReplyProxy) {
        scope.launch {
            val answer = pages.hear(message.data.orEmpty(), sourceOrigin.toString(), isMainFrame)
            answer.reply?.let(replyProxy::postMessage)
        }
    }
}

/** Call it before the first page is loaded, on the main thread. */
fun showShop(consent: Consent, web: WebView, scope: CoroutineScope) = scope.launch {
    val pages = consent.webPages("https://shop.example")
    val shop = ShopPages(web, pages, scope).apply { listen(setOf("https://shop.example")) }
    pages.handOver(consent.state, shop)
}
