package androidx.work;

/** Stand-in, of the shape of WorkManager's. */
public final class WorkerParameters {}
