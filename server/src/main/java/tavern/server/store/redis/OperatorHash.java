package tavern.server.store.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.ForeignValueException;
import tavern.server.store.OperatorAccount;
import tavern.server.store.OperatorAnswer;
import tavern.server.store.OperatorKey;
import tavern.server.store.OperatorRows;
import tavern.server.store.OperatorStore;

/**
 * Operators as two hashes: {@code operators} has {@code account:<name>} → words that begin with the account's version, and
 * {@code version}; {@code operator-sessions} has the hash of each key → words that begin with when it was last used. Words
 * are URL-encoded.
 */
final class OperatorHash {
    private static final Logger log = LoggerFactory.getLogger(OperatorHash.class);
    private static final String ACCOUNT = "account:";
    private static final String VERSION = "version";
    private static final int ACCOUNT_WORDS = 12;
    private static final int KEY_WORDS = 7;

    private final RedisExecutor calls;
    private final Keys keys;

    /** Fields that no server wrote, as of the last read. */
    private volatile Set<String> foreign = Set.of();

    OperatorHash(RedisExecutor calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    CompletionStage<OperatorAnswer> put(
            OperatorAccount next, long seenVersion, @Nullable OperatorKey added, Collection<String> ended) {
        ScriptArguments request = request()
                .add(ACCOUNT + next.name())
                .add(seenVersion)
                .add(words(next))
                .add(OperatorStore.ACCOUNTS_MAX)
                .add(OperatorStore.KEYS_MAX)
                .add(added == null ? "" : added.hash())
                .add(added == null ? "" : words(added));
        ended.forEach(request::add);
        return calls.run(Script.OPERATOR, request, reply -> switch ((int) reply.number(0)) {
            case 1 -> OperatorAnswer.DONE;
            case 0 -> OperatorAnswer.TOO_MANY;
            default -> OperatorAnswer.CHANGED;
        });
    }

    CompletionStage<Boolean> remove(String name, long seenVersion, Collection<String> ended) {
        ScriptArguments request = request()
                .add(ACCOUNT + name)
                .add(seenVersion)
                .add("")
                .add(0)
                .add(0)
                .add("")
                .add("");
        ended.forEach(request::add);
        return calls.run(Script.OPERATOR, request, reply -> reply.number(0) == 1);
    }

    CompletionStage<Void> use(String hash, long usedMillis) {
        return calls.run(Script.OPERATOR_KEYS, request().add(usedMillis).add(hash), reply -> RedisExecutor.DONE);
    }

    CompletionStage<Void> end(Collection<String> hashes) {
        ScriptArguments request = request().add("");
        hashes.forEach(request::add);
        return calls.run(Script.OPERATOR_KEYS, request, reply -> RedisExecutor.DONE);
    }

    CompletionStage<Long> version() {
        return calls.send(
                CommandType.HGET,
                ScriptArguments.of(keys.operators()).add(VERSION),
                reply -> reply.isNull(0) ? 0 : Decimal.whole(reply.text(0)));
    }

    CompletionStage<OperatorRows> all() {
        return calls.run(Script.OPERATORS, request(), reply -> {
            long version = 0;
            Set<String> skipped = new HashSet<>();
            List<OperatorAccount> accounts = new ArrayList<>();
            ScriptReply flat = reply.list(0);
            for (int i = 0; i < flat.size(); i += 2) {
                if (flat.text(i).equals(VERSION)) {
                    version = Decimal.whole(flat.text(i + 1));
                } else {
                    read(flat, i, OperatorHash::account, accounts, skipped);
                }
            }
            List<OperatorKey> found = new ArrayList<>();
            ScriptReply others = reply.list(1);
            for (int i = 0; i < others.size(); i += 2) {
                read(others, i, OperatorHash::key, found, skipped);
            }
            foreign = Set.copyOf(skipped);
            return new OperatorRows(version, accounts, found);
        });
    }

    private ScriptArguments request() {
        return ScriptArguments.of(keys.operators(), keys.operatorSessions());
    }

    /** Foreign fields are skipped, so that they do not affect the others. */
    private <T> void read(ScriptReply flat, int i, Function<String[], T> reader, List<T> found, Set<String> skipped) {
        String field = flat.text(i);
        try {
            found.add(reader.apply((field + " " + flat.text(i + 1)).split(" ", -1)));
        } catch (ForeignValueException e) {
            skipped.add(field);
            if (!foreign.contains(field)) {
                log.warn("{} of the operators was not written by a server, and is ignored: {}", field, e.getMessage());
            }
        }
    }

    private static String words(OperatorAccount account) {
        return words(
                account.version(),
                list(account.roles()),
                account.disabled() ? 1 : 0,
                account.untilMillis(),
                account.madeMillis(),
                account.madeBy(),
                account.password(),
                account.totp(),
                account.totpStep(),
                list(account.recovery()),
                account.signedInMillis(),
                account.signedInFrom());
    }

    private static OperatorAccount account(String[] words) {
        if (words.length != ACCOUNT_WORDS + 1 || !words[0].startsWith(ACCOUNT)) {
            throw new ForeignValueException("not an account of ours");
        }
        return new OperatorAccount(
                words[0].substring(ACCOUNT.length()),
                Decimal.whole(words[1]),
                list(words[2]),
                words[3].equals("1"),
                Decimal.whole(words[4]),
                Decimal.whole(words[5]),
                EncodedWord.decode(words[6]),
                EncodedWord.decode(words[7]),
                EncodedWord.decode(words[8]),
                Decimal.whole(words[9]),
                list(words[10]),
                Decimal.whole(words[11]),
                EncodedWord.decode(words[12]));
    }

    private static String words(OperatorKey key) {
        return words(
                key.usedMillis(),
                key.operator(),
                key.kind().name(),
                key.label(),
                key.madeMillis(),
                key.untilMillis(),
                key.address());
    }

    private static OperatorKey key(String[] words) {
        if (words.length != KEY_WORDS + 1) {
            throw new ForeignValueException("not a key of ours");
        }
        return new OperatorKey(
                words[0],
                EncodedWord.decode(words[2]),
                kind(words[3]),
                EncodedWord.decode(words[4]),
                Decimal.whole(words[5]),
                Decimal.whole(words[6]),
                Decimal.whole(words[1]),
                EncodedWord.decode(words[7]));
    }

    private static OperatorKey.Kind kind(String word) {
        for (OperatorKey.Kind kind : OperatorKey.Kind.values()) {
            if (kind.name().equals(word)) {
                return kind;
            }
        }
        throw new ForeignValueException("not a kind of key: " + word);
    }

    private static String words(Object... values) {
        return Stream.of(values)
                .map(value -> EncodedWord.of(String.valueOf(value)))
                .collect(Collectors.joining(" "));
    }

    private static String list(List<String> texts) {
        return String.join(",", texts);
    }

    private static List<String> list(String word) {
        String text = EncodedWord.decode(word);
        return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    }
}
