package tavern.server.cache;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs loads in the order they came, so many at a time: a store that comes back is not run over. Any thread. */
final class Refreshes {
    private final int max;
    private final Queue<Supplier<CompletionStage<?>>> waiting = new ArrayDeque<>();
    private final AtomicInteger calls = new AtomicInteger();
    private int running;

    Refreshes(int max) {
        this.max = max;
    }

    void add(Supplier<CompletionStage<?>> load) {
        synchronized (this) {
            waiting.add(load);
        }
        startNext();
    }

    /** Whoever comes while another is at it leaves it to that one: loads may end at once, and a recursion had no end. */
    private void startNext() {
        if (calls.getAndIncrement() > 0) {
            return;
        }
        int done = 1;
        while (done > 0) {
            for (Supplier<CompletionStage<?>> next = next(); next != null; next = next()) {
                next.get().whenComplete((loaded, failure) -> ended());
            }
            done = calls.addAndGet(-done);
        }
    }

    private void ended() {
        synchronized (this) {
            running--;
        }
        startNext();
    }

    private synchronized @Nullable Supplier<CompletionStage<?>> next() {
        if (running >= max) {
            return null;
        }
        Supplier<CompletionStage<?>> next = waiting.poll();
        if (next != null) {
            running++;
        }
        return next;
    }
}
