package tavern.server.ops.books;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.AuditEntry;
import tavern.server.store.Causes;
import tavern.server.store.Holdings;
import tavern.server.store.LedgerEntry;
import tavern.server.store.Store;
import tavern.server.store.StoreUnavailableException;

/**
 * Brings the books up to date, for ever: a page of the ledger, a rest, the next page. Each page begins with the entry
 * that the last one ended with; when that is not what the books have, they are of another ledger and are begun anew.
 * The thread of the books', but for what is volatile.
 */
final class Follower {
    private static final Logger log = LoggerFactory.getLogger(Follower.class);

    private static final int PAGE = 250;
    private static final int PAGE_OF_PLAYERS = 100;
    private static final int PAGE_OF_DEEDS = 200;

    /** While there is more to read, nine tenths of the time are left to others. */
    private static final int PAUSES = 9;

    private static final long PAUSE_MILLIS_MIN = 5;

    /** A page of the file that many entries have changed is written once. What a crash takes is read again. */
    private static final long COMMIT_MILLIS = 2_000;

    private static final long IDLE_MILLIS = 1_000;
    private static final long RETRY_MILLIS_MIN = 500;
    private static final long RETRY_MILLIS_MAX = 30_000;

    /** Orders that are about no player. */
    private static final Set<String> OF_NO_PLAYER = Set.of("announce", "close", "drain", "republish");

    /** Orders that are about a player only if they say so; a room may have the same name. */
    private static final Set<String> OF_SOME_PLAYER = Set.of("freeze", "unfreeze");

    private final Path path;
    private final Store store;
    private final InstantSource clock;
    private final ScheduledExecutorService thread;
    private final Economy economy = new Economy();
    private final long startMillis;
    private @Nullable Volume volume;
    private @Nullable ScheduledFuture<?> next;
    private long retryMillis = RETRY_MILLIS_MIN;
    private boolean underWay;
    private boolean closed;
    private int turnsInVain;
    private long committedMillis;
    private volatile long entries;
    private volatile long lastMillis;
    private volatile long upToDateMillis;
    private volatile @Nullable String trouble;

    Follower(Path path, Store store, InstantSource clock, ScheduledExecutorService thread) {
        this.path = path;
        this.store = store;
        this.clock = clock;
        this.thread = thread;
        this.startMillis = clock.millis();
    }

    // ---- any thread ----

    EconomyReport economy() {
        return economy.report();
    }

    long entries() {
        return entries;
    }

    /** At most how old what the books say is. */
    long behindMillis() {
        long since = upToDateMillis != 0 ? upToDateMillis : lastMillis != 0 ? lastMillis : startMillis;
        return Math.max(0, clock.millis() - since);
    }

    /** What keeps the books from going on; null: nothing, or the store is silent, which others say. */
    @Nullable
    String trouble() {
        return trouble;
    }

    // ---- the thread of the books' ----

    /** @throws SQLException when there are no books to be had now */
    Volume volume() throws SQLException {
        if (closed) {
            throw new SQLException("the books are closed");
        }
        Volume open = volume;
        if (open != null && !open.file().isThere()) {
            log.info("{} is gone; it is worked out again", path);
            closeVolume();
            open = null;
        }
        if (open == null) {
            open = Volume.open(path);
            volume = open;
            seen(open.file().mark());
        }
        return open;
    }

    private void seen(Mark mark) {
        entries = mark.entries();
        lastMillis = mark.atMillis();
    }

    void turn() {
        if (closed) {
            return;
        }
        underWay = true;
        try {
            Volume open = volume();
            Mark mark = open.file().mark();
            long askedMillis = clock.millis();
            then(store.ledger(mark.before(), PAGE + 1), page -> read(open, page, askedMillis));
        } catch (SQLException e) {
            failed(e);
        }
    }

    private interface Step<T> {
        void take(T value) throws SQLException;
    }

    /** Goes on here with what the store answers. */
    private <T> void then(CompletionStage<T> answer, Step<T> step) {
        answer.whenCompleteAsync(
                (value, failure) -> {
                    try {
                        if (failure == null) {
                            step.take(value);
                        } else {
                            failed(Causes.of(failure));
                        }
                    } catch (SQLException | RuntimeException e) {
                        failed(e);
                    }
                },
                thread);
    }

    private void read(Volume open, List<LedgerEntry> page, long askedMillis) throws SQLException {
        if (open != volume) {
            schedule(PAUSE_MILLIS_MIN); // it was opened anew meanwhile
            return;
        }
        Mark from = open.file().mark();
        Mark mark = from;
        boolean begins = mark.isAtTheBeginning();
        if (!begins && (page.isEmpty() || !mark.isLast(page.get(0)))) {
            startOver("the ledger does not go on from its entry " + mark.position() + " (" + mark.reference() + ")");
            return;
        }
        compare(open, mark);
        for (LedgerEntry entry : begins ? page : page.subList(1, page.size())) {
            boolean moves = !entry.gave().isEmpty() || !entry.got().isEmpty();
            if (moves) {
                open.posting().post(entry, mark.entries() + 1);
            }
            mark = mark.after(entry, moves ? 1 : 0);
            compare(open, mark);
        }
        reached(open, from, mark);
        if (page.size() > PAGE) {
            long tookMillis = clock.millis() - askedMillis;
            well(Math.max(PAUSE_MILLIS_MIN, PAUSES * tookMillis));
            return;
        }
        upToDateMillis = askedMillis;
        // A page that was asked for after the players were looked at goes at least as far.
        turnsInVain = economy.isWaiting() ? turnsInVain + 1 : 0;
        if (turnsInVain > 1) {
            log.warn("the economy was not checked: the ledger has not got the entry that it ended with");
            economy.giveUp(clock.millis());
        }
        Mark end = mark;
        then(store.audit(Math.max(0, end.deeds() - 1), PAGE_OF_DEEDS), deeds -> note(open, end, deeds));
    }

    private void reached(Volume open, Mark from, Mark mark) throws SQLException {
        if (!mark.equals(from)) {
            open.file().reached(mark);
            seen(mark);
        }
        long now = clock.millis();
        if (now - committedMillis >= COMMIT_MILLIS) {
            committedMillis = now;
            open.file().commit();
        } else {
            open.file().release();
        }
    }

    private void compare(Volume open, Mark mark) throws SQLException {
        economy.at(mark.position(), open.file().connection(), open.posting().granted(), clock.millis());
    }

    private void note(Volume open, Mark from, List<AuditEntry> deeds) throws SQLException {
        if (open != volume) {
            schedule(PAUSE_MILLIS_MIN);
            return;
        }
        Mark mark = from;
        if (mark.deeds() > 0 && (deeds.isEmpty() || !deeds.get(0).hash().equals(mark.deedHash()))) {
            startOver("the audit log does not go on from its entry " + mark.deeds());
            return;
        }
        for (AuditEntry deed : mark.deeds() > 0 ? deeds.subList(1, deeds.size()) : deeds) {
            if (isOfAPlayer(deed)) {
                open.posting().post(deed);
            }
            mark = mark.withDeeds(deed.seq(), deed.hash());
        }
        reached(open, from, mark);
        long now = clock.millis();
        if (economy.restMillis(now) == 0) {
            look(now);
        }
        boolean more = deeds.size() == PAGE_OF_DEEDS || economy.isWaiting();
        well(more ? PAUSE_MILLIS_MIN : Math.min(IDLE_MILLIS, Math.max(PAUSE_MILLIS_MIN, economy.restMillis(now))));
    }

    private static boolean isOfAPlayer(AuditEntry deed) {
        if (deed.target().isEmpty() || OF_NO_PLAYER.contains(deed.action())) {
            return false;
        }
        return !OF_SOME_PLAYER.contains(deed.action()) || deed.result().endsWith(" player " + deed.target());
    }

    private void look(long now) {
        int look = economy.look();
        store.holdings(economy.ask(now), PAGE_OF_PLAYERS)
                .whenCompleteAsync(
                        (holdings, failure) -> {
                            if (look != economy.look()) {
                                return;
                            }
                            if (failure == null) {
                                looked(holdings);
                            } else {
                                notLooked(Causes.of(failure));
                            }
                        },
                        thread);
    }

    private void looked(Holdings holdings) {
        turnsInVain = 0;
        economy.answered(holdings);
        if (!underWay) {
            // Soon: until then the next players wait.
            schedule(0);
        }
    }

    private void notLooked(Throwable failure) {
        if (!(failure instanceof StoreUnavailableException)) {
            economy.hindered(failure);
        }
        economy.giveUp(clock.millis());
    }

    private void startOver(String why) throws SQLException {
        log.warn("the books in {} are of another ledger: {}; they are worked out anew", path, why);
        closeVolume();
        economy.giveUp(clock.millis());
        upToDateMillis = 0;
        Volume fresh = Volume.anew(path);
        volume = fresh;
        seen(fresh.file().mark());
        well(PAUSE_MILLIS_MIN);
    }

    private void well(long delayMillis) {
        retryMillis = RETRY_MILLIS_MIN;
        if (trouble != null) {
            log.info("the books go on");
            trouble = null;
        }
        schedule(delayMillis);
    }

    /** Takes back what was begun, and tries again after a while that grows. */
    private void failed(Throwable failure) {
        if (!(failure instanceof StoreUnavailableException)) {
            told(failure);
            closeVolume();
            if (failure instanceof SQLException sql && BookFile.isBroken(sql)) {
                discard();
            }
        }
        economy.giveUp(clock.millis());
        schedule(retryMillis);
        retryMillis = Math.min(RETRY_MILLIS_MAX, 2 * retryMillis);
    }

    /** In the log once, not at each attempt. */
    private void told(Throwable failure) {
        boolean isNew = trouble == null;
        if (failure instanceof SQLException sql && BookFile.isInUse(sql)) {
            trouble = path + " is in use by another server; give each server a store.path of its own";
            if (isNew) {
                log.warn("{}", trouble);
            }
        } else {
            trouble = failure.getMessage() == null ? failure.toString() : failure.getMessage();
            if (isNew) {
                log.error("the books cannot go on", failure);
            }
        }
    }

    private void discard() {
        try {
            Volume.anew(path).close();
        } catch (SQLException e) {
            log.warn("{} is broken and cannot be made anew", path, e);
        }
    }

    private void schedule(long delayMillis) {
        underWay = false;
        if (closed) {
            return;
        }
        if (next != null) {
            next.cancel(false);
        }
        next = thread.schedule(this::turn, delayMillis, TimeUnit.MILLISECONDS);
    }

    void close() {
        closed = true;
        try {
            if (volume != null) {
                volume.file().commit();
            }
        } catch (SQLException e) {
            log.warn("{} could not be written to; what is missing is read again", path, e);
        }
        closeVolume();
    }

    void closeVolume() {
        Volume last = volume;
        volume = null;
        if (last != null) {
            try {
                last.close();
            } catch (SQLException e) {
                log.warn("{} could not be closed", path, e);
            }
        }
    }
}
