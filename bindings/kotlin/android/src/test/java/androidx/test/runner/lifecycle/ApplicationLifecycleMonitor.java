package androidx.test.runner.lifecycle;

/** Stand-in, of the shape Robolectric calls: see package-info of androidx.test. */
public interface ApplicationLifecycleMonitor {}
