package androidx.test.platform.ui;

/** Stand-in, of the shape Robolectric calls: see package-info of androidx.test. */
public interface UiController {}
