package tavern.server.room;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tavern.engine.Output;
import tavern.game.RoomId;
import tavern.server.guard.PacedLog;
import tavern.server.store.Causes;
import tavern.server.store.Stages;

/**
 * Brings a room's signals to other rooms: to each in order, one at a time, again and again until it is durable there. Their
 * number is bounded by the engine ({@link tavern.engine.EngineLimits#SIGNALS_MAX}).
 */
@OnRoomThread
final class SignalPost {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(SignalPost.class));
    private static final long RETRY_MILLIS_MIN = 1_000;
    private static final long RETRY_MILLIS_MAX = 60_000;
    private static final long ANSWER_SECONDS_MAX = 5;

    private final Room room;
    private final Neighbours neighbours;
    private final LongConsumer arrived;
    private final Map<RoomId, Line> lines = new LinkedHashMap<>();

    /** Signals to one room. */
    private static final class Line {
        final ArrayDeque<Output.Signal> waiting = new ArrayDeque<>();
        boolean isUnderWay;
        long retryMillis;
        long notBeforeMillis;
    }

    /** @param arrived told the numbers of the signals that are durable where they were sent to */
    SignalPost(Room room, Neighbours neighbours, LongConsumer arrived) {
        this.room = room;
        this.neighbours = neighbours;
        this.arrived = arrived;
    }

    void add(Output.Signal signal) {
        Line line = lines.computeIfAbsent(signal.to(), to -> new Line());
        line.waiting.addLast(signal);
        bring(line);
    }

    /** Tries again what is due. */
    void tick(long nowMillis) {
        for (Line line : lines.values()) {
            if (line.notBeforeMillis <= nowMillis) {
                bring(line);
            }
        }
    }

    /** When {@link #tick} next has something to do; {@link Long#MAX_VALUE} for never. */
    long dueMillis() {
        long due = Long.MAX_VALUE;
        for (Line line : lines.values()) {
            if (!line.isUnderWay) {
                due = Math.min(due, line.notBeforeMillis);
            }
        }
        return due;
    }

    private void bring(Line line) {
        Output.Signal first = line.waiting.peekFirst();
        if (line.isUnderWay || first == null || line.notBeforeMillis > room.nowMillis()) {
            return;
        }
        line.isUnderWay = true;
        Stages.begin(() -> neighbours
                        .signal(room.id(), first.to(), first.number(), first.what())
                        .toCompletableFuture()
                        .copy()
                        .orTimeout(ANSWER_SECONDS_MAX, TimeUnit.SECONDS))
                .whenComplete((isThere, failure) ->
                        room.command(() -> answered(line, first, failure == null && isThere, failure)));
    }

    private void answered(Line line, Output.Signal signal, boolean isThere, @Nullable Throwable failure) {
        line.isUnderWay = false;
        if (!isThere) {
            line.retryMillis = Math.min(Math.max(RETRY_MILLIS_MIN, 2 * line.retryMillis), RETRY_MILLIS_MAX);
            line.notBeforeMillis = room.nowMillis() + line.retryMillis;
            log.info(
                    "signal {} of room {} is not in room {} yet, again in {} ms: {}",
                    signal.number(),
                    room.id(),
                    signal.to(),
                    line.retryMillis,
                    failure == null ? "it is not durable" : Causes.of(failure).toString());
            return;
        }
        line.retryMillis = 0;
        line.notBeforeMillis = 0;
        line.waiting.removeFirst();
        if (line.waiting.isEmpty()) {
            lines.remove(signal.to());
        }
        arrived.accept(signal.number());
        bring(line);
    }
}
