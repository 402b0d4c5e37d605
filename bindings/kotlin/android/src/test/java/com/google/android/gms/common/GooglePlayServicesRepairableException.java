package com.google.android.gms.common;

/** Stand-in for Google's, of its shape. */
public class GooglePlayServicesRepairableException extends UserRecoverableException {
    private static final long serialVersionUID = 1L;

    public GooglePlayServicesRepairableException(int connectionStatusCode, String message) {
        super(message);
    }
}
