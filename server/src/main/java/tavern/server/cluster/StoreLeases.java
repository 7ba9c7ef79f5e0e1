package tavern.server.cluster;

import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.LeaseKey;
import tavern.server.store.Store;

/** Leases that the store keeps. */
public final class StoreLeases implements Leases {
    private final Store store;
    private final ClusterSettings settings;
    private final Node self;
    private final InstantSource clock;

    public StoreLeases(Store store, ClusterSettings settings, Node self, InstantSource clock) {
        this.store = store;
        this.settings = settings;
        this.self = self;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Lease> acquire(LeaseKey key) {
        return store.acquireLease(key, self.toString(), settings.leaseMillis(), clock.millis())
                .thenCompose(answer -> answered(key, answer));
    }

    private CompletionStage<Lease> answered(LeaseKey key, LeaseAnswer answer) {
        if (answer instanceof LeaseAnswer.Held held) {
            return CompletableFuture.failedFuture(
                    new HeldElsewhereException(key, Node.parse(held.holder()), held.remainingMillis()));
        }
        return CompletableFuture.completedFuture(new Own(key, ((LeaseAnswer.Granted) answer).fence()));
    }

    private record Own(LeaseKey key, long fence) implements Lease {
        @Override
        public State state() {
            return State.HELD;
        }
    }

    @Override
    public void release(Lease lease) {
        store.releaseLease(lease.key(), lease.fence());
    }

    @Override
    public void close() {}
}
