package com.adjust.sdk;

import java.util.ArrayList;
import java.util.List;

/** Stand-in, of the shape of Adjust's (version 5); keeps what it was told. */
public final class Adjust {
    public static final List<String> told = new ArrayList<>();

    private Adjust() {}

    public static void initSdk(AdjustConfig config) {
        told.add("init");
    }

    public static void enable() {
        told.add("enable");
    }

    public static void disable() {
        told.add("disable");
    }
}
