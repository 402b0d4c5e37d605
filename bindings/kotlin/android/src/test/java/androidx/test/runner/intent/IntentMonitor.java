package androidx.test.runner.intent;

/** Stand-in, of the shape Robolectric calls: see package-info of androidx.test. */
public interface IntentMonitor {}
