package dagger;

/** Stand-in, of the shape of Dagger's. */
public @interface Module {}
