package androidx.test.runner.lifecycle;

/** Stand-in, of the shape Robolectric calls: see package-info of androidx.test. */
public enum Stage {
    PRE_ON_CREATE,
    CREATED,
    STARTED,
    RESUMED,
    PAUSED,
    STOPPED,
    RESTARTED,
    DESTROYED
}
