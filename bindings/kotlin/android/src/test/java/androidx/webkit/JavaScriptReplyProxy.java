package androidx.webkit;

/** Stand-in, of the shape of androidx.webkit's. */
public abstract class JavaScriptReplyProxy {
    public abstract void postMessage(String message);
}
