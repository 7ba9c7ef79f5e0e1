package tavern.sim.audit;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Audits a realm in Redis. Reads all of it, and retries until nothing changed while it was reading. */
public final class RedisAudit implements StoreAudit {
    private static final String TWICE = "not carried out exactly once on its terms";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    /** Outcomes are in one hash for each quarter of an hour in which their ids were made. */
    private static final long OUTCOMES_MILLIS = 15 * 60 * 1_000;

    private static final int BATCH = 1_000;
    private static final int ATTEMPTS = 5;

    private final RedisURI uri;
    private final String realm;

    /**
     * @param uri {@code redis://[[user]:password@]host[:port][/database]}, {@code rediss://} for TLS
     * @throws IllegalArgumentException when it is not such a URI
     */
    public RedisAudit(String uri, String realm) {
        this.uri = RedisURI.create(uri);
        this.uri.setTimeout(TIMEOUT);
        this.realm = realm;
    }

    @Override
    public Result read(Collection<KnownTrade> trades) throws IOException {
        RedisClient client = RedisClient.create(uri);
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                String before = state(redis);
                Result result = read(redis, trades);
                // Redis has no consistent snapshot of many keys: what was read while goods moved proves nothing.
                if (before.equals(state(redis))) {
                    return result;
                }
            }
            throw new IOException("cannot audit " + where() + ": goods keep moving; stop all trading there first");
        } catch (RedisException e) {
            throw new IOException("cannot audit " + where() + ": " + reason(e), e);
        } finally {
            client.shutdown(Duration.ZERO, TIMEOUT);
        }
    }

    private String where() {
        return "the Redis at " + uri.getHost() + ":" + uri.getPort();
    }

    private static @Nullable String reason(RedisException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException) {
                return "connection refused";
            }
            if (cause.getCause() == null) {
                return cause.getMessage();
            }
        }
        return failure.getMessage();
    }

    private String key(String name) {
        return "{" + realm + "}:" + name;
    }

    /** Differs once goods have moved or a segment was sealed; rows of the checkpoint may move without. */
    private String state(RedisCommands<String, String> redis) throws IOException {
        return lastEntry(redis) + " " + redis.hmget(key("segments"), "newest", "moving");
    }

    private RedisSegments segments(RedisCommands<String, String> redis) throws IOException {
        try {
            return RedisSegments.of(redis.hgetall(key("segments")));
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot audit " + where() + ": in " + key("segments") + " " + e.getMessage(), e);
        }
    }

    private String lastEntry(RedisCommands<String, String> redis) throws IOException {
        List<StreamMessage<String, String>> last = redis.xrevrange(key("entries"), Range.unbounded(), Limit.from(1));
        if (last.isEmpty()) {
            throw new IOException("no realm '" + realm + "' in " + where() + "; see --realm");
        }
        return last.get(0).getId();
    }

    private Result read(RedisCommands<String, String> redis, Collection<KnownTrade> trades) throws IOException {
        Map<String, String> ids = redis.hgetall(key("names"));
        Set<String> wanted = new HashSet<>();
        trades.forEach(trade -> wanted.add(entry(ids, trade)));
        RedisLedgerSum books = new RedisLedgerSum(wanted);
        RedisSegments segments = segments(redis);
        readCheckpoint(redis, books, segments.isMoving());
        Set<String> unnamed = readPlayers(redis, books);
        if (!segments.last().isEmpty()) {
            readLedger(redis, Range.create("-", segments.last()), books::sealedEntry);
        }
        readLedger(redis, Range.from(after(segments.last()), Range.Boundary.unbounded()), books::entry);
        // Entries may have left while the ledger was read.
        long removedMillis = segments(redis).removedMillis();

        Map<KnownTrade, String> wrong = new LinkedHashMap<>();
        Set<KnownTrade> twice = new HashSet<>();
        for (KnownTrade trade : trades) {
            String problem = check(redis, books, ids, removedMillis, trade);
            if (!problem.isEmpty()) {
                wrong.put(trade, problem);
            }
            if (problem.equals(TWICE)) {
                twice.add(trade);
            }
        }
        List<String> contradictions = books.contradictions();
        unnamed.removeAll(ids.values());
        unnamed.forEach(id -> contradictions.add("player " + id + " has no name in " + key("names")));
        return new Result(contradictions, wrong, twice);
    }

    /**
     * Rows that were put aside count before others if their segment is sealed. They are read first, because the server
     * moves them to the others meanwhile.
     */
    private void readCheckpoint(RedisCommands<String, String> redis, RedisLedgerSum books, boolean isMoving) {
        Map<String, String> rows = new HashMap<>();
        if (isMoving) {
            redis.lrange(key("sealing"), 0, -1).forEach(bucket -> rows.putAll(redis.hgetall(key("sealing:" + bucket))));
        }
        for (ScanIterator<String> keys = scan(redis, key("checkpoint:")); keys.hasNext(); ) {
            redis.hgetall(keys.next()).forEach(rows::putIfAbsent);
        }
        rows.values().removeIf("0"::equals);
        rows.forEach(books::checkpoint);
    }

    /** @return the ids of all players in the realm */
    private Set<String> readPlayers(RedisCommands<String, String> redis, RedisLedgerSum books) {
        String prefix = key("player:");
        Set<String> found = new HashSet<>();
        for (ScanIterator<String> keys = scan(redis, prefix); keys.hasNext(); ) {
            String id = keys.next().substring(prefix.length());
            if (id.matches("\\d{1,18}") && found.add(id)) {
                books.player(Long.parseLong(id), redis.hgetall(prefix + id));
            }
        }
        return found;
    }

    /** All keys with this prefix, some perhaps more than once. */
    private static ScanIterator<String> scan(RedisCommands<String, String> redis, String prefix) {
        return ScanIterator.scan(redis, ScanArgs.Builder.limit(BATCH).match(prefix + "*"));
    }

    private void readLedger(
            RedisCommands<String, String> redis, Range<String> range, BiConsumer<String, Map<String, String>> entries) {
        Range<String> rest = range;
        while (true) {
            List<StreamMessage<String, String>> batch = redis.xrange(key("entries"), rest, Limit.from(BATCH));
            batch.forEach(message -> entries.accept(message.getId(), message.getBody()));
            if (batch.size() < BATCH) {
                return;
            }
            rest = Range.from(after(batch.get(BATCH - 1).getId()), range.getUpper());
        }
    }

    /** @param entry empty for the beginning of the ledger */
    private static Range.Boundary<String> after(String entry) {
        return entry.isEmpty() ? Range.Boundary.unbounded() : Range.Boundary.excluding(entry);
    }

    private static String entry(Map<String, String> ids, KnownTrade trade) {
        return "trade:" + ids.get(trade.from()) + "-"
                + TradeIds.text(trade.offer().getTradeId());
    }

    /** @return what is wrong, or an empty string */
    private String check(
            RedisCommands<String, String> redis,
            RedisLedgerSum books,
            Map<String, String> ids,
            long removedMillis,
            KnownTrade trade) {
        String proposer = ids.get(trade.from());
        long born = TradeIds.bornMillis(trade.offer().getTradeId());
        String text = proposer == null
                ? null
                : redis.hget(
                        key("outcomes:" + born / OUTCOMES_MILLIS), born % OUTCOMES_MILLIS + " " + entry(ids, trade));
        if (text == null) {
            return "not in the store";
        }
        try {
            RedisText.Ended ended = RedisText.ended(text);
            if (ended.trade().outcome() != trade.outcome()) {
                return "ended as " + ended.trade().outcome() + ", but was reported as " + trade.outcome();
            }
            if (!ended.trade().hasTermsOf(trade)) {
                return "has other terms";
            }
            Map<MovedGoods.Line, Long> due = trade.isCommitted()
                    ? MovedGoods.of(Long.parseLong(proposer), ended.partner(), trade.offer())
                    : Map.of();
            Map<MovedGoods.Line, Long> moved = books.moved(entry(ids, trade));
            boolean mayBeArchived = moved.isEmpty() && ended.atMillis() <= removedMillis;
            return moved.equals(due) || mayBeArchived ? "" : TWICE;
        } catch (IllegalArgumentException e) {
            return "cannot be read: " + e.getMessage();
        }
    }
}
