package tavern.server.ops.books;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.Holdings;

/**
 * Checks, again and again, that players own what the ledger says: a page of players is looked at together with the end
 * of the ledger, and compared once the books stand at just that entry, whatever is traded meanwhile. The thread of the
 * books', but for {@link #report}.
 */
final class Economy {
    /** Of the time while a check runs, and of the time in all. */
    private static final int PAUSES_WITHIN = 9;

    private static final int PAUSES_BETWEEN = 99;

    private static final long REST_MILLIS_MIN = 5_000;

    /** While the ledger stands still, only what somebody changed beside it can be found: such checks are rarer, up to this. */
    private static final int STILL_TIMES = 10;

    private static final long STILL_REST_MILLIS_MAX = 120_000;
    private static final Logger log = LoggerFactory.getLogger(Economy.class);

    private Comparison comparison = new Comparison();
    private @Nullable Holdings waiting;
    private long startMillis;
    private long askedMillis;
    private long busyMillis;
    private long nextMillis;
    private boolean asked;

    /** Where the ledger was at each look of the check; null: there was none. */
    private @Nullable String position;

    private boolean moved;

    /** When the next check begins, should the ledger go on. */
    private long nextIfMovedMillis;

    private int look;
    private long checks;
    private long failedChecks;
    private String hindrance = "";
    private volatile EconomyReport report = EconomyReport.NONE;

    /** Any thread. */
    EconomyReport report() {
        return report;
    }

    /** Whether players were looked at, and the books are not yet where the ledger ended then. */
    boolean isWaiting() {
        return waiting != null;
    }

    /** How long until the next page of players is to be looked at; 2^63-1: one is under way. */
    long restMillis(long nowMillis) {
        return asked || waiting != null ? Long.MAX_VALUE : Math.max(0, nextMillis - nowMillis);
    }

    /** After which player to look. */
    long ask(long nowMillis) {
        if (comparison.through() == 0) {
            startMillis = nowMillis;
            busyMillis = 0;
            position = null;
            moved = false;
        }
        askedMillis = nowMillis;
        asked = true;
        return comparison.through();
    }

    /** Which look this is: an answer to an earlier one, which was given up meanwhile, says nothing. */
    int look() {
        return look;
    }

    void answered(Holdings holdings) {
        asked = false;
        waiting = holdings;
    }

    /** From the beginning, after a while: the store was silent, or the ledger is another. */
    void giveUp(long nowMillis) {
        look++;
        asked = false;
        waiting = null;
        comparison = new Comparison();
        nextMillis = nowMillis + REST_MILLIS_MIN;
        nextIfMovedMillis = nextMillis;
    }

    /** In the log once, until it is something else or a check was made: it is tried again every few seconds. */
    void hindered(Throwable failure) {
        if (!failure.toString().equals(hindrance)) {
            hindrance = failure.toString();
            log.error("the economy cannot be checked", failure);
        }
    }

    /** The books stand at this entry: if that is what is waited for, compares. */
    void at(String reached, Connection connection, SortedMap<String, BigInteger> granted, long nowMillis)
            throws SQLException {
        if (!reached.equals(position)) {
            moved |= position != null;
            if (comparison.through() == 0) {
                nextMillis = Math.min(nextMillis, nextIfMovedMillis);
            }
        }
        Holdings holdings = waiting;
        if (holdings == null || !holdings.position().equals(reached)) {
            return;
        }
        waiting = null;
        position = reached;
        comparison.add(holdings, connection);
        long took = Math.max(1, nowMillis - askedMillis);
        busyMillis += took;
        nextMillis = nowMillis + PAUSES_WITHIN * took;
        if (holdings.isLast()) {
            finish(granted, nowMillis);
        }
    }

    private void finish(SortedMap<String, BigInteger> granted, long nowMillis) {
        SortedMap<String, BigInteger> differences = comparison.differences();
        List<String> problems = comparison.problems();
        SortedSet<String> kinds = new TreeSet<>(granted.keySet());
        kinds.addAll(differences.keySet());
        kinds.remove(Posting.ITEMS);
        if (!hindrance.isEmpty()) {
            log.info("the economy is checked again");
            hindrance = "";
        }
        boolean held = report.holds();
        checks++;
        failedChecks += problems.isEmpty() ? 0 : 1;
        EconomyReport.Kind items = kind(Posting.ITEMS, granted, differences);
        report = new EconomyReport(
                true,
                problems.isEmpty(),
                nowMillis,
                nowMillis - startMillis,
                checks,
                failedChecks,
                comparison.players(),
                kinds.stream().map(kind -> kind(kind, granted, differences)).toList(),
                new EconomyReport.Sum(items.granted(), items.held(), items.difference()),
                problems);
        if (held && !problems.isEmpty()) {
            log.error("goods do not add up: {}; differences {}", problems.get(0), differences);
        } else if (!held && problems.isEmpty()) {
            log.info("goods add up again");
        }
        comparison = new Comparison();
        rest(problems.isEmpty() && !moved, nowMillis);
    }

    private void rest(boolean still, long nowMillis) {
        long rest = PAUSES_BETWEEN * busyMillis;
        nextIfMovedMillis = nowMillis + Math.max(REST_MILLIS_MIN, rest);
        nextMillis = still && rest > REST_MILLIS_MIN
                ? Math.max(nextIfMovedMillis, nowMillis + Math.min(STILL_TIMES * rest, STILL_REST_MILLIS_MAX))
                : nextIfMovedMillis;
    }

    private static EconomyReport.Kind kind(
            String kind, SortedMap<String, BigInteger> granted, SortedMap<String, BigInteger> differences) {
        BigInteger given = granted.getOrDefault(kind, BigInteger.ZERO);
        BigInteger difference = differences.getOrDefault(kind, BigInteger.ZERO);
        return new EconomyReport.Kind(kind, given, given.add(difference), difference);
    }
}
