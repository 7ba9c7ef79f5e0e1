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
 * P-109: empties a server that is about to stop. Rooms move to other servers with their players, a few at a time; then, or when
 * the time grows short, players who are in no room are sent there, too. Ends when nobody is left who could go, when there is
 * nowhere to go, or when the time is up; what is still here then ends as it would without other servers. Does not block; all
 * steps are done on one thread.
 */
public final class Evacuation {
    private static final Logger log = LoggerFactory.getLogger(Evacuation.class);
    private static final int ROOMS_AT_ONCE = 8;
    private static final int ATTEMPTS_MAX = 5;

    /** A room that does not move now is tried again after so long. */
    private static final long AGAIN_MILLIS = 1_000;

    private static final long STEP_MILLIS = 50;

    /** Players who are on their way at the same time: on a slow machine each takes longer, and all wait for each other. */
    private static final int FOLLOWING_MAX = 40;

    /** With less time left than this, nobody waits for those who are on their way: there may be many who do not follow. */
    private static final long HURRY_MILLIS = 4_000;

    private static final long COUNT_MILLIS = 200;

    private final Sessions sessions;
    private final RoomMoves moves;
    private final Successors successors;
    private final HandoverPace pace;
    private final SentAway sentAway;

    /** How many had gone before the beginning. */
    private final long goneBefore;

    private final MonotonicClock clock;
    private final EventExecutor executor;
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();

    // Confined to the executor.
    /** Those that are to be tried next; searched for anew only when there are none, since there may be very many. */
    private final ArrayDeque<Room> next = new ArrayDeque<>();

    private final Map<RoomId, Attempts> attempts = new HashMap<>();
    private final Set<RoomId> underWay = new HashSet<>();
    private final Set<String> sent = new HashSet<>();

    /** Members with a connection, by their rooms, as counted a moment ago: only they go when their room does. */
    private final Map<RoomId, Integer> connected = new HashMap<>();

    /** Players with a connection who were not sent by themselves. */
    private int canGo;

    private long countedMillis = Long.MIN_VALUE / 2;
    private long deadlineMillis;
    private boolean stepsLater;
    private int moved;

    private record Attempts(int count, long againMillis) {
        static final Attempts NONE = new Attempts(0, Long.MIN_VALUE);
    }

    public Evacuation(
            Sessions sessions,
            RoomMoves moves,
            Successors successors,
            int playersPerSecond,
            MonotonicClock clock,
            EventExecutor executor) {
        this.sessions = sessions;
        this.moves = moves;
        this.successors = successors;
        this.pace = new HandoverPace(playersPerSecond, clock.millis());
        this.goneBefore = gone(sessions);
        this.sentAway = new SentAway(() -> gone(sessions), clock.millis());
        this.clock = clock;
        this.executor = executor;
    }

    private static long gone(Sessions sessions) {
        return (long) sessions.metrics().handedOver.count();
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
        count();
        boolean areAllDone = next.isEmpty() && searches && !search();
        while (!next.isEmpty() && underWay.size() < ROOMS_AT_ONCE && mayGo()) {
            Room room = next.remove();
            if (sessions.rooms().find(room.id()) != room) {
                continue; // it has closed meanwhile
            }
            Optional<Node> to = successors.next(room.id());
            if (to.isEmpty()) {
                end("there is no other server to go to");
                return;
            }
            move(room, to.get());
        }
        if (areAllDone && underWay.isEmpty()) {
            sendPlayers(true);
        } else if (searches && next.isEmpty() && isHurried()) {
            sendPlayers(false); // nor do they wait for rooms that do not move
        }
        later();
    }

    /** Who can go; now and then, since there may be very many. */
    private void count() {
        long now = clock.millis();
        if (now - countedMillis < COUNT_MILLIS) {
            return;
        }
        countedMillis = now;
        connected.clear();
        canGo = 0;
        for (Session session : sessions.present()) {
            if (session.connection() != null && !sent.contains(session.id())) {
                canGo++;
                Room room = session.room();
                if (room != null) {
                    connected.merge(room.id(), 1, Integer::sum);
                }
            }
        }
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

    /** At the pace, or faster if the time would not suffice: those who are left at its end lose more than others notice. */
    private boolean mayGo() {
        long now = clock.millis();
        return (pace.isFree(now) && (isHurried() || sentAway.following(now) < FOLLOWING_MAX))
                || pace.isTooSlow(canGo, now, deadlineMillis - now, gone(sessions) - goneBefore);
    }

    private boolean isHurried() {
        return deadlineMillis - clock.millis() < HURRY_MILLIS;
    }

    private void sent(int players) {
        pace.sent(players);
        sentAway.sent(players, clock.millis());
    }

    private void notSent(int players) {
        pace.notSent(players);
        sentAway.notSent(players, clock.millis());
    }

    private Attempts attempts(Room room) {
        return attempts.getOrDefault(room.id(), Attempts.NONE);
    }

    private void move(Room room, Node to) {
        int players = connected.getOrDefault(room.id(), 0);
        sent(players);
        underWay.add(room.id());
        attempts.put(room.id(), new Attempts(attempts(room).count() + 1, clock.millis() + AGAIN_MILLIS));
        room.closeIfEmpty()
                .thenCompose(closed -> closed ? CompletableFuture.completedFuture(true) : moves.move(room, to))
                .whenCompleteAsync(
                        (isOver, failure) -> {
                            underWay.remove(room.id());
                            if (failure == null && isOver) {
                                moved++;
                                sentAway.told(clock.millis());
                                attempts.remove(room.id());
                                step(false);
                            } else {
                                notSent(players);
                            }
                        },
                        executor);
    }

    /** @param areRoomsDone so that nobody is left once no player is */
    private void sendPlayers(boolean areRoomsDone) {
        int now = 0;
        boolean isSomebodyHere = false;
        boolean areHeld = false;
        for (Session session : sessions.present()) {
            // Also without a connection: the client may be on its way, and the other server then asks for the session.
            isSomebodyHere |= session.room() == null;
            boolean isToGo = session.connection() != null && session.room() == null && !sent.contains(session.id());
            areHeld |= isToGo && !mayGo();
            if (isToGo && !areHeld) {
                Optional<Node> to = successors.next();
                if (to.isEmpty()) {
                    end("there is no other server to go to");
                    return;
                }
                sent.add(session.id());
                sent(1);
                sessions.handovers().sendAway(session.player().name(), to.get());
                now++;
            }
        }
        boolean isWaiting = isSomebodyHere && (now > 0 || areHeld || sentAway.isTimeToFollow(clock.millis()));
        if (areRoomsDone && !isWaiting) {
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
