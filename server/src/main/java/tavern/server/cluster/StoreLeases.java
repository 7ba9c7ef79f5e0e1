package tavern.server.cluster;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.Causes;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.LeaseKey;
import tavern.server.store.LeaseStore;
import tavern.server.store.StoreUnavailableException;
import tavern.server.time.Clocks;

/**
 * Leases kept in the store. All are renewed with one call, and there is one such call at a time.
 *
 * <p>A lease that was released or lost must not be renewed, or nobody could acquire it until it expires. Therefore both
 * changes to the table and calls to the store happen under this object's lock, and the store executes calls in the
 * order in which it receives them.
 */
public final class StoreLeases implements Leases {
    private static final Logger log = LoggerFactory.getLogger(StoreLeases.class);

    /** By then a lease whose time is up is gone. */
    private static final int EXPIRY_MILLIS = 20;

    private final LeaseStore store;
    private final LeaseTimes times;
    private final boolean alone;
    private final CompletionStage<Node> self;
    private final BooleanSupplier mayRenew;
    private final Clocks clocks;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("leases", true));

    // Guarded by this.
    private final Map<LeaseKey, OwnLease> held = new HashMap<>();
    private @Nullable Renewal underWay;
    /** The next renewal is due {@link #waitMillis} after this moment. */
    private Clocks.Moment waitsSince;

    private long waitMillis;
    private boolean failing;

    /**
     * @param self completes once the node listens; until then nothing is acquired
     * @param mayRenew when false, the leases are left to expire so that others can acquire them
     */
    public static StoreLeases start(
            LeaseStore store,
            ClusterSettings settings,
            CompletionStage<Node> self,
            BooleanSupplier mayRenew,
            Clocks clocks) {
        StoreLeases leases = new StoreLeases(store, settings, self, mayRenew, clocks);
        int checkMillis = leases.times.checkMillis();
        leases.timer.scheduleWithFixedDelay(leases::step, checkMillis, checkMillis, TimeUnit.MILLISECONDS);
        return leases;
    }

    /** For tests, which call {@link #step} themselves. */
    StoreLeases(
            LeaseStore store,
            ClusterSettings settings,
            CompletionStage<Node> self,
            BooleanSupplier mayRenew,
            Clocks clocks) {
        this.store = store;
        this.times = new LeaseTimes(settings.leaseMillis());
        this.alone = !settings.enabled();
        this.self = self;
        this.mayRenew = mayRenew;
        this.clocks = clocks;
        this.waitsSince = clocks.now();
        this.waitMillis = times.renewMillis();
    }

    @Override
    public CompletionStage<Lease> acquire(LeaseKey key) {
        return self.thenCompose(node -> acquire(key, node, true))
                .exceptionallyCompose(failure -> Causes.of(failure) instanceof HeldElsewhereException other
                                && times.isRunningOut(other.remainingMillis())
                        ? acquireAfter(other.remainingMillis(), key)
                        : CompletableFuture.failedFuture(failure));
    }

    /** Whose lease runs out does not answer the store, and so hardly a player who would be sent there. */
    private CompletionStage<Lease> acquireAfter(long millis, LeaseKey key) {
        return CompletableFuture.supplyAsync(
                        () -> self, CompletableFuture.delayedExecutor(millis + EXPIRY_MILLIS, TimeUnit.MILLISECONDS))
                .thenCompose(node -> node)
                .thenCompose(node -> acquire(key, node, true));
    }

    @Override
    public CompletionStage<Lease> acquire(LeaseKey key, Taking how) {
        return self.thenCompose(node -> {
            Clocks.Moment asked = clocks.now();
            return how.take(node.toString(), times.ttlMillis())
                    .thenCompose(answer -> answer instanceof LeaseAnswer.Held other
                            ? CompletableFuture.failedFuture(
                                    refusal(key, Node.parse(other.holder()), other.remainingMillis()))
                            : CompletableFuture.completedFuture(
                                    hold(key, ((LeaseAnswer.Granted) answer).fence(), asked)));
        });
    }

    /**
     * @param inherits whether a lease held by a node with the same id but another address counts as this node's own,
     *     from an earlier run
     */
    private CompletionStage<Lease> acquire(LeaseKey key, Node node, boolean inherits) {
        Clocks.Moment asked = clocks.now();
        return store.acquireLease(key, node.toString(), times.ttlMillis()).thenCompose(answer -> {
            if (answer instanceof LeaseAnswer.Granted granted) {
                return CompletableFuture.completedFuture(hold(key, granted.fence(), asked));
            }
            LeaseAnswer.Held other = (LeaseAnswer.Held) answer;
            Node holder = Node.parse(other.holder());
            return inherits && holder.id().equals(node.id()) && !holder.equals(node)
                    ? inherit(key, holder, node)
                    : CompletableFuture.failedFuture(refusal(key, holder, other.remainingMillis()));
        });
    }

    /** A node without others held the lease itself under another name: players have to wait until it expires. */
    private Exception refusal(LeaseKey key, Node holder, long remainingMillis) {
        HeldElsewhereException held = new HeldElsewhereException(key, holder, remainingMillis);
        return alone ? new StoreUnavailableException(String.valueOf(held.getMessage()), remainingMillis) : held;
    }

    /** Acquires the lease under the old address, which makes it possible to release it. */
    private CompletionStage<Lease> inherit(LeaseKey key, Node earlier, Node node) {
        return store.acquireLease(key, earlier.toString(), times.ttlMillis())
                .thenCompose(answer -> answer instanceof LeaseAnswer.Granted granted
                        ? store.releaseLease(key, granted.fence())
                        : CompletableFuture.completedFuture(null))
                .thenCompose(released -> acquire(key, node, false));
    }

    /**
     * A node without others keeps running while the store does not answer: no trade commits without the fence anyway.
     */
    private long heldMillis() {
        return alone ? Long.MAX_VALUE : times.heldMillis();
    }

    /** Of two answers for one key, the one with the larger fence counts, whichever arrives first. */
    private synchronized Lease hold(LeaseKey key, long fence, Clocks.Moment asked) {
        OwnLease lease = new OwnLease(key, fence, clocks, asked, heldMillis());
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

    /** If the call does not reach the store, the lease expires, because it is no longer renewed. */
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

    private record Renewal(Map<LeaseKey, OwnLease> leases, Clocks.Moment asked) {}

    /** Renews the leases if it is time to. Never throws, so that the timer keeps running. */
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
            if (underWay != null && clocks.elapsedMillis(underWay.asked()) >= times.answerMillis()) {
                failed(underWay, "no answer");
            }
            boolean due = underWay == null && clocks.elapsedMillis(waitsSince) >= waitMillis;
            if (!due || held.isEmpty() || !mayRenew.getAsBoolean()) {
                return;
            }
            renewal = new Renewal(Map.copyOf(held), clocks.now());
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

    /** Accepts a late answer too: it is valid from the time of the request. */
    private synchronized void renewed(Renewal renewal, Set<LeaseKey> lost) {
        renewal.leases().forEach((key, lease) -> {
            if (lost.contains(key)) {
                log.warn("{} belongs to another node now", key);
                lease.lose();
                held.remove(key, lease);
            } else {
                lease.renewed(renewal.asked());
            }
        });
        if (renewal == underWay) {
            underWay = null;
            waitsSince = renewal.asked();
            waitMillis = times.renewMillis();
            if (failing) {
                failing = false;
                log.info("leases are renewed again");
            }
        }
    }

    private synchronized void failed(Renewal renewal, String why) {
        if (renewal == underWay) {
            underWay = null;
            waitsSince = clocks.now();
            waitMillis = times.retryMillis();
            if (!failing && !timer.isShutdown()) {
                failing = true;
                log.warn("the leases could not be renewed ({}); trying again", why);
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
