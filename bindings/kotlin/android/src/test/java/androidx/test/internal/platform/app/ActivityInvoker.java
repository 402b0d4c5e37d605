package androidx.test.internal.platform.app;

/** Stand-in, of the shape Robolectric calls: see package-info of androidx.test. */
public interface ActivityInvoker {}
