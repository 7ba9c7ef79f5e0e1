package tavern.server.cluster;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.Causes;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.LeaseKey;
import tavern.server.store.Store;
import tavern.server.store.StoreUnavailableException;

/**
 * Leases that the store keeps, all renewed with one call, one call at a time.
 *
 * <p>What was released or lost must not be renewed, or nobody could have it until it runs out: so the table changes,
 * and the store is asked, under this object's lock, and the store does things in the order in which it is asked.
 */
public final class StoreLeases implements Leases {
    private static final Logger log = LoggerFactory.getLogger(StoreLeases.class);

    private final Store store;
    private final LeaseTimes times;
    private final boolean alone;
    private final CompletionStage<Node> self;
    private final InstantSource clock;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("leases", true));

    // Guarded by this.
    private final Map<LeaseKey, OwnLease> held = new HashMap<>();
    private @Nullable Renewal underWay;
    private long dueMillis;
    private boolean failing;

    /** @param self known once the node listens: until then nothing is acquired */
    public static StoreLeases start(
            Store store, ClusterSettings settings, CompletionStage<Node> self, InstantSource clock) {
        StoreLeases leases = new StoreLeases(store, settings, self, clock);
        int lookMillis = leases.times.lookMillis();
        leases.timer.scheduleWithFixedDelay(leases::step, lookMillis, lookMillis, TimeUnit.MILLISECONDS);
        return leases;
    }

    /** For tests, which take the steps themselves. */
    StoreLeases(Store store, ClusterSettings settings, CompletionStage<Node> self, InstantSource clock) {
        this.store = store;
        this.times = new LeaseTimes(settings.leaseMillis());
        this.alone = !settings.enabled();
        this.self = self;
        this.clock = clock;
        this.dueMillis = clock.millis() + times.renewMillis();
    }

    @Override
    public CompletionStage<Lease> acquire(LeaseKey key) {
        return self.thenCompose(node -> acquire(key, node, true));
    }

    /** @param inherits what a node of the same id holds is that of an earlier life, at another address */
    private CompletionStage<Lease> acquire(LeaseKey key, Node node, boolean inherits) {
        long askedMillis = clock.millis();
        return store.acquireLease(key, node.toString(), times.ttlMillis(), askedMillis)
                .thenCompose(answer -> {
                    if (answer instanceof LeaseAnswer.Granted granted) {
                        return CompletableFuture.completedFuture(hold(key, granted.fence(), askedMillis));
                    }
                    LeaseAnswer.Held other = (LeaseAnswer.Held) answer;
                    Node holder = Node.parse(other.holder());
                    return inherits && holder.id().equals(node.id()) && !holder.equals(node)
                            ? inherit(key, holder, node)
                            : CompletableFuture.failedFuture(refusal(key, holder, other.remainingMillis()));
                });
    }

    /** A node without others held it under another name: players wait until that runs out. */
    private Exception refusal(LeaseKey key, Node holder, long remainingMillis) {
        HeldElsewhereException held = new HeldElsewhereException(key, holder, remainingMillis);
        return alone ? new StoreUnavailableException(String.valueOf(held.getMessage()), remainingMillis) : held;
    }

    /** Whoever asks under the old address gets the lease anew, and can give it up. */
    private CompletionStage<Lease> inherit(LeaseKey key, Node earlier, Node node) {
        return store.acquireLease(key, earlier.toString(), times.ttlMillis(), clock.millis())
                .thenCompose(answer -> answer instanceof LeaseAnswer.Granted granted
                        ? store.releaseLease(key, granted.fence())
                        : CompletableFuture.completedFuture(null))
                .thenCompose(released -> acquire(key, node, false));
    }

    /** A node without others plays on when the store is silent: no trade commits without the fence anyway. */
    private long deadline(long askedMillis) {
        return alone ? Long.MAX_VALUE : times.deadline(askedMillis);
    }

    /** Of two answers for one key the larger fence counts, whichever comes first. */
    private synchronized Lease hold(LeaseKey key, long fence, long askedMillis) {
        OwnLease lease = new OwnLease(key, fence, clock, deadline(askedMillis));
        OwnLease other = held.get(key);
        if (other == null || other.fence() < fence) {
            held.put(key, lease);
        } else {
            lease.lose();
        }
        if (other != null && other.fence() < fence) {
            other.lose();
        }
        return lease;
    }

    /** Should the store not hear of it, the lease runs out: it is not renewed any more. */
    @Override
    public synchronized void release(Lease lease) {
        if (lease instanceof OwnLease own) {
            own.lose();
            held.remove(own.key(), own);
        }
        store.releaseLease(lease.key(), lease.fence()).whenComplete((nothing, failure) -> {
            if (failure != null) {
                log.debug("{} was not released and runs out by itself: {}", lease.key(), failure.getMessage());
            }
        });
    }

    private record Renewal(Map<LeaseKey, OwnLease> leases, long askedMillis) {}

    /** Renews if it is time to. Never throws: the steps after it are as needed as this one. */
    void step() {
        try {
            renewIfDue();
        } catch (RuntimeException | Error e) {
            log.error("leases could not be renewed", e);
        }
    }

    private void renewIfDue() {
        Renewal renewal;
        CompletionStage<Set<LeaseKey>> answer;
        synchronized (this) {
            long now = clock.millis();
            if (underWay != null && now - underWay.askedMillis() >= times.answerMillis()) {
                failed(underWay, "no answer");
            }
            if (underWay != null || now < dueMillis || held.isEmpty()) {
                return;
            }
            renewal = new Renewal(Map.copyOf(held), now);
            underWay = renewal;
            Map<LeaseKey, Long> fences = new HashMap<>();
            held.forEach((key, lease) -> fences.put(key, lease.fence()));
            answer = self.toCompletableFuture()
                    .thenCompose(node -> store.renewLeases(fences, node.toString(), times.ttlMillis()));
        }
        answer.whenComplete((lost, failure) -> {
            if (failure == null) {
                renewed(renewal, lost);
            } else {
                failed(renewal, String.valueOf(Causes.of(failure).getMessage()));
            }
        });
    }

    /** However late: what the store says holds from the time it was asked. */
    private synchronized void renewed(Renewal renewal, Set<LeaseKey> lost) {
        renewal.leases().forEach((key, lease) -> {
            if (lost.contains(key)) {
                log.warn("{} is another node's by now", key);
                lease.lose();
                held.remove(key, lease);
            } else {
                lease.holdUntil(deadline(renewal.askedMillis()));
            }
        });
        if (renewal == underWay) {
            underWay = null;
            dueMillis = renewal.askedMillis() + times.renewMillis();
            if (failing) {
                failing = false;
                log.info("leases are renewed again");
            }
        }
    }

    private synchronized void failed(Renewal renewal, String why) {
        if (renewal == underWay) {
            underWay = null;
            dueMillis = clock.millis() + times.retryMillis();
            if (!failing) {
                failing = true;
                log.warn("the leases could not be renewed ({}); trying on", why);
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
