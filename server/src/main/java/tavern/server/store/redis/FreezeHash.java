package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.protocol.CommandType;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.FreezeRow;
import tavern.server.store.FreezeRows;

/**
 * What operators have stopped, as a hash: {@code <what> <scope> <target>} → {@code <since> <reason>}, each word escaped as
 * in an address, and {@code version}.
 */
final class FreezeHash {
    private static final Logger log = LoggerFactory.getLogger(FreezeHash.class);
    private static final String VERSION = "version";
    private static final int KEY_WORDS = 3;

    private final Calls calls;
    private final Keys keys;

    /** Not written by us, when it was read last. */
    private volatile Set<String> foreign = Set.of();

    FreezeHash(Calls calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    CompletionStage<Boolean> put(FreezeRow row, int max) {
        return change(row, row.sinceMillis() + " " + escaped(row.reason()), max);
    }

    CompletionStage<Boolean> remove(FreezeRow row) {
        return change(row, "", 0);
    }

    private CompletionStage<Boolean> change(FreezeRow row, String value, int max) {
        Request request = Request.of(keys.freezes())
                .add(escaped(row.what()) + " " + escaped(row.scope()) + " " + escaped(row.target()))
                .add(value)
                .add(max);
        return calls.run(Script.FREEZE, request, reply -> reply.number(0) == 1);
    }

    CompletionStage<Long> version() {
        return calls.send(
                CommandType.HGET,
                Request.of(keys.freezes()).add(VERSION),
                reply -> reply.isNull(0) ? 0 : Decimal.whole(reply.text(0)));
    }

    CompletionStage<FreezeRows> all() {
        return calls.send(CommandType.HGETALL, Request.of(keys.freezes()), this::rows);
    }

    /** What is not ours hinders none of the others. */
    private FreezeRows rows(Reply flat) {
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
            log.warn("{} {} is no freeze of ours, and not in force: {}", keys.freezes(), field, why.getMessage());
        }
    }

    private static FreezeRow row(String[] key, String[] value) {
        if (key.length != KEY_WORDS || value.length != 2) {
            throw new ForeignValueException("not a freeze of ours");
        }
        return new FreezeRow(plain(key[0]), plain(key[1]), plain(key[2]), plain(value[1]), Decimal.whole(value[0]));
    }

    private static String escaped(String word) {
        return URLEncoder.encode(word, UTF_8);
    }

    private static String plain(String word) {
        try {
            return URLDecoder.decode(word, UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ForeignValueException("not a word of ours: " + word);
        }
    }
}
