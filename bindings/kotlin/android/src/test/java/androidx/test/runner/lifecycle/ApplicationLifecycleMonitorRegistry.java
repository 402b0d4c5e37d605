package androidx.test.runner.lifecycle;

/** Stand-in, of the shape Robolectric calls: see package-info of androidx.test. */
public final class ApplicationLifecycleMonitorRegistry {
    private ApplicationLifecycleMonitorRegistry() {}

    public static void registerInstance(ApplicationLifecycleMonitor monitor) {}
}
