package com.google.android.gms.ads.identifier;

import android.content.Context;
import com.google.android.gms.common.GooglePlayServicesNotAvailableException;
import com.google.android.gms.common.GooglePlayServicesRepairableException;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/** Stand-in for Google's, of its shape; a test says what it answers. */
public class AdvertisingIdClient {
    /** What the next call does. */
    public static volatile Callable<Info> answer = () -> null;

    /** How often it was asked. */
    public static final AtomicInteger asked = new AtomicInteger();

    public static Info getAdvertisingIdInfo(Context context)
            throws IOException, GooglePlayServicesNotAvailableException, GooglePlayServicesRepairableException {
        asked.incrementAndGet();
        try {
            return answer.call();
        } catch (Exception thrown) {
            throw AdvertisingIdClient.<RuntimeException>asItIs(thrown);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T asItIs(Throwable thrown) throws T {
        throw (T) thrown;
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
