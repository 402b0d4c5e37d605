package androidx.test.internal.platform.content;

/** Stand-in, of the shape Robolectric calls: see package-info of androidx.test. */
public interface PermissionGranter {}
