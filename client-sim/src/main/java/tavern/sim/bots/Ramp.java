package tavern.sim.bots;

import io.netty.channel.EventLoop;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Runs many tasks on one event loop, a bounded number at once. Completes when all have, successfully or not. */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the future completes
public final class Ramp<T> {
    private final EventLoop loop;
    private final Iterator<Supplier<CompletableFuture<T>>> waiting;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int running;

    private Ramp(EventLoop loop, List<Supplier<CompletableFuture<T>>> tasks) {
        this.loop = loop;
        this.waiting = tasks.iterator();
    }

    public static <T> CompletableFuture<Void> run(
            EventLoop loop, List<Supplier<CompletableFuture<T>>> tasks, int atOnce) {
        Ramp<T> ramp = new Ramp<>(loop, tasks);
        loop.execute(() -> {
            for (int i = 0; i < atOnce; i++) {
                ramp.next();
            }
        });
        return ramp.done;
    }

    private void next() {
        if (waiting.hasNext()) {
            running++;
            // Continue through the loop, so that tasks that complete at once do not pile up on the stack.
            waiting.next()
                    .get()
                    .whenComplete((result, failure) -> loop.execute(() -> {
                        running--;
                        next();
                    }));
        } else if (running == 0) {
            done.complete(null);
        }
    }
}
