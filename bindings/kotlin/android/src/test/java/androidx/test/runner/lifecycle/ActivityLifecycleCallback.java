package androidx.test.runner.lifecycle;

import android.app.Activity;

/** Stand-in, of the shape Robolectric calls: see package-info of androidx.test. */
public interface ActivityLifecycleCallback {
    void onActivityLifecycleChanged(Activity activity, Stage stage);
}
