package dagger.hilt.android.qualifiers;

/** Stand-in, of the shape of Hilt's. */
public @interface ApplicationContext {}
