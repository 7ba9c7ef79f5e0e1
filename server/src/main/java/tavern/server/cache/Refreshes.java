package tavern.server.cache;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs loads in the order they came, so many at a time: a store that comes back is not run over. Any thread. */
final class Refreshes {
    private final int max;
    /** By name, in the order they came: one that waits is not needed twice. */
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

    /** Whoever comes while another is at it leaves it to that one: loads may end at once, and a recursion had no end. */
    private void startNext() {
        if (calls.getAndIncrement() > 0) {
            return;
        }
        int done = 1;
        while (done > 0) {
            for (Supplier<CompletionStage<?>> next = next(); next != null; next = next()) {
                begun(next).whenComplete((loaded, failure) -> ended());
            }
            done = calls.addAndGet(-done);
        }
    }

    /** Whatever is thrown: those that wait come after this one. */
    private static CompletionStage<?> begun(Supplier<CompletionStage<?>> load) {
        try {
            return load.get();
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
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
