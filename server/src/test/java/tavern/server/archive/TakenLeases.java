package tavern.server.archive;

import java.util.concurrent.CompletionStage;
import tavern.server.cluster.Lease;
import tavern.server.cluster.Leases;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.LeaseKey;
import tavern.server.store.LeaseStore;

/** Leases of a node that believes that it holds whatever it was given, until it has released it. Any thread. */
final class TakenLeases implements Leases {
    private final LeaseStore store;
    private final String holder;
    private volatile Lease.State state = Lease.State.HELD;

    TakenLeases(LeaseStore store, String holder) {
        this.store = store;
        this.holder = holder;
    }

    @Override
    public CompletionStage<Lease> acquire(LeaseKey key) {
        return acquire(key, (own, ttlMillis) -> store.acquireLease(key, own, ttlMillis));
    }

    @Override
    public CompletionStage<Lease> acquire(LeaseKey key, Taking how) {
        return how.take(holder, 60_000).thenApply(answer -> {
            state = Lease.State.HELD;
            return new Given(key, ((LeaseAnswer.Granted) answer).fence());
        });
    }

    private final class Given implements Lease {
        private final LeaseKey key;
        private final long fence;

        Given(LeaseKey key, long fence) {
            this.key = key;
            this.fence = fence;
        }

        @Override
        public LeaseKey key() {
            return key;
        }

        @Override
        public long fence() {
            return fence;
        }

        @Override
        public State state() {
            return state;
        }
    }

    @Override
    public void release(Lease lease) {
        store.releaseLease(lease.key(), lease.fence());
    }

    @Override
    public void close() {
        // Nothing is renewed.
    }
}
