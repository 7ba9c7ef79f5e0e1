package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;
import tavern.game.RoomId;
import tavern.server.cluster.HeldElsewhereException;
import tavern.server.guard.PacedLog;
import tavern.server.store.Causes;
import tavern.server.store.DueRoom;
import tavern.server.store.GameStore;
import tavern.server.store.Stages;
import tavern.server.time.Clocks;

/**
 * Opens rooms whose game has something to do although nobody is in them: a timer has run out, or a signal has not arrived.
 * Looks once a second; a room that could not be opened is left alone for a while, longer each time, so that others have
 * their turn. Does not block, and needs no thread of its own.
 */
public final class DueRooms implements AutoCloseable {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(DueRooms.class));
    private static final long EVERY_MILLIS = 1_000;
    private static final long RETRY_MILLIS_MAX = 60_000;

    /** Opened in one go. */
    private static final int ROOMS_MAX = 64;

    /** Left alone at the same time; with more of them, the oldest that are due come first again. */
    private static final int FAILED_MAX = 4_096;

    private final Rooms rooms;
    private final GameStore store;
    private final Clocks clocks;
    private final EventExecutor executor;
    private final ScheduledFuture<?> timer;

    // Confined to the executor.
    private final Map<RoomId, Failure> failed = new HashMap<>();
    private boolean isLooking;

    private record Failure(long retryMillis, long notBeforeMillis) {}

    private DueRooms(Rooms rooms, GameStore store, Clocks clocks, EventExecutor executor) {
        this.rooms = rooms;
        this.store = store;
        this.clocks = clocks;
        this.executor = executor;
        this.timer = executor.scheduleWithFixedDelay(this::look, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Begins to look, once a second. */
    public static DueRooms start(Rooms rooms, RoomServices services) {
        return new DueRooms(
                rooms, services.games(), services.clocks(), services.network().next());
    }

    private void look() {
        if (isLooking) {
            return; // the store is slow
        }
        isLooking = true;
        int max = ROOMS_MAX + failed.size();
        Stages.begin(() -> store.dueRooms(clocks.wall().millis(), max))
                .whenCompleteAsync(
                        (due, failure) -> {
                            isLooking = false;
                            if (failure == null) {
                                open(due);
                            } else {
                                log.info(
                                        "rooms that are due are opened later: {}",
                                        String.valueOf(Causes.of(failure).getMessage()));
                            }
                        },
                        executor);
    }

    private void open(List<DueRoom> due) {
        long nowMillis = clocks.monotonic().millis();
        // A room that is no longer due was opened by somebody.
        failed.keySet().retainAll(due.stream().map(DueRoom::room).collect(Collectors.toSet()));
        for (DueRoom room : due) {
            Failure before = failed.get(room.room());
            boolean isLeftAlone = before != null && before.notBeforeMillis() > nowMillis;
            if (!isLeftAlone && !rooms.isOpen(room.room())) {
                open(room, before == null ? 0 : before.retryMillis());
            }
        }
    }

    private void open(DueRoom due, long retriedMillis) {
        Stages.begin(() -> rooms.open(due.room(), RoomOptions.ofType(due.type()), null))
                .whenCompleteAsync(
                        (room, failure) -> {
                            if (failure == null) {
                                failed.remove(due.room());
                            } else {
                                failed(due, retriedMillis, Causes.of(failure));
                            }
                        },
                        executor);
    }

    private void failed(DueRoom due, long retriedMillis, Throwable cause) {
        long retryMillis = Math.min(Math.max(EVERY_MILLIS, 2 * retriedMillis), RETRY_MILLIS_MAX);
        if (failed.size() < FAILED_MAX) {
            failed.put(due.room(), new Failure(retryMillis, clocks.monotonic().millis() + retryMillis));
        }
        if (!(cause instanceof HeldElsewhereException)) { // its owner sees to it
            log.warn(
                    "room {} is due and cannot be opened, again in {} ms: {}",
                    due.room(),
                    retryMillis,
                    String.valueOf(cause.getMessage()));
        }
    }

    @Override
    public void close() {
        timer.cancel(false);
    }
}
