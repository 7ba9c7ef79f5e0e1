package tavern.engine;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tavern.engine.kept.KeptTimer;

/**
 * Which of a room's timers are to run. One that is running does not run again before its turn is decided, so that timers
 * do not pile up while the store is silent; one that has failed waits a while, without holding up others.
 */
final class RoomTimers {
    /** @param atMillis of the timer that failed: one that is set anew under its name starts afresh */
    private record Retry(long atMillis, int failures, long retryMillis) {}

    private final Set<String> running = new HashSet<>();
    private final Map<String, Retry> retries = new HashMap<>();

    /** Returns those that are due, oldest first, and marks them as running. */
    List<TimerInput> due(RoomState state, long nowMillis) {
        retries.keySet().removeIf(name -> state.timer(name) == null && !running.contains(name));
        List<TimerInput> due = state.kept().getTimersList().stream()
                .filter(timer -> runMillis(timer) <= nowMillis)
                .sorted(Comparator.comparingLong(KeptTimer::getAtMs).thenComparing(KeptTimer::getName))
                .map(timer -> new TimerInput(timer.getName(), timer.getAtMs(), this, nowMillis))
                .toList();
        due.forEach(timer -> running.add(timer.timer()));
        return due;
    }

    /** A date; {@link Long#MAX_VALUE} for never. */
    long nextMillis(RoomState state) {
        long next = Long.MAX_VALUE;
        for (KeptTimer timer : state.kept().getTimersList()) {
            next = Math.min(next, runMillis(timer));
        }
        return next;
    }

    private long runMillis(KeptTimer timer) {
        if (running.contains(timer.getName())) {
            return Long.MAX_VALUE;
        }
        Retry retry = retries.get(timer.getName());
        return retry != null && retry.atMillis == timer.getAtMs() ? retry.retryMillis : timer.getAtMs();
    }

    void failed(String timer, long atMillis, long nowMillis) {
        Retry before = retries.get(timer);
        int failures = before != null && before.atMillis == atMillis ? before.failures + 1 : 1;
        retries.put(timer, new Retry(atMillis, failures, nowMillis + BackOff.millis(failures)));
    }

    void ended(String timer) {
        running.remove(timer);
    }
}
