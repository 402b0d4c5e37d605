package androidx.webkit;

/** Stand-in, of the shape of androidx.webkit's. */
public interface ScriptHandler {
    void remove();
}
