package com.google.android.gms.common;

/** Stand-in for Google's, of its shape. */
public class UserRecoverableException extends Exception {
    private static final long serialVersionUID = 1L;

    public UserRecoverableException(String message) {
        super(message);
    }
}
