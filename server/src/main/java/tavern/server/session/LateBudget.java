package tavern.server.session;

import io.micrometer.core.instrument.Counter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** What all {@link LateMessages} of this server hold together, in number and bytes. Safe on any thread. */
final class LateBudget {
    private static final long BYTES_MAX = 16 << 20;

    private final Counter lost;
    private long bytes;
    private long messages;
    private CompletableFuture<Void> settled = CompletableFuture.completedFuture(null);

    /** @param lost counts messages that did not follow their sessions */
    LateBudget(Counter lost) {
        this.lost = lost;
    }

    /** @return whether a message of this size may wait */
    synchronized boolean take(int size) {
        if (bytes + size > BYTES_MAX) {
            return false;
        }
        bytes += size;
        if (messages++ == 0) {
            settled = new CompletableFuture<>();
        }
        return true;
    }

    /** A message of this size does not wait any more. */
    void give(int size) {
        CompletableFuture<Void> done = null;
        synchronized (this) {
            bytes -= size;
            if (--messages == 0) {
                done = settled;
            }
        }
        if (done != null) {
            done.complete(null);
        }
    }

    void lost(int number) {
        lost.increment(number);
    }

    synchronized long usedBytes() {
        return bytes;
    }

    /** Completes, never exceptionally, when nothing waits, or the time is up. */
    synchronized CompletionStage<Void> settled(long millisMax) {
        return settled.copy().completeOnTimeout(null, millisMax, TimeUnit.MILLISECONDS);
    }
}
