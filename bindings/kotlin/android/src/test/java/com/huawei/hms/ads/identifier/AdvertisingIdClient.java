package com.huawei.hms.ads.identifier;

import android.content.Context;
import java.io.IOException;

/** Stand-in for Huawei's, of its shape; a test says what it answers. */
public class AdvertisingIdClient {
    /** Whether HMS is on this device. */
    public static volatile boolean available = false;

    /** What it says; null stands for an IOException. */
    public static volatile Info info = null;

    public static boolean isAdvertisingIdAvailable(Context context) {
        return available;
    }

    public static Info getAdvertisingIdInfo(Context context) throws IOException {
        if (info == null) {
            throw new IOException("bind failed");
        }
        return info;
    }

    /** Stand-in. */
    public static final class Info {
        private final String id;
        private final boolean limited;

        public Info(String id, boolean limited) {
            this.id = id;
            this.limited = limited;
        }

        public String getId() {
            return id;
        }

        public boolean isLimitAdTrackingEnabled() {
            return limited;
        }
    }
}
