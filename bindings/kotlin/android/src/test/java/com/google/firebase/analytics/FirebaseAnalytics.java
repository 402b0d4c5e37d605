package com.google.firebase.analytics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Stand-in, of the shape of Firebase's; keeps what it was told. */
public final class FirebaseAnalytics {
    public final List<String> told = new ArrayList<>();

    public void setConsent(Map<ConsentType, ConsentStatus> consent) {
        told.add(new TreeMap<>(consent).toString());
    }

    public void setAnalyticsCollectionEnabled(boolean enabled) {
        told.add("collection " + enabled);
    }

    public void resetAnalyticsData() {
        told.add("reset");
    }

    /** Stand-in. */
    public enum ConsentType {
        AD_PERSONALIZATION,
        AD_STORAGE,
        AD_USER_DATA,
        ANALYTICS_STORAGE
    }

    /** Stand-in. */
    public enum ConsentStatus {
        GRANTED,
        DENIED
    }
}
