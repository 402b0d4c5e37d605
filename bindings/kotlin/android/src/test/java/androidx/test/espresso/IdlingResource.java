package androidx.test.espresso;

/** Stand-in, of the shape Robolectric calls: see package-info of androidx.test. */
public interface IdlingResource {
    String getName();

    boolean isIdleNow();

    void registerIdleTransitionCallback(ResourceCallback callback);

    /** Stand-in. */
    interface ResourceCallback {
        void onTransitionToIdle();
    }
}
