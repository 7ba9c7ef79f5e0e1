package tavern.server.feed.rabbitmq;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts how often individual messages failed. Bounded by the number of messages in flight when they fail. */
final class Attempts {
    static final int MAX = 5;

    /** @param withBody false if the broker refuses the body; the trade itself is in the store, under its id */
    record GivenUp(String why, boolean withBody) {}

    private record Failures(int count, GivenUp last) {}

    private final Map<String, Failures> failures = new HashMap<>();

    /** Counts a message that the broker returned because no queue was bound for it. */
    void returned(String messageId) {
        failed(messageId, new GivenUp("no queue is bound for its routing key", true));
    }

    /** Counts a message that made the broker close the channel. */
    void refused(String messageId, String why) {
        failed(messageId, new GivenUp(why, false));
    }

    private void failed(String messageId, GivenUp last) {
        Failures before = failures.get(messageId);
        failures.put(messageId, new Failures(before == null ? 1 : before.count + 1, last));
    }

    void succeeded(String messageId) {
        if (!failures.isEmpty()) {
            failures.remove(messageId);
        }
    }

    /** Returns why the message is given up, or null if it has not failed often enough. */
    @Nullable
    GivenUp givenUp(String messageId) {
        Failures all = failures.isEmpty() ? null : failures.get(messageId);
        return all == null || all.count < MAX ? null : all.last;
    }
}
