package dagger.hilt.components;

/** Stand-in, of the shape of Hilt's. */
public interface SingletonComponent {}
