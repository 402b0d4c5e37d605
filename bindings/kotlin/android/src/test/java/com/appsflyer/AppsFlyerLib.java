package com.appsflyer;

import android.content.Context;
import java.util.ArrayList;
import java.util.List;

/** Stand-in, of the shape of AppsFlyer's (version 7); keeps what it was told. A session that was not ready cannot be started. */
public final class AppsFlyerLib {
    public static final List<String> told = new ArrayList<>();
    private static final AppsFlyerLib INSTANCE = new AppsFlyerLib();
    private static boolean initialised;
    private static boolean ready;
    private static AppsFlyerSessionReadyListener listener;

    private AppsFlyerLib() {}

    public static AppsFlyerLib getInstance() {
        return INSTANCE;
    }

    /** The process begins. */
    public static void reset() {
        told.clear();
        initialised = false;
        ready = false;
        listener = null;
    }

    /** The app comes to the foreground, and its session is ready. */
    public static void session() {
        ready = true;
        if (listener != null) listener.onSessionReady();
        ready = false;
    }

    public AppsFlyerLib init(String key, AppsFlyerConversionListener conversions, Context context) {
        told.add("init");
        initialised = true;
        return this;
    }

    public void registerSessionReadyListener(AppsFlyerSessionReadyListener ready) {
        if (!initialised) throw new IllegalStateException("init comes first");
        told.add("listen");
        listener = ready;
    }

    public void setDisableAdvertisingIdentifiers(boolean disable) {
        told.add("no id " + disable);
    }

    public void start(Context context) {
        if (!ready) throw new IllegalStateException("the session is not ready");
        told.add("start");
    }

    public void stop(boolean stopped, Context context) {
        told.add("stop " + stopped);
    }
}
