package androidx.webkit;

import android.net.Uri;
import android.webkit.WebView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Stand-in, of the shape of androidx.webkit's: it keeps what it was told, and a test sends what a page would. */
public class WebViewCompat {
    /** Stand-in. */
    public interface WebMessageListener {
        void onPostMessage(WebView view, WebMessageCompat message, Uri sourceOrigin, boolean isMainFrame, JavaScriptReplyProxy replyProxy);
    }

    /** The scripts that every document begins with now. */
    public static final List<String> scripts = new ArrayList<>();

    /** Who hears the pages. */
    public static WebMessageListener listener;

    public static ScriptHandler addDocumentStartJavaScript(WebView view, String script, Set<String> allowedOriginRules) {
        scripts.add(script);
        return () -> scripts.remove(script);
    }

    public static void addWebMessageListener(WebView view, String name, Set<String> allowedOriginRules, WebMessageListener to) {
        listener = to;
    }
}
