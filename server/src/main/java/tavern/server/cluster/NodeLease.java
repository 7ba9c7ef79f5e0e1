package tavern.server.cluster;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.Causes;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.LeaseStore;
import tavern.server.store.Repeats;
import tavern.server.time.Clocks;

/**
 * The right to be the realm's only server with an id. Leases of rooms are held in the name of the id, so that a
 * restarted server has its rooms again; two servers with one id would constantly take them from each other.
 *
 * <p>The holder's name is different for each start. A server that finds another holder waits until that holder's lease
 * expires, and refuses to start if the lease is prolonged meanwhile. It need not wait for a process of its own machine
 * that has ended, nor for a server that was stopped, which gives the id up.
 */
public final class NodeLease implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeLease.class);
    private static final String ANOTHER = "another server";
    private static final LeaseAnswer.Held NOBODY = new LeaseAnswer.Held("", 0);
    /** While the store does not answer. */
    private static final long SILENT_MILLIS_MAX = 15_000;

    private static final long RETRY_MILLIS_MIN = 50;
    private static final long RETRY_MILLIS_MAX = 200;

    /** Inaccuracy of a lease's remaining time: it may seem to grow by this much though nobody has prolonged it. */
    private static final long INEXACT_MILLIS = 50;

    private final LeaseStore store;
    private final String nodeId;
    private final String self;
    private final int ttlMillis;
    private final Clocks clocks;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("leases-node", true));
    private final CompletableFuture<NodeLease> taken = new CompletableFuture<>();
    private volatile boolean lost;

    private NodeLease(LeaseStore store, String nodeId, NodeHolder self, int ttlMillis, Clocks clocks) {
        this.store = store;
        this.nodeId = nodeId;
        this.self = self.toString();
        this.ttlMillis = ttlMillis;
        this.clocks = clocks;
    }

    /**
     * Fails with {@link NodeInUseException} when another server has the id and prolongs its lease. May take until the
     * lease of another holder expires. Who does not wait for so long cancels it: an id that is obtained after that is given
     * up at once.
     *
     * @param address of this server, as shown to others
     */
    public static CompletableFuture<NodeLease> take(
            LeaseStore store, String nodeId, String address, int ttlMillis, Clocks clocks) {
        NodeHolder self = NodeHolder.self(address, clocks.wall().millis());
        NodeLease lease = new NodeLease(store, nodeId, self, ttlMillis, clocks);
        lease.ask("", NOBODY);
        lease.taken.whenComplete((taken, failure) -> {
            if (failure != null) {
                lease.timer.shutdownNow();
            }
        });
        return lease.taken;
    }

    /**
     * @param gone a holder whose process has ended; empty for none
     * @param before the holder at the previous attempt
     */
    private void ask(String gone, LeaseAnswer.Held before) {
        // Its own name tells a repetition from another server.
        Repeats.<LeaseAnswer>whileUnavailable(
                        "whether node.id = " + nodeId + " is in use",
                        SILENT_MILLIS_MAX,
                        clocks.monotonic(),
                        () -> taken.isDone()
                                ? CompletableFuture.failedFuture(new CancellationException())
                                : store.holdNode(nodeId, self, gone, ttlMillis))
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        taken.completeExceptionally(Causes.of(failure));
                    } else if (answer instanceof LeaseAnswer.Held other) {
                        if (!taken.isDone()) {
                            heldBy(other, before);
                        }
                    } else {
                        granted();
                    }
                });
    }

    private void granted() {
        if (!taken.complete(this)) {
            log.info("node {} is this server's too late, and is given up", nodeId);
            close();
            return;
        }
        int renewMillis = ttlMillis / 3;
        try {
            timer.scheduleWithFixedDelay(this::renew, renewMillis, renewMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("node {} was given up at once", nodeId);
        }
    }

    private void heldBy(LeaseAnswer.Held other, LeaseAnswer.Held before) {
        Optional<NodeHolder> holder = NodeHolder.parse(other.holder());
        String who = holder.map(NodeHolder::inWords).orElse(ANOTHER);
        boolean same = other.holder().equals(before.holder());
        if (same && other.remainingMillis() > before.remainingMillis() + INEXACT_MILLIS) {
            taken.completeExceptionally(new NodeInUseException("node.id = " + nodeId + " is in use by " + who
                    + "; give each server of the realm a node.id of its own, or stop that one"));
        } else if (holder.isPresent() && holder.get().hasEnded()) {
            log.info("node {}: {} has ended without giving its id up; this server takes it over", nodeId, who);
            ask(other.holder(), other);
        } else {
            if (!same) {
                log.info(
                        "node {} is held by {}, which may have ended: waiting up to {} ms for it to run out",
                        nodeId,
                        who,
                        other.remainingMillis());
            }
            long waitMillis = Math.max(RETRY_MILLIS_MIN, Math.min(RETRY_MILLIS_MAX, other.remainingMillis() + 1));
            timer.schedule(() -> ask("", other), waitMillis, TimeUnit.MILLISECONDS);
        }
    }

    /** Continues after the id was lost, to get it back once the other server has stopped. */
    private void renew() {
        store.holdNode(nodeId, self, "", ttlMillis).whenComplete((answer, failure) -> {
            if (failure != null) {
                log.debug(
                        "node {} could not be renewed: {}",
                        nodeId,
                        Causes.of(failure).getMessage());
            } else if (answer instanceof LeaseAnswer.Held other) {
                lose(other);
            } else if (lost) {
                lost = false;
                log.info("node {} is this server's again; its rooms go on", nodeId);
            }
        });
    }

    private void lose(LeaseAnswer.Held other) {
        if (!lost) {
            lost = true;
            log.error(
                    "node {} is in use by {} too: the rooms of this server are suspended; stop one of them, and give"
                            + " each a node.id of its own",
                    nodeId,
                    NodeHolder.parse(other.holder()).map(NodeHolder::inWords).orElse(ANOTHER));
        }
    }

    /** Whether another server has the id now. Safe on any thread. */
    boolean isLost() {
        return lost;
    }

    /** Gives the id up. */
    @Override
    public void close() {
        timer.shutdownNow();
        store.releaseNode(nodeId, self).whenComplete((done, failure) -> {
            if (failure != null) {
                log.debug("node {} was not given up, and runs out by itself: {}", nodeId, failure.getMessage());
            }
        });
    }
}
