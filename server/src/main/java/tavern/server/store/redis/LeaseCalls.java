package tavern.server.store.redis;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.LeaseKey;

/** Who owns what for a while. A lease is {@code fence holder}, and goes by itself when its time is over. */
final class LeaseCalls {
    private final Calls calls;
    private final Keys keys;

    LeaseCalls(Calls calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    CompletionStage<LeaseAnswer> acquire(LeaseKey key, String holder, long ttlMillis) {
        Request request =
                Request.of(keys.lease(key), keys.fence(key)).add(holder).add(ttlMillis);
        return calls.run(Script.ACQUIRE, request, reply -> {
            return reply.number(0) == 1
                    ? new LeaseAnswer.Granted(reply.number(1))
                    : new LeaseAnswer.Held(reply.text(1), Math.max(0, reply.number(2)));
        });
    }

    CompletionStage<Set<LeaseKey>> renew(Map<LeaseKey, Long> fences, String holder, long ttlMillis) {
        if (fences.isEmpty()) {
            return CompletableFuture.completedFuture(Set.of());
        }
        List<LeaseKey> asked = List.copyOf(fences.keySet());
        Request request = Request.of();
        asked.forEach(key -> request.key(keys.lease(key)).key(keys.fence(key)));
        request.add(holder).add(ttlMillis);
        asked.forEach(key -> request.add(Objects.requireNonNull(fences.get(key))));
        return calls.run(Script.RENEW, request, reply -> {
            Set<LeaseKey> lost = new HashSet<>();
            for (int i = 0; i < reply.size(); i++) {
                lost.add(asked.get((int) reply.number(i) - 1));
            }
            return lost;
        });
    }

    CompletionStage<Void> release(LeaseKey key, long fence) {
        return calls.run(Script.RELEASE, Request.of(keys.lease(key)).add(fence), reply -> Calls.DONE);
    }
}
