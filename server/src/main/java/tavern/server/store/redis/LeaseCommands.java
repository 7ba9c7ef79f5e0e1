package tavern.server.store.redis;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.LeaseKey;

/** Leases. A lease is {@code fence holder}, and Redis removes it when it expires. */
final class LeaseCommands {
    private final RedisExecutor calls;
    private final Keys keys;
    private final RealmSchema schema;

    LeaseCommands(RedisExecutor calls, Keys keys, RealmSchema schema) {
        this.calls = calls;
        this.keys = keys;
        this.schema = schema;
    }

    CompletionStage<LeaseAnswer> acquire(LeaseKey key, String holder, long ttlMillis) {
        ScriptArguments request = ScriptArguments.of(keys.lease(key), keys.fence(key), keys.rooms(), keys.meta())
                .add(holder)
                .add(ttlMillis)
                .add(key.roomName());
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
        List<Map.Entry<LeaseKey, Long>> asked = List.copyOf(fences.entrySet());
        ScriptArguments request = ScriptArguments.of();
        asked.forEach(lease -> request.key(keys.lease(lease.getKey())).key(keys.fence(lease.getKey())));
        request.key(keys.rooms()).key(keys.meta()).add(holder).add(ttlMillis).add(schema.realmId());
        asked.forEach(lease -> request.add(lease.getValue()).add(lease.getKey().roomName()));
        return calls.run(Script.RENEW, request, reply -> {
            Set<LeaseKey> lost = new HashSet<>();
            for (int i = 0; i < reply.size(); i++) {
                lost.add(asked.get((int) reply.number(i) - 1).getKey());
            }
            return lost;
        });
    }

    CompletionStage<LeaseAnswer> holdNode(String nodeId, String holder, String gone, long ttlMillis) {
        ScriptArguments request =
                ScriptArguments.of(keys.node(nodeId)).add(holder).add(gone).add(ttlMillis);
        return calls.run(Script.NODE, request, reply -> {
            return reply.number(0) == 1
                    ? new LeaseAnswer.Granted(0)
                    : new LeaseAnswer.Held(reply.text(1), Math.max(0, reply.number(2)));
        });
    }

    CompletionStage<Void> releaseNode(String nodeId, String holder) {
        ScriptArguments request =
                ScriptArguments.of(keys.node(nodeId)).add(holder).add("").add(0);
        return calls.run(Script.NODE, request, reply -> RedisExecutor.DONE);
    }

    CompletionStage<Void> release(LeaseKey key, long fence) {
        ScriptArguments request =
                ScriptArguments.of(keys.lease(key), keys.rooms()).add(fence).add(key.roomName());
        return calls.run(Script.RELEASE, request, reply -> RedisExecutor.DONE);
    }
}
