package androidx.test.runner.intent;

/** Stand-in, of the shape Robolectric calls: see package-info of androidx.test. */
public final class IntentStubberRegistry {
    private IntentStubberRegistry() {}

    public static boolean isLoaded() {
        return false;
    }

    public static IntentStubber getInstance() {
        throw new IllegalStateException("no intent is stubbed here");
    }

    public static void reset() {}
}
