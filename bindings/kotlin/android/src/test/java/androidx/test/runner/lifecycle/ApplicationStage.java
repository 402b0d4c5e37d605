package androidx.test.runner.lifecycle;

/** Stand-in, of the shape Robolectric calls: see package-info of androidx.test. */
public enum ApplicationStage {
    PRE_ON_CREATE,
    CREATED
}
