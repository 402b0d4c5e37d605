package androidx.test.internal.platform.util;

/** Stand-in, of the shape Robolectric calls: see package-info of androidx.test. */
public final class TestOutputEmitter {
    private TestOutputEmitter() {}

    public static void dumpThreadStates(String name) {}
}
