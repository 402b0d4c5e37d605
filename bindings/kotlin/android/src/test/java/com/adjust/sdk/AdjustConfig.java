package com.adjust.sdk;

import android.content.Context;

/** Stand-in, of the shape of Adjust's. */
public final class AdjustConfig {
    public static final String ENVIRONMENT_PRODUCTION = "production";

    public AdjustConfig(Context context, String appToken, String environment) {}
}
