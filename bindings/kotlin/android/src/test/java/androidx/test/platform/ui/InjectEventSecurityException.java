package androidx.test.platform.ui;

/** Stand-in, of the shape Robolectric calls: see package-info of androidx.test. */
public final class InjectEventSecurityException extends Exception {
    private static final long serialVersionUID = 1L;
}
