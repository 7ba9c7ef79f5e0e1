package tavern.server.feed.rabbitmq;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import tavern.server.cluster.HeldElsewhereException;
import tavern.server.cluster.Lease;
import tavern.server.cluster.Leases;
import tavern.server.cluster.Node;
import tavern.server.store.LeaseKey;

/** Leases that are as a test says. Any thread. */
final class ScriptedLeases implements Leases {
    private static final Node OTHER = new Node("other", "127.0.0.1", 2);

    private final AtomicInteger acquired = new AtomicInteger();
    private final AtomicInteger released = new AtomicInteger();
    private volatile Lease.State newest = Lease.State.HELD;
    private volatile boolean elsewhere;

    /** What the lease that was given last is now. */
    void newest(Lease.State state) {
        newest = state;
    }

    /** Whether somebody else has it. */
    void elsewhere(boolean held) {
        elsewhere = held;
    }

    int acquired() {
        return acquired.get();
    }

    int released() {
        return released.get();
    }

    @Override
    public CompletionStage<Lease> acquire(LeaseKey key) {
        if (elsewhere) {
            return CompletableFuture.failedFuture(new HeldElsewhereException(key, OTHER, 50));
        }
        newest = Lease.State.HELD;
        return CompletableFuture.completedFuture(new Given(key, acquired.incrementAndGet()));
    }

    @Override
    public CompletionStage<Lease> acquire(LeaseKey key, Taking how) {
        return acquire(key);
    }

    private final class Given implements Lease {
        private final LeaseKey key;
        private final int number;

        Given(LeaseKey key, int number) {
            this.key = key;
            this.number = number;
        }

        @Override
        public LeaseKey key() {
            return key;
        }

        @Override
        public long fence() {
            return number;
        }

        @Override
        public State state() {
            return number == acquired.get() ? newest : State.LOST;
        }
    }

    @Override
    public void release(Lease lease) {
        released.incrementAndGet();
    }

    @Override
    public void close() {
        // Nothing is renewed.
    }
}
