package tavern.server.session;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.RoomId;
import tavern.server.cluster.Node;
import tavern.server.cluster.Successors;
import tavern.server.room.Room;
import tavern.server.room.RoomMoves;
import tavern.server.time.MonotonicClock;

/**
 * P-109: empties a server that is about to stop. Rooms move to other servers with their players, a few at a time; then players
 * who are in no room are sent there, too. Ends when nobody is left who could go, when there is nowhere to go, or when the time
 * is up; what is still here then ends as it would without other servers. Does not block; all steps are done on one thread.
 */
public final class Evacuation {
    private static final Logger log = LoggerFactory.getLogger(Evacuation.class);
    private static final int ROOMS_AT_ONCE = 8;
    private static final int ATTEMPTS_MAX = 5;

    /** A room that does not move now is tried again after so long. */
    private static final long AGAIN_MILLIS = 1_000;

    private static final int PLAYERS_A_STEP = 100;
    private static final long STEP_MILLIS = 50;

    /**
     * Players who have been sent away, by themselves or after their rooms, need so long at the most; those who have not gone by
     * then do not follow.
     */
    private static final long FOLLOW_MILLIS_MAX = 3_000;

    private final Sessions sessions;
    private final RoomMoves moves;
    private final Successors successors;
    private final MonotonicClock clock;
    private final EventExecutor executor;
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();

    // Confined to the executor.
    /** Those that are to be tried next; searched for anew only when there are none, since there may be very many. */
    private final ArrayDeque<Room> next = new ArrayDeque<>();

    private final Map<RoomId, Attempts> attempts = new HashMap<>();
    private final Set<RoomId> underWay = new HashSet<>();
    private final Set<String> sent = new HashSet<>();
    private long deadlineMillis;
    private long sentMillis;
    private boolean stepsLater;
    private int moved;

    private record Attempts(int count, long againMillis) {
        static final Attempts NONE = new Attempts(0, Long.MIN_VALUE);
    }

    public Evacuation(
            Sessions sessions, RoomMoves moves, Successors successors, MonotonicClock clock, EventExecutor executor) {
        this.sessions = sessions;
        this.moves = moves;
        this.successors = successors;
        this.clock = clock;
        this.executor = executor;
    }

    /**
     * Begins. To be called once.
     *
     * @return completes with true at the end, with false when it was {@link #stop stopped}
     */
    public CompletionStage<Boolean> begin(long millisMax) {
        executor.execute(() -> {
            deadlineMillis = clock.millis() + millisMax;
            step(true);
        });
        return done;
    }

    /** Leaves it so much time from now on at the most. */
    public void hurry(long millisMax) {
        executor.execute(() -> deadlineMillis = Math.min(deadlineMillis, clock.millis() + millisMax));
    }

    /** Moves nothing more. @return false when it has ended before */
    public boolean stop() {
        return done.complete(false);
    }

    private void later() {
        if (!stepsLater && !done.isDone()) {
            stepsLater = true;
            executor.schedule(
                    () -> {
                        stepsLater = false;
                        step(true);
                    },
                    STEP_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    /** @param searches whether to look for more rooms when there are none left to try */
    private void step(boolean searches) {
        if (done.isDone()) {
            return;
        }
        if (clock.millis() >= deadlineMillis) {
            end("the time is up");
            return;
        }
        boolean areAllDone = next.isEmpty() && searches && !search();
        while (!next.isEmpty() && underWay.size() < ROOMS_AT_ONCE) {
            Room room = next.remove();
            if (sessions.rooms().find(room.id()) != room) {
                continue; // it has closed meanwhile
            }
            Optional<Node> to = successors.next();
            if (to.isEmpty()) {
                end("there is no other server to go to");
                return;
            }
            move(room, to.get());
        }
        if (areAllDone && underWay.isEmpty()) {
            sendPlayers();
        }
        later();
    }

    /** Finds the rooms that may be tried now. @return whether there are any that may be tried, now or later */
    private boolean search() {
        boolean areAny = false;
        for (Room room : sessions.rooms().all()) {
            Attempts before = attempts(room);
            if (!underWay.contains(room.id()) && before.count() < ATTEMPTS_MAX) {
                areAny = true;
                if (before.againMillis() <= clock.millis()) {
                    next.add(room);
                }
            }
        }
        return areAny;
    }

    private Attempts attempts(Room room) {
        return attempts.getOrDefault(room.id(), Attempts.NONE);
    }

    private void move(Room room, Node to) {
        underWay.add(room.id());
        attempts.put(room.id(), new Attempts(attempts(room).count() + 1, clock.millis() + AGAIN_MILLIS));
        room.closeIfEmpty()
                .thenCompose(closed -> closed ? CompletableFuture.completedFuture(true) : moves.move(room, to))
                .whenCompleteAsync(
                        (isOver, failure) -> {
                            underWay.remove(room.id());
                            if (failure == null && isOver) {
                                moved++;
                                sentMillis = clock.millis();
                                attempts.remove(room.id());
                                step(false);
                            }
                        },
                        executor);
    }

    private void sendPlayers() {
        int now = 0;
        boolean isSomebodyHere = false;
        for (Session session : sessions.present()) {
            // Also without a connection: the client may be on its way, and the other server then asks for the session.
            isSomebodyHere |= session.room() == null;
            boolean isToGo = session.connection() != null && session.room() == null && !sent.contains(session.id());
            if (isToGo && now < PLAYERS_A_STEP) {
                Optional<Node> to = successors.next();
                if (to.isEmpty()) {
                    end("there is no other server to go to");
                    return;
                }
                sent.add(session.id());
                sessions.handovers().sendAway(session.player().name(), to.get());
                now++;
            }
        }
        if (now > 0) {
            sentMillis = clock.millis();
        }
        if (!isSomebodyHere || (now == 0 && clock.millis() - sentMillis > FOLLOW_MILLIS_MAX)) {
            end("all have gone who can");
        }
    }

    private void end(String why) {
        if (done.complete(true)) {
            log.info(
                    "{} rooms have gone to other servers; {} rooms and {} sessions are left: {}",
                    moved,
                    sessions.rooms().size(),
                    sessions.size(),
                    why);
        }
    }
}
