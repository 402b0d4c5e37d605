package androidx.test.internal.platform;

/** Stand-in, of the shape Robolectric calls: see package-info of androidx.test. */
public interface ThreadChecker {}
