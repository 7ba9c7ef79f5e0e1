package tavern.server.store.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.ForeignValueException;
import tavern.server.store.FreezeAnswer;
import tavern.server.store.FreezeRow;
import tavern.server.store.FreezeRows;

/**
 * Everything that operators have stopped, as a hash: {@code <what> <scope> <target>} → {@code <since> <reason>}, each
 * word URL-encoded, and {@code version}.
 */
final class FreezeHash {
    private static final Logger log = LoggerFactory.getLogger(FreezeHash.class);
    private static final String VERSION = "version";
    private static final int KEY_WORDS = 3;

    private final RedisExecutor calls;
    private final Keys keys;

    /** Fields that no server wrote, as of the last read. */
    private volatile Set<String> foreign = Set.of();

    FreezeHash(RedisExecutor calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    CompletionStage<FreezeAnswer> put(FreezeRow row, int max, long seenSinceMillis) {
        return change(row, row.sinceMillis() + " " + EncodedWord.of(row.reason()), max, seenSinceMillis);
    }

    CompletionStage<Boolean> remove(FreezeRow row, long seenSinceMillis) {
        return seenSinceMillis == 0
                ? CompletableFuture.completedFuture(false)
                : change(row, "", 0, seenSinceMillis).thenApply(answer -> answer == FreezeAnswer.DONE);
    }

    private CompletionStage<FreezeAnswer> change(FreezeRow row, String value, int max, long seenSinceMillis) {
        ScriptArguments request = ScriptArguments.of(keys.freezes())
                .add(EncodedWord.of(row.what()) + " " + EncodedWord.of(row.scope()) + " "
                        + EncodedWord.of(row.target()))
                .add(value)
                .add(max)
                .add(seenSinceMillis);
        return calls.run(Script.FREEZE, request, reply -> switch ((int) reply.number(0)) {
            case 1 -> FreezeAnswer.DONE;
            case 0 -> FreezeAnswer.TOO_MANY;
            default -> FreezeAnswer.CHANGED;
        });
    }

    CompletionStage<Long> version() {
        return calls.send(
                CommandType.HGET,
                ScriptArguments.of(keys.freezes()).add(VERSION),
                reply -> reply.isNull(0) ? 0 : Decimal.whole(reply.text(0)));
    }

    CompletionStage<FreezeRows> all() {
        return calls.send(CommandType.HGETALL, ScriptArguments.of(keys.freezes()), this::rows);
    }

    /** Foreign fields are skipped, so that they do not affect the others. */
    private FreezeRows rows(ScriptReply flat) {
        long version = 0;
        List<FreezeRow> rows = new ArrayList<>(flat.size() / 2);
        Set<String> skipped = new HashSet<>();
        for (int i = 0; i < flat.size(); i += 2) {
            if (flat.text(i).equals(VERSION)) {
                version = Decimal.whole(flat.text(i + 1));
            } else {
                try {
                    rows.add(row(flat.text(i).split(" ", -1), flat.text(i + 1).split(" ", -1)));
                } catch (ForeignValueException e) {
                    skip(flat.text(i), e, skipped);
                }
            }
        }
        foreign = Set.copyOf(skipped);
        return new FreezeRows(version, rows);
    }

    private void skip(String field, ForeignValueException why, Set<String> skipped) {
        skipped.add(field);
        if (!foreign.contains(field)) {
            log.warn(
                    "{} {} was not written by a server, and is not in force: {}",
                    keys.freezes(),
                    field,
                    why.getMessage());
        }
    }

    private static FreezeRow row(String[] key, String[] value) {
        if (key.length != KEY_WORDS || value.length != 2) {
            throw new ForeignValueException("not a freeze of ours");
        }
        return new FreezeRow(
                EncodedWord.decode(key[0]),
                EncodedWord.decode(key[1]),
                EncodedWord.decode(key[2]),
                EncodedWord.decode(value[1]),
                Decimal.whole(value[0]));
    }
}
