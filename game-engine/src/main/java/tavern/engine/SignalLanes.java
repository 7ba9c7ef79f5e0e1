package tavern.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tavern.game.RoomId;

/** The signals that are here and not decided; in lanes, those that have failed and those of the same sender behind them. */
final class SignalLanes {
    private static final class Lane {
        final Deque<SignalInput> waiting = new ArrayDeque<>();
        long failedNumber;
        int failures;
        long retryMillis;

        boolean has(long number) {
            return waiting.stream().anyMatch(signal -> signal.number() == number);
        }
    }

    private record Key(RoomId from, long number) {}

    private final Map<RoomId, Lane> lanes = new HashMap<>();
    private final Set<Key> here = new HashSet<>();
    private long bytesHere;

    /** Returns false for one that is here already, and when too many are: their senders repeat them. */
    boolean takes(SignalInput signal) {
        boolean isTooMuch = here.size() >= EngineLimits.SIGNALS_TAKEN_MAX
                || bytesHere + signal.bytes() > EngineLimits.SIGNAL_BYTES_TAKEN_MAX;
        if (isTooMuch || !here.add(new Key(signal.from(), signal.number()))) {
            return false;
        }
        bytesHere += signal.bytes();
        return true;
    }

    /** Takes the signal if others of its sender have to come first. */
    boolean holdsBack(SignalInput signal) {
        Lane lane = lanes.get(signal.from());
        if (lane == null || lane.waiting.isEmpty()) {
            return false;
        }
        if (signal.number() > lane.waiting.getLast().number()) {
            lane.waiting.add(signal);
        } else if (!lane.has(signal.number())) {
            forget(signal);
        }
        return true;
    }

    /** Returns whether the signal is to be tried again. */
    boolean failed(SignalInput signal, long nowMillis) {
        Lane lane = lanes.computeIfAbsent(signal.from(), unknown -> new Lane());
        lane.failures = lane.failedNumber == signal.number() ? lane.failures + 1 : 1;
        lane.failedNumber = signal.number();
        if (lane.failures >= EngineLimits.SIGNAL_FAILURES_MAX) {
            return false;
        }
        lane.retryMillis = nowMillis + BackOff.millis(lane.failures);
        lane.waiting.addFirst(signal);
        return true;
    }

    void ended(SignalInput signal) {
        Lane lane = lanes.get(signal.from());
        if (lane == null || !lane.has(signal.number())) {
            forget(signal);
        }
        if (lane != null && lane.waiting.isEmpty() && lane.failedNumber <= signal.number()) {
            lanes.remove(signal.from());
        }
    }

    private void forget(SignalInput signal) {
        if (here.remove(new Key(signal.from(), signal.number()))) {
            bytesHere -= signal.bytes();
        }
    }

    /** Takes out those that are to be tried now, in the order of each sender. */
    List<SignalInput> due(long nowMillis) {
        List<SignalInput> due = new ArrayList<>();
        for (Lane lane : lanes.values()) {
            if (lane.retryMillis <= nowMillis) {
                lane.waiting.forEach(signal -> due.add(signal.at(nowMillis)));
                lane.waiting.clear();
            }
        }
        return due;
    }

    /** A date; {@link Long#MAX_VALUE} for never. */
    long nextMillis() {
        long next = Long.MAX_VALUE;
        for (Lane lane : lanes.values()) {
            if (!lane.waiting.isEmpty()) {
                next = Math.min(next, lane.retryMillis);
            }
        }
        return next;
    }
}
