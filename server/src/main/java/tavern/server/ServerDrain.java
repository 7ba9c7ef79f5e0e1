package tavern.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.ErrorCode;
import tavern.server.session.Evacuation;
import tavern.server.session.Sessions;

/**
 * How a server empties itself: rooms and players move to other servers if there are any, then what is left closes. Safe on
 * any thread; nothing blocks.
 */
final class ServerDrain {
    /** What rooms that are left have to finish; a stop has no longer for all that is done here. */
    static final long CLOSE_SECONDS_MAX = 8;

    /** What other servers still have to hear of sessions that have gone there has this long at a stop. */
    static final long LATE_MILLIS_MAX = 1_500;

    private static final Logger log = LoggerFactory.getLogger(ServerDrain.class);

    private final Sessions sessions;
    private final Runnable stopListening;
    private final Supplier<@Nullable Evacuation> evacuations;
    private final Runnable emptied;
    private final AtomicReference<@Nullable UnderWay> draining = new AtomicReference<>();

    /** It cannot be withdrawn any more. Guarded by this. */
    private boolean isFinal;

    /** @param evacuation null without other servers */
    private record UnderWay(
            CompletableFuture<Void> done, @Nullable Evacuation evacuation) {}

    /**
     * @param stopListening lets no more players in
     * @param evacuations gives null without other servers
     * @param emptied called when all rooms have closed and all sessions have ended
     */
    ServerDrain(
            Sessions sessions, Runnable stopListening, Supplier<@Nullable Evacuation> evacuations, Runnable emptied) {
        this.sessions = sessions;
        this.stopListening = stopListening;
        this.evacuations = evacuations;
        this.emptied = emptied;
    }

    boolean isUnderWay() {
        return draining.get() != null;
    }

    /** Begins, or continues; completes when all rooms have closed and all sessions have ended. */
    CompletableFuture<Void> begin(long evacuationMillisMax) {
        UnderWay drain = new UnderWay(new CompletableFuture<>(), evacuations.get());
        UnderWay earlier = draining.compareAndExchange(null, drain);
        Evacuation evacuation = earlier == null ? drain.evacuation() : earlier.evacuation();
        if (earlier != null) {
            if (evacuation != null) {
                evacuation.hurry(evacuationMillisMax);
            }
            return earlier.done();
        }
        if (evacuation == null) {
            closeRooms(drain.done());
        } else {
            sessions.announceMoving(evacuationMillisMax + TimeUnit.SECONDS.toMillis(CLOSE_SECONDS_MAX));
            evacuation.begin(evacuationMillisMax).thenAcceptAsync(isOver -> {
                if (isOver) {
                    closeRooms(drain.done());
                }
            });
        }
        return drain.done();
    }

    /** From now on no drain is withdrawn: a stop, which waits for it, would fail. */
    synchronized void makeFinal() {
        isFinal = true;
    }

    /** @return false when there is none, or it is too late */
    synchronized boolean undo() {
        UnderWay drain = isFinal ? null : draining.get();
        Evacuation evacuation = drain == null ? null : drain.evacuation();
        if (drain == null || evacuation == null || !evacuation.stop()) {
            return false;
        }
        draining.set(null);
        drain.done().cancel(false);
        sessions.announceWithdrawn();
        log.info("the drain was withdrawn; rooms and players that have gone stay where they are");
        return true;
    }

    /** What every stop comes to, after an evacuation if there was somewhere to go. */
    private void closeRooms(CompletableFuture<Void> done) {
        stopListening.run();
        sessions.announceDraining(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS_MAX));
        CompletionStage<Void> closing = sessions.rooms().drain().handle((closed, failure) -> null);
        closing.thenCompose(closed -> sessions.lateMessagesTold(LATE_MILLIS_MAX))
                .whenComplete((told, failure) -> {
                    sessions.endAll(ErrorCode.GOING_AWAY, "the server stops");
                    emptied.run();
                    done.complete(null);
                });
    }
}
