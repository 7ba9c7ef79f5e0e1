package tavern.server.books;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.Holdings;

/**
 * Continuously checks that players own what the ledger says: a page of players is read together with the end of the
 * ledger, and compared once the books have reached exactly that entry, whatever is traded meanwhile. Confined to the
 * books' thread, except {@link #report}.
 */
final class Economy {
    /** Pauses in multiples of the busy time: within a check, and between checks. */
    private static final int PAUSES_WITHIN = 9;

    private static final int PAUSES_BETWEEN = 99;

    private static final long REST_MILLIS_MIN = 5_000;

    /**
     * While the ledger does not change, checks can only find manipulations of the store, so they are less frequent by
     * up to this factor.
     */
    private static final int STILL_TIMES = 10;

    private static final long STILL_REST_MILLIS_MAX = 120_000;
    private static final Logger log = LoggerFactory.getLogger(Economy.class);

    private final InstantSource wall;
    private Comparison comparison = new Comparison();
    private @Nullable Holdings waiting;
    private long startMillis;
    private long askedMillis;
    private long busyMillis;
    private long nextMillis;
    private boolean asked;

    /** The end of the ledger at each read of this check, or null if there was none. */
    private @Nullable String position;

    private boolean moved;

    /** When the next check begins if the ledger changes. */
    private long nextIfMovedMillis;

    private int look;
    private long checks;
    private long failedChecks;
    private String hindrance = "";
    private volatile EconomyReport report = EconomyReport.NONE;

    /** @param wall for the date of the reports; durations are measured with another clock */
    Economy(InstantSource wall) {
        this.wall = wall;
    }

    /** Safe on any thread. */
    EconomyReport report() {
        return report;
    }

    /** Whether players were read, and the books have not yet reached the end of the ledger at that moment. */
    boolean isWaiting() {
        return waiting != null;
    }

    /** Whether players were read at this entry, so that the books' tables must be as of it. */
    boolean isWaitingFor(String reached) {
        return waiting != null && waiting.position().equals(reached);
    }

    /** Time until the next page of players is due; 2^63-1 while one is in progress. */
    long restMillis(long nowMillis) {
        return asked || waiting != null ? Long.MAX_VALUE : Math.max(0, nextMillis - nowMillis);
    }

    /** Starts the read of the next page, and returns the player after whom it begins. */
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

    /** The number of the current read: an answer to an earlier one, which was given up, must be ignored. */
    int look() {
        return look;
    }

    void answered(Holdings holdings) {
        asked = false;
        waiting = holdings;
    }

    /** Starts again from the beginning, after a while: the store did not answer, or the ledger is a different one. */
    void giveUp(long nowMillis) {
        look++;
        asked = false;
        waiting = null;
        comparison = new Comparison();
        nextMillis = nowMillis + REST_MILLIS_MIN;
        nextIfMovedMillis = nextMillis;
    }

    /** Logs a failure once, until it changes or a check succeeds, because the check is retried every few seconds. */
    void hindered(Throwable failure) {
        if (!failure.toString().equals(hindrance)) {
            hindrance = failure.toString();
            log.error("the economy cannot be checked", failure);
        }
    }

    /** The books have reached this entry: compares if it is the one that the check waits for. */
    void at(
            String reached,
            Connection connection,
            SortedMap<String, BigInteger> granted,
            List<String> faults,
            long nowMillis)
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
            finish(granted, faults, nowMillis);
        }
    }

    private void finish(SortedMap<String, BigInteger> granted, List<String> faults, long nowMillis) {
        SortedMap<String, BigInteger> differences = comparison.differences();
        List<String> problems =
                Stream.concat(comparison.problems().stream(), faults.stream()).toList();
        SortedSet<String> kinds = new TreeSet<>(granted.keySet());
        kinds.addAll(differences.keySet());
        kinds.remove(BookBalances.ITEMS);
        if (!hindrance.isEmpty()) {
            log.info("the economy is checked again");
            hindrance = "";
        }
        boolean held = report.holds();
        checks++;
        failedChecks += problems.isEmpty() ? 0 : 1;
        EconomyReport.Kind items = kind(BookBalances.ITEMS, granted, differences);
        report = new EconomyReport(
                true,
                problems.isEmpty(),
                wall.millis(),
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
