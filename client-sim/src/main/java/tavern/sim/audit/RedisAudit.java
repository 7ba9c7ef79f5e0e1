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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
                String before = lastEntry(redis);
                Result result = read(redis, trades);
                // Redis has no consistent snapshot of many keys: what was read while goods moved proves nothing.
                if (before.equals(lastEntry(redis))) {
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

    private String lastEntry(RedisCommands<String, String> redis) throws IOException {
        List<StreamMessage<String, String>> last = redis.xrevrange(key("entries"), Range.unbounded(), Limit.from(1));
        if (last.isEmpty()) {
            throw new IOException("no realm '" + realm + "' in " + where() + "; see --realm");
        }
        return last.get(0).getId();
    }

    private Result read(RedisCommands<String, String> redis, Collection<KnownTrade> trades) {
        Map<String, String> ids = redis.hgetall(key("names"));
        Set<String> wanted = new HashSet<>();
        trades.forEach(trade -> wanted.add(entry(ids, trade)));
        RedisLedgerSum books = new RedisLedgerSum(wanted);
        Set<String> unnamed = readPlayers(redis, books);
        readLedger(redis, books);

        Map<KnownTrade, String> wrong = new LinkedHashMap<>();
        Set<KnownTrade> twice = new HashSet<>();
        for (KnownTrade trade : trades) {
            String problem = check(redis, books, ids, trade);
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

    /** @return the ids of all players in the realm */
    private Set<String> readPlayers(RedisCommands<String, String> redis, RedisLedgerSum books) {
        String prefix = key("player:");
        Set<String> found = new HashSet<>();
        ScanIterator<String> keys =
                ScanIterator.scan(redis, ScanArgs.Builder.limit(BATCH).match(prefix + "*"));
        while (keys.hasNext()) {
            String id = keys.next().substring(prefix.length());
            // A scan may return a key more than once.
            if (id.matches("\\d{1,18}") && found.add(id)) {
                books.player(Long.parseLong(id), redis.hgetall(prefix + id));
            }
        }
        return found;
    }

    private void readLedger(RedisCommands<String, String> redis, RedisLedgerSum books) {
        Range<String> range = Range.unbounded();
        while (true) {
            List<StreamMessage<String, String>> batch = redis.xrange(key("entries"), range, Limit.from(BATCH));
            batch.forEach(message -> books.entry(message.getId(), message.getBody()));
            if (batch.size() < BATCH) {
                return;
            }
            range = Range.from(Range.Boundary.excluding(batch.get(BATCH - 1).getId()), Range.Boundary.unbounded());
        }
    }

    private static String entry(Map<String, String> ids, KnownTrade trade) {
        return "trade:" + ids.get(trade.from()) + "-"
                + TradeIds.text(trade.offer().getTradeId());
    }

    /** @return what is wrong, or an empty string */
    private String check(
            RedisCommands<String, String> redis, RedisLedgerSum books, Map<String, String> ids, KnownTrade trade) {
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
            return books.moved(entry(ids, trade)).equals(due) ? "" : TWICE;
        } catch (IllegalArgumentException e) {
            return "cannot be read: " + e.getMessage();
        }
    }
}
