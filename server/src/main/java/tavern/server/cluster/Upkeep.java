package tavern.server.cluster;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.AccountStore;
import tavern.server.store.Causes;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.LeaseKey;
import tavern.server.store.LeaseStore;
import tavern.server.store.PresenceStore;
import tavern.server.store.RoomStore;
import tavern.server.time.ClockTrust;
import tavern.server.time.Clocks;

/**
 * Has the store forget what the realm need not keep any longer, in small steps with pauses in between, so that players
 * do not notice it. One server of the realm does it at a time, which holds the lease {@link LeaseKey#UPKEEP}. Nothing is
 * forgotten while this machine's clock may be wrong ({@link ClockTrust}).
 */
public final class Upkeep implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Upkeep.class);

    /** Before that, the clock is not trusted. */
    private static final long FIRST_SECONDS = TimeUnit.MILLISECONDS.toSeconds(ClockTrust.PROOF_MILLIS) + 60;

    private static final long EVERY_SECONDS = 3_600;

    /** Rooms removed in one step. */
    private static final int ROOMS = 200;

    /** Outcomes are kept for longer than ids are valid, so that a clock that was changed a little does no harm. */
    private static final int MARGIN_DAYS = 1;

    private static final long LEASE_MILLIS = 60_000;

    private final AccountStore accounts;
    private final RoomStore rooms;
    private final LeaseStore leases;
    private final @Nullable PresenceStore presence;
    private final int roomKeptDays;
    private final long outcomesKeptMillis;
    private final String holder;
    private final Clocks clocks;
    private final ClockTrust trust;
    private final ForgettingPace pace = new ForgettingPace();

    /** Whether a round is under way: the timer starts the next one without waiting for its end. */
    private final AtomicBoolean underWay = new AtomicBoolean();

    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("upkeep", true));

    /**
     * For tests, which call {@link #round} themselves.
     *
     * @param presence null unless other servers share the realm
     * @param roomKeptDays 0 to forget no rooms
     * @param node of this server
     */
    Upkeep(
            AccountStore accounts,
            RoomStore rooms,
            LeaseStore leases,
            @Nullable PresenceStore presence,
            int roomKeptDays,
            int outcomesKeptDays,
            String node,
            Clocks clocks) {
        this.presence = presence;
        this.accounts = accounts;
        this.rooms = rooms;
        this.leases = leases;
        this.roomKeptDays = roomKeptDays;
        outcomesKeptMillis = TimeUnit.DAYS.toMillis(outcomesKeptDays + (long) MARGIN_DAYS);
        // Servers whose node has the same name, as on two machines with the default settings, must not share the lease.
        holder = node + "#" + UUID.randomUUID();
        this.clocks = clocks;
        trust = new ClockTrust(clocks);
    }

    /**
     * @param presence null unless other servers share the realm
     * @param roomKeptDays 0 to forget no rooms
     * @param node of this server, as shown to others
     */
    public static Upkeep start(
            AccountStore accounts,
            RoomStore rooms,
            LeaseStore leases,
            @Nullable PresenceStore presence,
            int roomKeptDays,
            int outcomesKeptDays,
            String node,
            Clocks clocks) {
        Upkeep upkeep = new Upkeep(accounts, rooms, leases, presence, roomKeptDays, outcomesKeptDays, node, clocks);
        upkeep.timer.scheduleWithFixedDelay(upkeep::logged, FIRST_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
        return upkeep;
    }

    /** Never throws, so that the timer keeps running. */
    private void logged() {
        try {
            round().whenComplete((done, failure) -> {
                if (failure != null && !timer.isShutdown()) {
                    log.warn(
                            "the upkeep of the store goes on later: {}",
                            Causes.of(failure).getMessage());
                }
            });
        } catch (RuntimeException | Error e) {
            log.error("the upkeep of the store failed", e);
        }
    }

    /**
     * Completes once there is nothing left to forget for now; at once when this server or another one is still at it, or
     * when the clock is not trusted.
     */
    CompletionStage<Void> round() {
        if (!underWay.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(null);
        }
        try {
            return acquire().whenComplete((done, failure) -> underWay.set(false));
        } catch (RuntimeException | Error e) {
            underWay.set(false);
            throw e;
        }
    }

    private CompletionStage<Void> acquire() {
        Clocks.Moment asked = clocks.now();
        return isClockTrusted()
                ? leases.acquireLease(LeaseKey.UPKEEP, holder, LEASE_MILLIS)
                        .thenCompose(answer -> answer instanceof LeaseAnswer.Granted granted
                                ? forget(granted.fence(), asked)
                                : CompletableFuture.completedFuture(null))
                : CompletableFuture.completedFuture(null);
    }

    private boolean isClockTrusted() {
        boolean isTrusted = trust.isTrusted();
        if (!isTrusted) {
            log.info("nothing is forgotten now, because the machine's clock was set or the server has just started");
        }
        return isTrusted;
    }

    /** @param asked when the lease was acquired, which must happen again before it expires */
    private CompletionStage<Void> forget(long fence, Clocks.Moment asked) {
        // Somebody may set the clock during a round, which takes long when there is much to forget.
        if (!isClockTrusted()) {
            return leases.releaseLease(LeaseKey.UPKEEP, fence);
        }
        if (clocks.elapsedMillis(asked) >= LEASE_MILLIS / 2) {
            return acquire();
        }
        Clocks.Moment begun = clocks.now();
        return accounts.forgetOutcomes(outcomesKeptMillis, begun.wallMillis(), pace.outcomes())
                .thenCombine(forgetRooms(begun.wallMillis()), (outcomesLeft, roomsLeft) -> {
                    pace.took(clocks.now().monotonicMillis() - begun.monotonicMillis(), outcomesLeft);
                    return outcomesLeft || roomsLeft;
                })
                .thenCompose(more -> more
                        ? pause().thenCompose(rested -> forget(fence, asked))
                        : forgetDeadNodes().thenCompose(done -> leases.releaseLease(LeaseKey.UPKEEP, fence)));
    }

    /** Never fails: the next round tries again. */
    private CompletionStage<Void> forgetDeadNodes() {
        return presence == null
                ? CompletableFuture.completedFuture(null)
                : presence.forgetDeadNodes().exceptionally(failure -> {
                    log.warn(
                            "logins on servers that are gone are forgotten later: {}",
                            Causes.of(failure).getMessage());
                    return null;
                });
    }

    private CompletionStage<Boolean> forgetRooms(long nowMillis) {
        return roomKeptDays == 0
                ? CompletableFuture.completedFuture(false)
                : rooms.forgetRooms(TimeUnit.DAYS.toMillis(roomKeptDays), nowMillis, ROOMS);
    }

    private CompletableFuture<Void> pause() {
        CompletableFuture<Void> over = new CompletableFuture<>();
        timer.schedule(() -> over.complete(null), pace.pauseMillis(), TimeUnit.MILLISECONDS);
        return over;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
