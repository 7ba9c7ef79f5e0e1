package tavern.server.room;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;
import tavern.engine.TurnListener;
import tavern.engine.TurnOutcome;
import tavern.game.RoomId;
import tavern.server.guard.PacedLog;

/** Measures the turns of one room. */
@OnRoomThread
final class TurnMeter implements TurnListener {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(TurnMeter.class));

    /** Without an answer of the store for any of them: what is older is not measured. */
    private static final int SUBMITTED_MAX = 1_024;

    private record Submitted(long revision, long nanos) {}

    private final RoomId room;
    private final TurnMetrics metrics;
    private final int millisMax;
    private final Deque<Submitted> submitted = new ArrayDeque<>();
    private long beganNanos;
    private boolean isOver;

    TurnMeter(RoomId room, RoomType type, RoomMetrics metrics) {
        this.room = room;
        this.metrics = metrics.turns(type.name());
        this.millisMax = type.turnMillisMax();
    }

    @Override
    public void begins() {
        beganNanos = metrics.nanos();
    }

    @Override
    public void ends(Supplier<String> what) {
        long nanos = metrics.nanos() - beganNanos;
        metrics.compute.record(nanos, TimeUnit.NANOSECONDS);
        took(nanos, what);
    }

    @Override
    public void putOff(Supplier<String> what) {
        took(metrics.nanos() - beganNanos, what);
    }

    /** Calls the game for something other than a turn. */
    <T> T time(String what, Supplier<T> call) {
        long began = metrics.nanos();
        try {
            return call.get();
        } finally {
            took(metrics.nanos() - began, () -> what);
        }
    }

    /** The game was called for so long. */
    void took(long nanos, Supplier<String> what) {
        if (nanos > TimeUnit.MILLISECONDS.toNanos(millisMax)) {
            metrics.slow.increment();
            log.warn(
                    "the game in room {} of type {} took {} ms for one call ({}), more than {} ms: everything else on its thread"
                            + " waited. Let the game do less at once, and never wait; give rooms threads of their own"
                            + " (room.threads), or raise games.types.{}.turn-millis-max",
                    room,
                    metrics.type,
                    TimeUnit.NANOSECONDS.toMillis(nanos),
                    what.get(),
                    millisMax,
                    metrics.type);
        }
    }

    @Override
    public void recomputes(int turns) {
        metrics.recomputed.increment(turns);
    }

    /** A commit is on its way to the store. */
    void submitted(long revision) {
        if (isOver) {
            return;
        }
        if (submitted.size() >= SUBMITTED_MAX) {
            forgetFirst();
        }
        submitted.addLast(new Submitted(revision, metrics.nanos()));
        metrics.waiting.incrementAndGet();
    }

    @Override
    public void decided(TurnOutcome outcome) {
        metrics.count(outcome);
        if (outcome instanceof TurnOutcome.Committed committed) {
            long now = metrics.nanos();
            while (!submitted.isEmpty() && submitted.getFirst().revision() <= committed.revision()) {
                Submitted first = forgetFirst();
                if (first.revision() == committed.revision()) {
                    metrics.commit.record(now - first.nanos(), TimeUnit.NANOSECONDS);
                }
            }
        } else if (outcome instanceof TurnOutcome.Refused refused && refused.byStore()) {
            // Those behind it are sent again under other revisions.
            forgetAll();
        }
    }

    private Submitted forgetFirst() {
        metrics.waiting.decrementAndGet();
        return submitted.removeFirst();
    }

    /** The room is no more. */
    void stop() {
        isOver = true;
        forgetAll();
    }

    private void forgetAll() {
        metrics.waiting.addAndGet(-submitted.size());
        submitted.clear();
    }
}
