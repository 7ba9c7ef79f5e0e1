package tavern.server.store.redis;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.server.store.TransactionId;
import tavern.server.store.TransactionResult;

/** The outcomes that are remembered: looks them up, and forgets the oldest. */
final class OutcomeHash {
    /** Lua takes no more than 8,000 arguments at a time, and Redis serves nobody else meanwhile. */
    private static final int FORGOTTEN_AT_ONCE_MAX = 1_000;

    private final RedisExecutor calls;
    private final Keys keys;

    OutcomeHash(RedisExecutor calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    CompletionStage<Optional<TransactionResult>> find(TransactionId id) {
        ScriptArguments request = ScriptArguments.of(keys.outcomes(id), keys.meta())
                .add(keys.prefix())
                .add(id.text())
                .add(id.bornMillis())
                .add(OutcomeText.field(id));
        return calls.run(Script.OUTCOME, request, reply -> reply.size() == 1 ? keys.evidence(id) : null, reply -> {
            @Nullable
            TransactionResult found = switch (reply.size()) {
                case 0 -> null;
                case 1 -> OutcomeText.parse(id, reply.bytes(0), true);
                default -> OutcomeText.earlier(id, reply.text(1), reply.text(0));
            };
            return Optional.ofNullable(found);
        });
    }

    /** By Redis' clock or the caller's, whichever is earlier. Returns whether more are left to forget. */
    CompletionStage<Boolean> forget(long keptMillis, long nowMillis, int max) {
        ScriptArguments request = ScriptArguments.of(keys.meta(), keys.outcomes(), keys.outcomeTimes())
                .add(keys.prefix())
                .add(Math.max(0, keptMillis))
                .add(nowMillis)
                .add(Math.max(1, Math.min(max, FORGOTTEN_AT_ONCE_MAX)));
        return calls.run(Script.FORGET, request, reply -> reply.number(0) == 1);
    }
}
