package tavern.server.store.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** A thread that takes all that waits, up to a bound, and hands it to one consumer. */
final class Worker<T> implements AutoCloseable {
    // Bounded by Admission: what is queued here is in flight.
    private final BlockingQueue<T> queue = new LinkedBlockingQueue<>();
    private final int batchMax;
    private final Consumer<List<T>> consumer;
    private final Thread thread;
    private volatile boolean closing;

    /** @param consumer must not throw */
    Worker(String name, int batchMax, Consumer<List<T>> consumer) {
        this.batchMax = batchMax;
        this.consumer = consumer;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void add(T item) {
        queue.add(item);
    }

    private void run() {
        List<T> batch = new ArrayList<>(batchMax);
        while (!closing) {
            try {
                batch.add(queue.take());
            } catch (InterruptedException e) {
                // Only close() may end this thread; it sets the flag first.
                continue;
            }
            queue.drainTo(batch, batchMax - 1);
            consumer.accept(batch);
            batch.clear();
        }
    }

    /** Waits for the batch at hand. Nothing may be queued any more. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
