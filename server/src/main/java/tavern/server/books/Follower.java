package tavern.server.books;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.AccountStore;
import tavern.server.store.AuditEntry;
import tavern.server.store.AuditStore;
import tavern.server.store.Causes;
import tavern.server.store.EntriesRemovedException;
import tavern.server.store.Holdings;
import tavern.server.store.LedgerEntry;
import tavern.server.store.Segment;
import tavern.server.store.SegmentStore;
import tavern.server.store.StoreUnavailableException;
import tavern.server.time.Clocks;

/**
 * Keeps the books up to date: reads a page of the ledger, pauses, reads the next page. Each page begins with the entry
 * with which the last one ended; if that entry differs from the books, they belong to another ledger, and are set aside
 * and started again. Confined to the books' thread, except for volatile fields.
 */
final class Follower {
    private static final Logger log = LoggerFactory.getLogger(Follower.class);

    private static final int PAGE = 500;
    private static final int PAGE_OF_PLAYERS = 100;
    private static final int PAGE_OF_DEEDS = 200;

    /** Removed after each page, so that more can leave the books than comes in. */
    private static final int TRIMMED = 2 * PAGE;

    private static final long TRIM_MILLIS = 60_000;

    /** While there is more to read, nine tenths of the time are left to others. */
    private static final int PAUSES = 9;

    /** Books that are this far behind are being computed again: until then, only half of the time is left to others. */
    private static final long FAR_BEHIND_MILLIS = 60_000;

    private static final long PAUSE_MILLIS_MIN = 5;

    /** Long, so that a page of the file that many entries change is written once. What a crash loses is read again. */
    private static final long COMMIT_MILLIS = 2_000;

    private static final long IDLE_MILLIS = 1_000;
    private static final long RETRY_MILLIS_MIN = 500;
    private static final long RETRY_MILLIS_MAX = 30_000;

    /** After a checkpoint that is not as it was sealed: reading all of it again costs much, and seldom helps. */
    private static final long UNSOUND_RETRY_MILLIS = 10 * 60_000;

    private final Path path;
    private final AccountStore accounts;
    private final SegmentStore segments;
    private final AuditStore audit;
    private final Clocks clocks;
    private final ScheduledExecutorService thread;
    private final Economy economy;
    private final long startMillis;
    private @Nullable Volume volume;
    private @Nullable ScheduledFuture<?> next;
    private long retryMillis = RETRY_MILLIS_MIN;
    private boolean underWay;
    private boolean closed;
    private int turnsInVain;
    private long committedMillis;

    /** The position of the oldest entry that the ledger had when it was last looked for; empty before. */
    private String oldest = "";

    private long oldestAtMillis;
    private volatile long entries;

    /** Of the last entry that is in the file for good. */
    private volatile String position = "";

    /** The time, by the wall clock, at which the last entry read was written; 0 if there was none. */
    private volatile long lastMillis;

    /** When nothing was missing from the open file for the last time; 0 if something still is. */
    private volatile long upToDateMillis;

    private volatile @Nullable String trouble;
    private volatile @Nullable String auditFault;

    Follower(
            Path path,
            AccountStore accounts,
            SegmentStore segments,
            AuditStore audit,
            Clocks clocks,
            ScheduledExecutorService thread) {
        this.path = path;
        this.accounts = accounts;
        this.segments = segments;
        this.audit = audit;
        this.clocks = clocks;
        this.economy = new Economy(clocks.wall());
        this.thread = thread;
        this.startMillis = clocks.monotonic().millis();
    }

    // ---- on any thread ----

    EconomyReport economy() {
        return economy.report();
    }

    long entries() {
        return entries;
    }

    String position() {
        return position;
    }

    /** The maximum age of what the books say. */
    long behindMillis() {
        if (upToDateMillis == 0 && lastMillis != 0) {
            return Math.max(0, clocks.wall().millis() - lastMillis);
        }
        return clocks.monotonic().millis() - (upToDateMillis != 0 ? upToDateMillis : startMillis);
    }

    /** How long ago nothing was missing from the books; {@code Long.MAX_VALUE} if something still is in this file. */
    long completeMillisAgo() {
        long since = upToDateMillis;
        return since == 0 ? Long.MAX_VALUE : clocks.monotonic().millis() - since;
    }

    /**
     * What keeps the books from going on, or null if nothing does or the store does not answer, which is reported
     * elsewhere.
     */
    @Nullable
    String trouble() {
        return trouble;
    }

    /** What somebody did to the audit log, in words, or null if nothing is known. */
    @Nullable
    String auditFault() {
        return auditFault;
    }

    // ---- on the books' thread ----

    /** @throws SQLException when the books are not available now */
    Volume volume() throws SQLException {
        if (closed) {
            throw new SQLException("the books are closed");
        }
        Volume open = volume;
        if (open != null && !open.file().isThere()) {
            log.info("{} is gone; it is computed again", path);
            closeVolume();
            open = null;
        }
        if (open == null) {
            open = Volume.open(path);
            volume = open;
            upToDateMillis = 0; // it may be a new one
            seen(open.file().mark());
            position = open.file().mark().position();
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
            if (mark.isAtTheBeginning()) {
                then(segments.newestSegment(), newest -> {
                    if (newest.isPresent()) {
                        begin(open, newest.get());
                    } else {
                        follow(open, mark);
                    }
                });
            } else {
                follow(open, mark);
            }
        } catch (SQLException e) {
            failed(e);
        }
    }

    /** The entries before are not in the store any more, or need not be read again. */
    private void begin(Volume open, Segment segment) throws SQLException {
        log.info("the books in {} begin at the end of segment {}", path, segment.number());
        CheckpointLoad load = new CheckpointLoad(segment, open.posting().balances(), open.posting()::name);
        open.file().changed(); // what an interrupted load had left was removed
        load(open, load, "");
    }

    private void load(Volume open, CheckpointLoad load, String from) {
        long askedMillis = clocks.monotonic().millis();
        then(segments.checkpoint(from, CheckpointLoad.PAGE), page -> {
            if (open != volume || !load.add(page)) {
                schedule(PAUSE_MILLIS_MIN); // begins again
                return;
            }
            open.file().changed();
            if (!page.next().isEmpty()) {
                long tookMillis = clocks.monotonic().millis() - askedMillis;
                // As long as books are computed anew, half of the time is left to others.
                next = thread.schedule(() -> load(open, load, page.next()), tookMillis, TimeUnit.MILLISECONDS);
            } else if (!load.isSound()) {
                retryMillis = UNSOUND_RETRY_MILLIS;
                throw new IllegalStateException(load.fault() + "; run bin/server archive verify");
            } else {
                Mark mark = open.file().mark();
                open.file().beginsLater();
                reached(open, mark, mark.at(load.segment()));
                schedule(PAUSE_MILLIS_MIN);
            }
        });
    }

    private void follow(Volume open, Mark mark) {
        long askedMillis = clocks.monotonic().millis();
        then(accounts.ledger(mark.before(), PAGE + 1), page -> read(open, page, askedMillis));
    }

    private interface Step<T> {
        void take(T value) throws SQLException;
    }

    /** Continues on this thread with the store's answer. */
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
            schedule(PAUSE_MILLIS_MIN); // the file was opened again meanwhile
            return;
        }
        Mark from = open.file().mark();
        Mark mark = from;
        boolean begins = mark.hasNoEntry();
        if (!begins && (page.isEmpty() || !mark.isLast(page.get(0)))) {
            startOver("the ledger does not go on from its entry " + mark.position() + " (" + mark.reference() + ")");
            return;
        }
        compare(open, mark);
        for (LedgerEntry entry : begins ? page : page.subList(1, page.size())) {
            open.posting().post(entry, mark.entries() + 1);
            mark = mark.after(entry);
            compare(open, mark);
        }
        trim(open);
        reached(open, from, mark);
        if (page.size() > PAGE) {
            long tookMillis = clocks.monotonic().millis() - askedMillis;
            boolean isFarBehind = clocks.wall().millis() - mark.atMillis() > FAR_BEHIND_MILLIS;
            well(isFarBehind ? tookMillis : Math.max(PAUSE_MILLIS_MIN, PAUSES * tookMillis));
            return;
        }
        upToDateMillis = askedMillis;
        // A page that was requested after the players were read goes at least as far.
        turnsInVain = economy.isWaiting() ? turnsInVain + 1 : 0;
        if (turnsInVain > 1) {
            log.warn("the economy was not checked: the ledger has not got the entry that it ended with");
            economy.giveUp(clocks.monotonic().millis());
        }
        Mark end = mark;
        then(audit.audit(Math.max(0, end.deeds() - 1), PAGE_OF_DEEDS), deeds -> note(open, end, deeds));
    }

    /** Removes from the books what has left the ledger. */
    private void trim(Volume open) throws SQLException {
        if (!oldest.isEmpty() && open.trim().before(oldest, TRIMMED) > 0) {
            open.file().changed();
        }
        long now = clocks.monotonic().millis();
        if (oldest.isEmpty() || now - oldestAtMillis >= TRIM_MILLIS) {
            oldestAtMillis = now;
            accounts.ledger("", 1)
                    .whenCompleteAsync(
                            (first, failure) -> {
                                if (failure == null && !first.isEmpty()) {
                                    oldest = first.get(0).position();
                                }
                            },
                            thread);
        }
    }

    private void reached(Volume open, Mark from, Mark mark) throws SQLException {
        if (!mark.equals(from)) {
            open.file().reached(mark);
            seen(mark);
        }
        long now = clocks.monotonic().millis();
        if (now - committedMillis >= COMMIT_MILLIS) {
            committedMillis = now;
            open.commit();
            position = mark.position();
        } else {
            open.file().release();
        }
    }

    private void compare(Volume open, Mark mark) throws SQLException {
        if (economy.isWaitingFor(mark.position())) {
            open.flush();
        }
        BookBalances balances = open.posting().balances();
        economy.at(
                mark.position(),
                open.file().connection(),
                balances.granted(),
                balances.faults(),
                clocks.monotonic().millis());
    }

    private void note(Volume open, Mark from, List<AuditEntry> deeds) throws SQLException {
        if (open != volume) {
            schedule(PAUSE_MILLIS_MIN);
            return;
        }
        Mark mark = from;
        if (mark.deeds() > 0 && (deeds.isEmpty() || !deeds.get(0).hash().equals(mark.deedHash()))) {
            auditChanged("entry " + mark.deeds() + " is not what the books had read");
            return;
        }
        for (AuditEntry deed : mark.deeds() > 0 ? deeds.subList(1, deeds.size()) : deeds) {
            if (PlayerDeeds.has(deed)) {
                open.posting().post(deed);
            }
            mark = mark.withDeeds(deed.seq(), deed.hash());
        }
        reached(open, from, mark);
        long now = clocks.monotonic().millis();
        if (economy.restMillis(now) == 0) {
            look(now);
        }
        boolean more = deeds.size() == PAGE_OF_DEEDS || economy.isWaiting();
        well(more ? PAUSE_MILLIS_MIN : Math.min(IDLE_MILLIS, Math.max(PAUSE_MILLIS_MIN, economy.restMillis(now))));
    }

    private void look(long now) {
        int look = economy.look();
        accounts.holdings(economy.ask(now), PAGE_OF_PLAYERS)
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
            // At once, because the next players wait for it.
            schedule(0);
        }
    }

    private void notLooked(Throwable failure) {
        if (!(failure instanceof StoreUnavailableException)) {
            economy.hindered(failure);
        }
        economy.giveUp(clocks.monotonic().millis());
    }

    /** Keeps the file, because what the books had read is the evidence. */
    private void auditChanged(String what) throws SQLException {
        log.error(
                "the audit log is not as it was written: {}; somebody has written to the store beside the server. The books"
                        + " that show it are kept beside {}, and new ones are begun",
                what,
                path);
        try {
            beginAnew();
        } finally {
            // Set last: an operator who learns of the fault finds the file that shows it.
            auditFault = what;
        }
    }

    private void startOver(String why) throws SQLException {
        log.warn("the books in {} belong to another ledger: {}; they are set aside and computed again", path, why);
        beginAnew();
    }

    /** The books are further behind than the ledger goes back. */
    private void beginAtTheCheckpoint(@Nullable String why) {
        try {
            log.warn("the books in {} cannot go on: {}", path, why);
            beginAnew();
        } catch (SQLException e) {
            failed(e);
        }
    }

    private void beginAnew() throws SQLException {
        if (volume != null) {
            volume.commit();
        }
        closeVolume();
        economy.giveUp(clocks.monotonic().millis());
        upToDateMillis = 0;
        Volume fresh = Volume.anew(path);
        volume = fresh;
        seen(fresh.file().mark());
        position = fresh.file().mark().position();
        well(PAUSE_MILLIS_MIN);
    }

    private void well(long delayMillis) {
        retryMillis = RETRY_MILLIS_MIN;
        if (trouble != null) {
            log.info("the books are written again");
            trouble = null;
        }
        schedule(delayMillis);
    }

    /** Rolls back, and tries again after a delay that grows. */
    private void failed(Throwable failure) {
        if (failure instanceof EntriesRemovedException) {
            beginAtTheCheckpoint(failure.getMessage());
            return;
        }
        if (!(failure instanceof StoreUnavailableException)) {
            told(failure);
            closeVolume();
            if (failure instanceof SQLException sql && BookFile.isBroken(sql)) {
                discard();
            }
        }
        economy.giveUp(clocks.monotonic().millis());
        schedule(retryMillis);
        retryMillis = Math.min(RETRY_MILLIS_MAX, 2 * retryMillis);
    }

    /** Logs a problem once, not at each attempt. */
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
            log.warn("{} is broken and cannot be created again", path, e);
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
        if (next != null) {
            // The thread would not end before.
            next.cancel(false);
        }
        try {
            if (volume != null) {
                volume.commit();
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
