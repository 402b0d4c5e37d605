package androidx.work;

import android.content.Context;

/** Stand-in, of the shape of WorkManager's. */
public abstract class ListenableWorker {
    private final Context context;

    public ListenableWorker(Context context, WorkerParameters parameters) {
        this.context = context;
    }

    public final Context getApplicationContext() {
        return context;
    }

    /** Stand-in. */
    public abstract static class Result {
        public static Result success() {
            return SUCCESS;
        }

        public static Result retry() {
            return RETRY;
        }

        private static final Result SUCCESS = new Result() {};
        private static final Result RETRY = new Result() {};
    }
}
