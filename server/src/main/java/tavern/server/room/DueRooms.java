package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
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
 * Opens rooms whose game has something to do although nobody is in them: a timer has run out, a signal has not arrived, a call is not
 * answered, or somebody who was there when a server crashed is to leave. Looks once a second. A room that could not be opened, or is due
 * for the same as when it was opened before, is left alone for a while, longer each time, so that others have their turn; one that another
 * server has, until that one's lease would run out. One that belongs on servers of another version (P-119) is left to them for a
 * moment; whoever of all servers comes first opens it then. Does not block, and needs no thread of its own.
 */
public final class DueRooms implements AutoCloseable {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(DueRooms.class));
    private static final long EVERY_MILLIS = 1_000;
    private static final long RETRY_MILLIS_MAX = 60_000;

    /** Those servers look as often, so they have found the room by then; a timer that runs out late is worse than a wrong version. */
    private static final long LEFT_TO_OTHERS_MILLIS = 2 * EVERY_MILLIS;

    /** Opened in one go for the first time, and also again. */
    static final int ROOMS_MAX = 64;

    /** Left alone at the same time; with more of them, the oldest that are due come first again. */
    private static final int TRIED_MAX = 4_096;

    private final Door door;
    private final GameStore store;
    private final Clocks clocks;
    private final EventExecutor executor;
    private final ScheduledFuture<?> timer;

    // Confined to the executor.
    private final Map<RoomId, Attempt> tried = new HashMap<>();
    private boolean isLooking;

    /** So many were seen to the last time. As many more are read, because those that stay due must not hide others. */
    private int seenTo;

    /** @param dueMillis since when the room was due: another time means that something has been done */
    private record Attempt(long dueMillis, long retryMillis, long notBeforeMillis) {}

    /** The rooms of this server. */
    interface Door {
        /** Whether the room is open, or being opened, or no room is to be opened. */
        boolean isOpen(RoomId room);

        /** Whether servers of another version are to open it, and are there. */
        boolean belongsElsewhere(DueRoom room);

        CompletionStage<?> open(DueRoom room);
    }

    DueRooms(Door door, GameStore store, Clocks clocks, EventExecutor executor) {
        this.door = door;
        this.store = store;
        this.clocks = clocks;
        this.executor = executor;
        this.timer = executor.scheduleWithFixedDelay(this::look, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Begins to look, once a second. */
    public static DueRooms start(Rooms rooms, RoomServices services) {
        Door door = new Door() {
            @Override
            public boolean isOpen(RoomId room) {
                return rooms.isOpen(room);
            }

            @Override
            public boolean belongsElsewhere(DueRoom room) {
                return rooms.belongsElsewhere(room.room(), room.type());
            }

            @Override
            public CompletionStage<?> open(DueRoom room) {
                return rooms.open(room.room(), RoomOptions.ofType(room.type()), null);
            }
        };
        return new DueRooms(
                door, services.games(), services.clocks(), services.network().next());
    }

    private void look() {
        if (isLooking) {
            return; // the store is slow
        }
        isLooking = true;
        int max = ROOMS_MAX + seenTo;
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
        tried.keySet().retainAll(due.stream().map(DueRoom::room).collect(Collectors.toSet()));
        int first = 0;
        int again = 0;
        int later = 0;
        for (DueRoom room : due) {
            Attempt before = tried.get(room.room());
            if (before != null && before.dueMillis() != room.dueMillis()) {
                tried.remove(room.room());
                before = null;
            }
            boolean isLeftAlone = before != null && before.notBeforeMillis() > nowMillis;
            if (isLeftAlone || door.isOpen(room.room())) {
                continue;
            }
            if (before == null && tried.size() < TRIED_MAX && door.belongsElsewhere(room)) {
                tried.put(room.room(), new Attempt(room.dueMillis(), 0, nowMillis + LEFT_TO_OTHERS_MILLIS));
            } else if (before != null && again < ROOMS_MAX) {
                again++;
                open(room, before.retryMillis());
            } else if (before == null && first < ROOMS_MAX) {
                first++;
                open(room, 0);
            } else if (before == null) {
                later++;
            }
        }
        seenTo = due.size() - later;
    }

    private void open(DueRoom due, long retriedMillis) {
        long retryMillis = Math.min(Math.max(EVERY_MILLIS, 2 * retriedMillis), RETRY_MILLIS_MAX);
        if (tried.size() < TRIED_MAX) {
            tried.put(
                    due.room(),
                    new Attempt(due.dueMillis(), retryMillis, clocks.monotonic().millis() + retryMillis));
        }
        Stages.begin(() -> door.open(due)).whenComplete((room, failure) -> {
            if (failure != null) {
                failed(due, retryMillis, Causes.of(failure));
            }
        });
    }

    private void failed(DueRoom due, long retryMillis, Throwable cause) {
        if (cause instanceof HeldElsewhereException elsewhere) {
            // Its owner sees to it. If the owner is dead, its lease runs out then.
            executor.execute(() -> again(due, elsewhere.remainingMillis()));
        } else {
            log.warn(
                    "room {} is due and cannot be opened, again in {} ms: {}",
                    due.room(),
                    retryMillis,
                    String.valueOf(cause.getMessage()));
        }
    }

    private void again(DueRoom due, long heldMillis) {
        long afterMillis = heldMillis + (door.belongsElsewhere(due) ? LEFT_TO_OTHERS_MILLIS : 0);
        tried.computeIfPresent(
                due.room(),
                (room, attempt) -> attempt.dueMillis() == due.dueMillis()
                        ? new Attempt(due.dueMillis(), 0, clocks.monotonic().millis() + afterMillis)
                        : attempt);
    }

    @Override
    public void close() {
        timer.cancel(false);
    }
}
