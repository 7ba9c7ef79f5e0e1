package tavern.server.feed.rabbitmq;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How often messages failed for reasons of their own. Bounded by what is in flight when they fail. */
final class Attempts {
    static final int MAX = 5;

    private record Failures(int count, String why) {}

    private final Map<String, Failures> failures = new HashMap<>();

    void failed(String messageId, String why) {
        Failures before = failures.get(messageId);
        failures.put(messageId, new Failures(before == null ? 1 : before.count + 1, why));
    }

    void succeeded(String messageId) {
        if (!failures.isEmpty()) {
            failures.remove(messageId);
        }
    }

    /** Why it goes to the dead letters; null: it has not failed often enough. */
    @Nullable
    String whyGivenUp(String messageId) {
        Failures all = failures.isEmpty() ? null : failures.get(messageId);
        return all == null || all.count < MAX ? null : all.why;
    }
}
