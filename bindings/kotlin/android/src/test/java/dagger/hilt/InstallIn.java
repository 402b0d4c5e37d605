package dagger.hilt;

/** Stand-in, of the shape of Hilt's. */
public @interface InstallIn {
    Class<?>[] value();
}
