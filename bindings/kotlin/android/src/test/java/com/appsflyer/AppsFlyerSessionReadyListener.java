package com.appsflyer;

/** Stand-in, of the shape of AppsFlyer's. */
public interface AppsFlyerSessionReadyListener {
    void onSessionReady();
}
