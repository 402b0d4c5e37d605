package androidx.test.runner.intent;

/** Stand-in, of the shape Robolectric calls: see package-info of androidx.test. */
public final class IntentMonitorRegistry {
    private IntentMonitorRegistry() {}

    public static void registerInstance(IntentMonitor monitor) {}
}
