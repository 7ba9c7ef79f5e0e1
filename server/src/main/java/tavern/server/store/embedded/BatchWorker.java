package tavern.server.store.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that takes all waiting items, up to a bound, and passes them to one consumer. */
final class BatchWorker<T> implements AutoCloseable {
    /** Works on what has come. */
    interface Consumer<T> {
        /** @param more adds to the batch what has come meanwhile, up to its bound, and returns whether anything has */
        void accept(List<T> batch, BooleanSupplier more);
    }

    private static final Logger log = LoggerFactory.getLogger(BatchWorker.class);

    // Bounded by OperationsInFlight: everything in this queue is in flight.
    private final BlockingQueue<T> queue = new LinkedBlockingQueue<>();
    private final int batchMax;
    private final Consumer<T> consumer;
    private final BiConsumer<T, Throwable> abandoned;
    private final Thread thread;
    private volatile boolean closing;

    /** @param abandoned called for each item of a batch at which the consumer threw; must not throw */
    BatchWorker(String name, int batchMax, Consumer<T> consumer, BiConsumer<T, Throwable> abandoned) {
        this.batchMax = batchMax;
        this.consumer = consumer;
        this.abandoned = abandoned;
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
            try {
                consumer.accept(batch, () -> queue.drainTo(batch, batchMax - batch.size()) > 0);
            } catch (Throwable e) {
                // Without this thread, no operation would ever be answered again.
                log.error("{} failed at {} operations", thread.getName(), batch.size(), e);
                batch.forEach(item -> abandoned.accept(item, e));
            }
            batch.clear();
        }
    }

    /** Waits for the current batch. Nothing may be queued any more. */
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
