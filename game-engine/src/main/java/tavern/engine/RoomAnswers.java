package tavern.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The answers whose turns have failed, and are tried again; they do not hold up others. As many as calls at the most. */
final class RoomAnswers {
    /** @param isWaiting otherwise it is under way again */
    private record Retry(AnswerInput answer, int failures, long retryMillis, boolean isWaiting) {}

    private final Map<Long, Retry> retries = new LinkedHashMap<>();

    boolean isEmpty() {
        return retries.isEmpty();
    }

    /** Returns whether the answer is to be tried again. */
    boolean failed(AnswerInput answer, long nowMillis) {
        Retry before = retries.get(answer.number());
        int failures = before == null ? 1 : before.failures + 1;
        if (failures >= EngineLimits.ANSWER_FAILURES_MAX) {
            retries.remove(answer.number());
            return false;
        }
        retries.put(answer.number(), new Retry(answer, failures, nowMillis + BackOff.millis(failures), true));
        return true;
    }

    void ended(long number) {
        Retry retry = retries.get(number);
        if (retry != null && !retry.isWaiting) {
            retries.remove(number);
        }
    }

    /** Takes out those that are to be tried now. */
    List<AnswerInput> due(long nowMillis) {
        List<AnswerInput> due = new ArrayList<>();
        retries.replaceAll((number, retry) -> {
            if (!retry.isWaiting || retry.retryMillis > nowMillis) {
                return retry;
            }
            due.add(retry.answer.at(nowMillis));
            return new Retry(retry.answer, retry.failures, retry.retryMillis, false);
        });
        return due;
    }

    /** A date; {@link Long#MAX_VALUE} for never. */
    long nextMillis() {
        long next = Long.MAX_VALUE;
        for (Retry retry : retries.values()) {
            if (retry.isWaiting) {
                next = Math.min(next, retry.retryMillis);
            }
        }
        return next;
    }
}
