package androidx.webkit;

/** Stand-in, of the shape of androidx.webkit's. */
public class WebMessageCompat {
    private final String data;

    public WebMessageCompat(String data) {
        this.data = data;
    }

    public String getData() {
        return data;
    }
}
