package tavern.server.cache;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tavern.server.store.Stages;

/**
 * Runs loads in the order of arrival, a bounded number at a time, so as not to overload a store that has just
 * recovered. Safe on any thread.
 */
final class Refreshes {
    private final int max;
    /** By name, in the order of arrival: a load that is already waiting is not added twice. */
    private final Map<String, Supplier<CompletionStage<?>>> waiting = new LinkedHashMap<>();

    private final AtomicInteger calls = new AtomicInteger();
    private int running;

    Refreshes(int max) {
        this.max = max;
    }

    void add(String name, Supplier<CompletionStage<?>> load) {
        synchronized (this) {
            waiting.putIfAbsent(name, load);
        }
        startNext();
    }

    /**
     * A call that arrives while another is in this loop leaves the work to it: loads may complete at once, and
     * recursion would have no bound.
     */
    private void startNext() {
        if (calls.getAndIncrement() > 0) {
            return;
        }
        int done = 1;
        while (done > 0) {
            for (Supplier<CompletionStage<?>> next = next(); next != null; next = next()) {
                run(next);
            }
            done = calls.addAndGet(-done);
        }
    }

    private void run(Supplier<CompletionStage<?>> load) {
        // Whatever the load throws, others are waiting behind it.
        Stages.<Object>begin(() -> load.get().thenApply(loaded -> loaded)).whenComplete((loaded, failure) -> ended());
    }

    private void ended() {
        synchronized (this) {
            running--;
        }
        startNext();
    }

    private synchronized @Nullable Supplier<CompletionStage<?>> next() {
        Iterator<Supplier<CompletionStage<?>>> all = waiting.values().iterator();
        if (running >= max || !all.hasNext()) {
            return null;
        }
        Supplier<CompletionStage<?>> next = all.next();
        all.remove();
        running++;
        return next;
    }
}
