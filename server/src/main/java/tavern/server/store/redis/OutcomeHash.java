package tavern.server.store.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.server.store.ForeignValueException;
import tavern.server.store.OperationsInFlight;
import tavern.server.store.TransactionId;
import tavern.server.store.TransactionResult;

/** The outcomes that are remembered: looks them up, and forgets the oldest. */
final class OutcomeHash {
    /** Lua takes no more than 8,000 arguments at a time, and Redis serves nobody else meanwhile. */
    private static final int FORGOTTEN_AT_ONCE_MAX = 1_000;

    private final RedisExecutor calls;
    private final Keys keys;
    private final LookUps<TransactionId, Found, Optional<TransactionResult>> lookUps;

    /**
     * @param isRecorded whether it is in the hash, and not what a server of schema 1 has left
     * @param fault why what is there is not an outcome; empty if it is one
     */
    private record Found(@Nullable TransactionResult result, boolean isRecorded, String fault) {
        static Found foreign(ForeignValueException fault) {
            return new Found(null, false, String.valueOf(fault.getMessage()));
        }
    }

    private static final Found NOT_FOUND = new Found(null, false, "");

    OutcomeHash(RedisExecutor calls, OperationsInFlight inFlight, Keys keys) {
        this.calls = calls;
        this.keys = keys;
        this.lookUps = new LookUps<>(inFlight, this::find, this::safe);
    }

    CompletionStage<Optional<TransactionResult>> find(TransactionId id) {
        return lookUps.find(id);
    }

    /** Ids of new offers are of the same quarter of an hour, whose hash tells all when it is whole and ours. */
    private CompletionStage<List<Found>> find(List<TransactionId> ids) {
        TransactionId first = ids.get(0);
        if (ids.stream()
                .anyMatch(id -> id.bornMillis() == 0 || OutcomeText.quarter(id) != OutcomeText.quarter(first))) {
            return findAnywhere(ids);
        }
        ScriptArguments request = ScriptArguments.of(keys.outcomes(first)).add("");
        ids.forEach(id -> request.add(OutcomeText.field(id)));
        return calls.sendAdmitted(CommandType.HMGET, request, outcomes -> outcomes)
                .thenCompose(outcomes -> isWhole(outcomes)
                        ? CompletableFuture.completedFuture(found(ids, outcomes))
                        : findAnywhere(ids));
    }

    /** As {@code transact.lua} has it. */
    private static boolean isWhole(ScriptReply outcomes) {
        return !outcomes.isNull(0) && outcomes.text(0).equals(RealmSchema.SCHEMA);
    }

    private static List<Found> found(List<TransactionId> ids, ScriptReply outcomes) {
        List<Found> all = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            all.add(outcomes.isNull(i + 1) ? NOT_FOUND : recorded(ids.get(i), outcomes.bytes(i + 1)));
        }
        return all;
    }

    private CompletionStage<List<Found>> findAnywhere(List<TransactionId> ids) {
        ScriptArguments request = ScriptArguments.of(keys.meta()).add(keys.prefix());
        for (TransactionId id : ids) {
            request.key(keys.outcomes(id)).add(id.text()).add(id.bornMillis()).add(OutcomeText.field(id));
        }
        return calls.runAdmitted(Script.OUTCOME, request, reply -> null, reply -> {
            List<Found> all = new ArrayList<>(ids.size());
            for (int i = 0; i < ids.size(); i++) {
                ScriptReply found = reply.list(i);
                all.add(
                        switch (found.size()) {
                            case 0 -> NOT_FOUND;
                            case 1 -> recorded(ids.get(i), found.bytes(0));
                            default -> earlier(ids.get(i), found.text(1), found.text(0));
                        });
            }
            return all;
        });
    }

    private static Found recorded(TransactionId id, byte[] outcome) {
        try {
            return new Found(OutcomeText.parse(id, outcome, true), true, "");
        } catch (ForeignValueException e) {
            return Found.foreign(e);
        }
    }

    private static Found earlier(TransactionId id, String kind, String record) {
        try {
            return new Found(OutcomeText.earlier(id, kind, record), false, "");
        } catch (ForeignValueException e) {
            return Found.foreign(e);
        }
    }

    /** Completes once the configured number of replicas have what was found. */
    private CompletionStage<Optional<TransactionResult>> safe(TransactionId id, Found found) {
        return found.fault().isEmpty()
                ? calls.replicatedAdmitted(
                        Optional.ofNullable(found.result()), found.isRecorded() ? keys.evidence(id) : null)
                : CompletableFuture.failedFuture(RedisExecutor.foreign(keys.outcomes(id) + ": " + found.fault()));
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
