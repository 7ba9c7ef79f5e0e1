package tavern.server.feed.rabbitmq;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How often messages failed for reasons of their own. Bounded by what is in flight when they fail. */
final class Attempts {
    static final int MAX = 5;

    /** @param withBody else the body is what the broker will not have; the trade itself is in the store, under its id */
    record GivenUp(String why, boolean withBody) {}

    private record Failures(int count, GivenUp last) {}

    private final Map<String, Failures> failures = new HashMap<>();

    /** It came back: there was nowhere to put it. */
    void returned(String messageId) {
        failed(messageId, new GivenUp("no queue is bound for its routing key", true));
    }

    /** The broker closed the channel rather than take it. */
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

    /** Null: it has not failed often enough. */
    @Nullable
    GivenUp givenUp(String messageId) {
        Failures all = failures.isEmpty() ? null : failures.get(messageId);
        return all == null || all.count < MAX ? null : all.last;
    }
}
