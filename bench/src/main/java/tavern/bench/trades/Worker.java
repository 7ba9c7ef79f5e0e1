package tavern.bench.trades;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A thread that does one thing over and over. */
final class Worker {
    private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(20);

    /** What is repeated. */
    interface Task {
        void run() throws Exception;
    }

    private final Thread thread;
    private volatile boolean ending;
    private volatile @Nullable Exception failure;

    private Worker(String name, Task task) {
        thread = new Thread(() -> repeat(task), name);
    }

    static Worker start(String name, Task task) {
        Worker worker = new Worker(name, task);
        worker.thread.start();
        return worker;
    }

    private void repeat(Task task) {
        try {
            while (!ending) {
                task.run();
            }
        } catch (InterruptedException e) {
            // The end did not want to wait for the task.
        } catch (Exception e) {
            failure = e;
        }
    }

    /** Waits for the task that runs. @throws IOException when a task failed: it was the last */
    void end() throws IOException, InterruptedException {
        ending = true;
        thread.join(PATIENCE_MILLIS);
        thread.interrupt();
        thread.join(PATIENCE_MILLIS);
        Exception failed = failure;
        if (failed != null) {
            throw new IOException(String.valueOf(failed.getMessage()), failed);
        }
    }
}
