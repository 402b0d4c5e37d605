package com.appsflyer;

import android.content.Context;
import java.util.ArrayList;
import java.util.List;

/** Stand-in, of the shape of AppsFlyer's (version 6); keeps what it was told. */
public final class AppsFlyerLib {
    public static final List<String> told = new ArrayList<>();
    private static final AppsFlyerLib INSTANCE = new AppsFlyerLib();

    private AppsFlyerLib() {}

    public static AppsFlyerLib getInstance() {
        return INSTANCE;
    }

    public AppsFlyerLib init(String key, AppsFlyerConversionListener listener, Context context) {
        told.add("init");
        return this;
    }

    public void setDisableAdvertisingIdentifiers(boolean disable) {
        told.add("no id " + disable);
    }

    public void start(Context context) {
        told.add("start");
    }

    public void stop(boolean stopped, Context context) {
        told.add("stop " + stopped);
    }
}
