package tavern.bench.trades;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A thread that repeats one task. */
final class LoopingThread {
    private static final long TIMEOUT_MILLIS = TimeUnit.SECONDS.toMillis(20);

    /** The task to repeat. */
    interface Task {
        void run() throws Exception;
    }

    private final Thread thread;
    private volatile boolean ending;
    private volatile @Nullable Exception failure;

    private LoopingThread(String name, Task task) {
        thread = new Thread(() -> repeat(task), name);
    }

    static LoopingThread start(String name, Task task) {
        LoopingThread worker = new LoopingThread(name, task);
        worker.thread.start();
        return worker;
    }

    private void repeat(Task task) {
        try {
            while (!ending) {
                task.run();
            }
        } catch (InterruptedException e) {
            // end() interrupts a task that takes too long.
        } catch (Exception e) {
            failure = e;
        }
    }

    /** Waits for the current task and stops. @throws IOException if a task failed, after which none was run */
    void end() throws IOException, InterruptedException {
        ending = true;
        thread.join(TIMEOUT_MILLIS);
        thread.interrupt();
        thread.join(TIMEOUT_MILLIS);
        Exception failed = failure;
        if (failed != null) {
            throw new IOException(String.valueOf(failed.getMessage()), failed);
        }
    }
}
