package tavern.server.archive;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.cluster.HeldElsewhereException;
import tavern.server.cluster.Lease;
import tavern.server.cluster.Leases;
import tavern.server.store.AccountStore;
import tavern.server.store.ArchiveSettings;
import tavern.server.store.Causes;
import tavern.server.store.CheckpointRow;
import tavern.server.store.LeaseKey;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerPosition;
import tavern.server.store.OutboxStore;
import tavern.server.store.Segment;
import tavern.server.store.SegmentStore;
import tavern.server.store.StoreUnavailableException;
import tavern.server.time.Clocks;

/**
 * Cuts the ledger into segments: writes a segment's file, compares it with the store, gives it its name, seals it in the
 * store, and later has the store remove its entries. After a crash between any two of these steps the next archivist goes
 * on; one server of the realm does it at a time, which holds {@link LeaseKey#ARCHIVE}. Confined to the thread {@code
 * archive}, except {@link #trouble} and {@link #close}.
 */
public final class Archivist implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Archivist.class);

    private static final int PAGE = 500;
    private static final int REMOVED_IN_STEP = 500;
    private static final int SEGMENTS_PAGE = 100;
    private static final long PAUSE_MILLIS_MIN = 5;
    private static final long PAUSE_MILLIS_MAX = 1_000;
    private static final long IDLE_MILLIS = 10_000;
    private static final long RETRY_MILLIS_MIN = 1_000;
    private static final long RETRY_MILLIS_MAX = 60_000;
    private static final long CLOSE_MILLIS_MAX = 400;

    /** How long the next seal waits for books that load the checkpoint, since they begin again with each seal. */
    private static final long BOOKS_MILLIS_MAX = TimeUnit.MINUTES.toMillis(10);

    /** A removal that stands still for so long is reported. */
    private static final long OVERDUE_MILLIS = TimeUnit.DAYS.toMillis(1);

    private final ArchiveSettings settings;
    private final ArchiveFolder folder;
    private final AccountStore accounts;
    private final SegmentStore store;
    private final Leases leases;
    private final RemovableSegments removable;
    private final Clocks clocks;
    private final Supplier<@Nullable String> booksPosition;
    private final BooleanSupplier isClockTrusted;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("archive", true));
    private @Nullable Lease lease;
    private @Nullable Sealing sealing;
    private @Nullable ScheduledFuture<?> next;

    /** Whether an answer is awaited, after which the next turn is scheduled. */
    private boolean underWay;

    /** Whether the store was read and tidied since the lease was acquired, and since the last failure. */
    private boolean begun;

    /** Whether the last page of the ledger was not its end. */
    private boolean behind;

    private @Nullable Segment newest;

    /** The last segment whose entries are gone, or whose file was read again so that they may go. */
    private long lookedThrough;

    /** Since when the books of this server load the checkpoint; null while they do not. */
    private @Nullable Long booksSinceMillis;

    private long retryMillis = RETRY_MILLIS_MIN;

    /** The last trouble in the log, until this server archives again. */
    private @Nullable String logged;

    private volatile boolean closed;
    private volatile @Nullable String trouble;

    /**
     * @param settings with a path
     * @param booksPosition how far this server's books are: entries that are not in them are not removed; null if it has none
     * @param isClockTrusted whether entries may be removed because of their age; asked on the thread {@code archive}
     */
    Archivist(
            ArchiveSettings settings,
            AccountStore accounts,
            SegmentStore store,
            OutboxStore outbox,
            Leases leases,
            Supplier<@Nullable String> booksPosition,
            Clocks clocks,
            BooleanSupplier isClockTrusted) {
        this.settings = settings;
        this.accounts = accounts;
        this.store = store;
        this.leases = leases;
        this.clocks = clocks;
        folder = new ArchiveFolder(Objects.requireNonNull(settings.path(), "path"));
        removable = new RemovableSegments(store, outbox, booksPosition);
        this.booksPosition = booksPosition;
        this.isClockTrusted = isClockTrusted;
    }

    /** Starts to archive the realm's ledger; parameters as in the constructor. */
    public static Archivist start(
            ArchiveSettings settings,
            AccountStore accounts,
            SegmentStore store,
            OutboxStore outbox,
            Leases leases,
            Supplier<@Nullable String> booksPosition,
            Clocks clocks,
            BooleanSupplier isClockTrusted) {
        Archivist archivist =
                new Archivist(settings, accounts, store, outbox, leases, booksPosition, clocks, isClockTrusted);
        archivist.wake();
        return archivist;
    }

    /** What keeps the ledger from being archived, in words; null if nothing does. Safe on any thread. */
    public @Nullable String trouble() {
        return trouble;
    }

    /** Takes the next turn now, instead of after a pause. Safe on any thread. */
    public void wake() {
        try {
            thread.execute(this::turn);
        } catch (RejectedExecutionException e) {
            log.debug("the archive is closed");
        }
    }

    private void turn() {
        if (closed || underWay) {
            return;
        }
        try {
            Lease held = lease;
            if (held == null || held.state() == Lease.State.LOST) {
                drop();
                lease = null;
                then(leases.acquire(LeaseKey.ARCHIVE), given -> {
                    lease = given;
                    begin(given.fence());
                });
            } else if (held.state() == Lease.State.UNCERTAIN) {
                schedule(RETRY_MILLIS_MIN);
            } else if (!begun) {
                begin(held.fence());
            } else if (isWaitingForBooks()) {
                schedule(IDLE_MILLIS);
            } else {
                readOn(held.fence());
            }
        } catch (IOException | RuntimeException | Error e) {
            failed(e);
        }
    }

    // ---- a new lease, or after a failure ----

    private void begin(long fence) throws IOException {
        folder.prepare();
        then(store.newestSegment(), found -> {
            newest = found.orElse(null);
            if (newest != null) {
                folder.requireHolds(newest);
            }
            tidy(fence, () -> {
                begun = true;
                schedule(0);
            });
        });
    }

    private void tidy(long fence, Continuation after) {
        long asked = clocks.monotonic().millis();
        then(store.tidy(fence, SegmentStore.ROWS_MAX), more -> {
            if (more) {
                pause(pauseMillis(asked), () -> tidy(fence, after));
            } else {
                after.take();
            }
        });
    }

    private boolean isWaitingForBooks() {
        String position = booksPosition.get();
        if (newest == null || position == null || !position.isEmpty()) {
            booksSinceMillis = null;
            return false;
        }
        long now = clocks.monotonic().millis();
        if (booksSinceMillis == null) {
            booksSinceMillis = now;
        }
        return now - booksSinceMillis < BOOKS_MILLIS_MAX;
    }

    // ---- reading ----

    private void readOn(long fence) {
        String from = sealing != null ? sealing.last() : newest != null ? newest.last() : "";
        long asked = clocks.monotonic().millis();
        then(accounts.ledger(from, PAGE), page -> {
            if (isLost(fence)) {
                schedule(0);
                return;
            }
            behind = page.size() == PAGE;
            Sealing current = sealing;
            for (LedgerEntry entry : page) {
                if (current == null) {
                    current = new Sealing(folder, newest);
                    sealing = current;
                }
                current.add(entry);
                if (current.isFull(settings.segmentEntries())) {
                    behind = true;
                    seal(fence, current);
                    return;
                }
            }
            if (behind) {
                schedule(pauseMillis(asked));
            } else if (current != null
                    && current.isOlderThan(
                            settings.segmentHours(), clocks.wall().millis())) {
                seal(fence, current);
            } else {
                remove(fence);
            }
        });
    }

    private boolean isLost(long fence) {
        Lease held = lease;
        return held == null || held.fence() != fence || held.state() != Lease.State.HELD;
    }

    /** The store has as much time for others as the last step took. */
    private long pauseMillis(long sinceMillis) {
        long took = clocks.monotonic().millis() - sinceMillis;
        return Math.max(PAUSE_MILLIS_MIN, Math.min(took, PAUSE_MILLIS_MAX));
    }

    // ---- sealing, in the order of the steps ----

    private void seal(long fence, Sealing full) throws IOException, UnsoundLedgerException {
        List<String> keys = full.keysToAsk(SegmentStore.ROWS_MAX);
        if (!keys.isEmpty()) {
            long asked = clocks.monotonic().millis();
            then(store.checkpointed(keys), values -> {
                full.had(values);
                pause(pauseMillis(asked), () -> seal(fence, full));
            });
            return;
        }
        Segment before = newest;
        then(store.newestSegment(), found -> {
            // If another server has sealed meanwhile, the values do not belong together.
            if (found.equals(Optional.ofNullable(before))) {
                compare(fence, full, full.finish());
            } else {
                startAnew();
            }
        });
    }

    /** What is not in the file exactly as in the store must never leave the store. */
    private void compare(long fence, Sealing full, Segment segment) {
        long asked = clocks.monotonic().millis();
        then(accounts.ledger(full.compared(), PAGE), page -> {
            if (full.agrees(page)) {
                full.requireWhole(segment);
                prepare(fence, full, segment);
            } else {
                pause(pauseMillis(asked), () -> compare(fence, full, segment));
            }
        });
    }

    private void prepare(long fence, Sealing full, Segment segment) throws IOException {
        List<CheckpointRow> rows = full.rowsToPrepare(SegmentStore.ROWS_MAX);
        if (rows.isEmpty()) {
            // Not before: once replicas have the rows, they have the entries, and no fail-over loses what the file has.
            full.publish(segment);
            then(store.seal(fence, segment), isSealed -> sealed(fence, segment, isSealed));
        } else {
            long asked = clocks.monotonic().millis();
            then(store.prepare(fence, segment.number(), rows), prepared -> {
                if (prepared) {
                    pause(pauseMillis(asked), () -> prepare(fence, full, segment));
                } else {
                    startAnew();
                }
            });
        }
    }

    private void sealed(long fence, Segment segment, boolean isSealed) throws IOException {
        if (!isSealed) {
            startAnew();
            return;
        }
        log.info(
                "segment {} of the ledger is sealed and in the archive: {} entries up to {}",
                segment.number(),
                segment.entries(),
                segment.last());
        sealing = null;
        newest = segment;
        tidy(fence, () -> remove(fence));
    }

    /** Another server has the lease by now or has sealed the segment, or the store lost rows that were put aside. */
    private void startAnew() throws IOException {
        log.info("the segment in the making does not fit the store any more, and is begun again");
        drop();
        Lease held = lease;
        lease = null;
        begun = false;
        if (held != null) {
            leases.release(held);
        }
        scheduleRetry();
    }

    // ---- removing ----

    private void remove(long fence) {
        if (settings.ledgerKeptDays() == 0 || newest == null || !isClockTrusted.getAsBoolean()) {
            well();
            return;
        }
        // Read together with the trust in the clock, which may be set meanwhile.
        long nowMillis = clocks.wall().millis();
        then(
                removable.look(nowMillis),
                through -> then(store.removedThrough(), removed -> lookAtFiles(fence, through, removed, nowMillis)));
    }

    /** Entries leave only while the archive still has them: their file is read once more before. */
    private void lookAtFiles(long fence, long through, String removed, long nowMillis) {
        then(store.segments(lookedThrough, SEGMENTS_PAGE), segments -> {
            for (Segment segment : segments) {
                boolean isDue = segment.newestMillis() < nowMillis - keptMillis();
                if (segment.number() > through || !isDue) {
                    break;
                }
                if (LedgerPosition.of(segment.last()).isAfter(removed)) {
                    try {
                        folder.requireHolds(segment);
                    } catch (IOException e) {
                        stay(words(e));
                        return;
                    }
                    lookedThrough = segment.number();
                    pause(PAUSE_MILLIS_MIN, () -> lookAtFiles(fence, through, removed, nowMillis));
                    return;
                }
                lookedThrough = segment.number();
            }
            if (segments.size() == SEGMENTS_PAGE
                    && lookedThrough == segments.get(SEGMENTS_PAGE - 1).number()) {
                lookAtFiles(fence, through, removed, nowMillis);
            } else {
                removeStep(fence, Math.min(through, lookedThrough), nowMillis);
            }
        });
    }

    private long keptMillis() {
        return TimeUnit.DAYS.toMillis(settings.ledgerKeptDays());
    }

    private void removeStep(long fence, long through, long nowMillis) {
        long asked = clocks.monotonic().millis();
        then(store.removeEntries(fence, through, keptMillis(), nowMillis, REMOVED_IN_STEP), removal -> {
            if (removal.more()) {
                pause(pauseMillis(asked), () -> removeStep(fence, through, nowMillis));
            } else {
                then(accounts.ledger("", 1), oldest -> removed(oldest.stream().findFirst()));
            }
        });
    }

    private void removed(Optional<LedgerEntry> oldest) {
        long overdueMillis = clocks.wall().millis()
                - keptMillis()
                - OVERDUE_MILLIS
                - TimeUnit.HOURS.toMillis(settings.segmentHours());
        String hindrance = oldest.filter(entry -> entry.atMillis() < overdueMillis)
                .map(removable::hindrance)
                .orElse(null);
        if (hindrance != null) {
            stay(hindrance);
        } else {
            well();
        }
    }

    private void stay(String hindrance) {
        report("entries of the ledger older than store.ledger-kept-days stay in the store: " + hindrance);
        schedule(IDLE_MILLIS);
    }

    // ---- how it goes on ----

    private void well() {
        retryMillis = RETRY_MILLIS_MIN;
        if (logged != null) {
            log.info("the ledger is archived again");
            logged = null;
            trouble = null;
        }
        schedule(behind ? PAUSE_MILLIS_MIN : IDLE_MILLIS);
    }

    private void failed(Throwable failure) {
        begun = false;
        try {
            drop();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        if (failure instanceof HeldElsewhereException held) {
            trouble = null;
            schedule(Math.max(RETRY_MILLIS_MIN, Math.min(held.remainingMillis(), IDLE_MILLIS)));
            return;
        }
        Lease held = lease;
        if (held != null && held.state() == Lease.State.HELD && !(failure instanceof StoreUnavailableException)) {
            report("the ledger cannot be archived in " + folder + ": " + words(failure));
            log.debug("the archive failed", failure);
            // Another server may be able to.
            lease = null;
            leases.release(held);
            schedule(RETRY_MILLIS_MAX);
            return;
        }
        scheduleRetry();
    }

    private void scheduleRetry() {
        schedule(retryMillis);
        retryMillis = Math.min(RETRY_MILLIS_MAX, 2 * retryMillis);
    }

    /** Without the path in the message of the file system, which is another one with each attempt. */
    private static String words(Throwable failure) {
        if (failure instanceof FileSystemException system) {
            String reason = system.getReason();
            return failure.getClass().getSimpleName() + (reason == null ? "" : " (" + reason + ")");
        }
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }

    /** Logs it once, not at each attempt. */
    private void report(String what) {
        trouble = what;
        if (!what.equals(logged)) {
            logged = what;
            log.error("{}", what);
        }
    }

    private void drop() throws IOException {
        Sealing dropped = sealing;
        sealing = null;
        if (dropped != null) {
            dropped.discard();
        }
    }

    private interface Step<T> {
        void take(T value) throws IOException, UnsoundLedgerException;
    }

    private interface Continuation {
        void take() throws IOException, UnsoundLedgerException;
    }

    /** Goes on with the answer, on this thread. */
    private <T> void then(CompletionStage<T> answer, Step<T> step) {
        underWay = true;
        answer.whenCompleteAsync(
                (value, failure) -> {
                    underWay = false;
                    if (closed) {
                        return;
                    }
                    try {
                        if (failure == null) {
                            step.take(value);
                        } else {
                            failed(Causes.of(failure));
                        }
                    } catch (IOException | UnsoundLedgerException | RuntimeException | Error e) {
                        failed(e);
                    }
                },
                thread);
    }

    private void pause(long millis, Continuation step) {
        underWay = true;
        thread.schedule(
                () -> {
                    underWay = false;
                    if (closed) {
                        return;
                    }
                    try {
                        step.take();
                    } catch (IOException | UnsoundLedgerException | RuntimeException | Error e) {
                        failed(e);
                    }
                },
                millis,
                TimeUnit.MILLISECONDS);
    }

    private void schedule(long delayMillis) {
        if (next != null) {
            next.cancel(false);
        }
        next = thread.schedule(this::turn, delayMillis, TimeUnit.MILLISECONDS);
    }

    private void end() {
        try {
            drop();
        } catch (IOException e) {
            log.debug("a segment in the making stays as a file", e);
        }
        Lease held = lease;
        if (held != null) {
            leases.release(held);
        }
        thread.shutdownNow();
    }

    /** A segment in the making is begun again by whoever archives next. Blocks for less than half a second. */
    @Override
    public void close() {
        closed = true;
        thread.execute(this::end);
        try {
            if (!thread.awaitTermination(CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
                log.warn("the archive is still being written; look at the disk of {}", folder);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
