package androidx.test.platform.app;

import android.app.Instrumentation;
import android.os.Bundle;

/** Stand-in, of the shape Robolectric calls: see package-info of androidx.test. */
public final class InstrumentationRegistry {
    private static volatile Instrumentation instance;
    private static volatile Bundle arguments = new Bundle();

    private InstrumentationRegistry() {}

    public static Instrumentation getInstrumentation() {
        return instance;
    }

    public static Bundle getArguments() {
        return new Bundle(arguments);
    }

    public static void registerInstance(Instrumentation instrumentation, Bundle given) {
        instance = instrumentation;
        arguments = new Bundle(given);
    }
}
