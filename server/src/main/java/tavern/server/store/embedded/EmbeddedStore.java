package tavern.server.store.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.Goods;
import tavern.game.NamedAccount;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.game.Position;
import tavern.server.store.AuditEntry;
import tavern.server.store.Backups;
import tavern.server.store.ChangeListener;
import tavern.server.store.ChatHistory;
import tavern.server.store.ChatLine;
import tavern.server.store.CheckpointPage;
import tavern.server.store.CheckpointRow;
import tavern.server.store.DueRoom;
import tavern.server.store.Erasure;
import tavern.server.store.FreezeAnswer;
import tavern.server.store.FreezeRow;
import tavern.server.store.FreezeRows;
import tavern.server.store.Holdings;
import tavern.server.store.KeptGame;
import tavern.server.store.KeptValue;
import tavern.server.store.LeaderboardPage;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.LeaseKey;
import tavern.server.store.LedgerEntry;
import tavern.server.store.OperationsInFlight;
import tavern.server.store.OperatorAccount;
import tavern.server.store.OperatorAnswer;
import tavern.server.store.OperatorKey;
import tavern.server.store.OperatorRows;
import tavern.server.store.OutboxBound;
import tavern.server.store.OutboxEvent;
import tavern.server.store.OutboxRow;
import tavern.server.store.PlayerPosition;
import tavern.server.store.PlayerRecord;
import tavern.server.store.PlayerTraces;
import tavern.server.store.Removal;
import tavern.server.store.Sanction;
import tavern.server.store.Segment;
import tavern.server.store.Store;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;
import tavern.server.store.StoreStats;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionId;
import tavern.server.store.TransactionPlan;
import tavern.server.store.TransactionResult;
import tavern.server.store.UnfinishedErasure;
import tavern.server.time.MonotonicClock;

/** The store in a folder of its own: needs no other process and nothing to install. */
public final class EmbeddedStore implements Store {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedStore.class);

    /** Operations in one transaction: enough to share the disk's flush, few enough for a quick answer. */
    private static final int WRITES_MAX = 4000;

    private static final int READS_MAX = 50;

    /** Blocks of chat that one operation changes. */
    private static final int ERASED_BLOCKS = 50;

    private static final long CLOSE_MILLIS = 3_000;

    private static final long OUTBOX_BYTES_MIN = 64L << 20;

    private final InstantSource clock;
    private final FolderLock lock;
    private final Database database;
    private final OpenFile file;
    private final OperationsInFlight inFlight;
    private final DatabaseThread<WriteSession> writer;
    private final DatabaseThread<ReadSession> reader;
    private final DatabaseThread<LedgerSession> bookkeeper;
    private final DatabaseThread<AuditSession> auditor;
    private final OutboxBound outbox;
    private final RememberedIds remembered = new RememberedIds();
    private final EmbeddedBackups backups;
    private volatile long outboxRows;

    /** The leases that this process holds, with their fences. */
    private final Map<LeaseKey, Long> held = new ConcurrentHashMap<>();

    /** Counted in memory, because no other process writes to the folder. */
    private final AtomicLong freezesVersion = new AtomicLong();

    /** The same for {@link #operators}. */
    private final AtomicLong operatorsVersion = new AtomicLong();

    /**
     * Opens the store, or creates it. Blocks.
     *
     * @throws StoreOpenException when the folder is held by another process or cannot be written to, or when the file
     *     in it is broken, lacks its log or has a foreign one, or belongs to another program or to a newer server
     */
    public static EmbeddedStore open(StoreSettings settings) {
        return open(settings, InstantSource.system());
    }

    /**
     * Like {@link #open(StoreSettings)}.
     *
     * @param clock tells the date by which things are forgotten, and how far ahead of it the ids of transactions are
     */
    public static EmbeddedStore open(StoreSettings settings, InstantSource clock) {
        FolderLock lock = FolderLock.take(settings.path());
        try {
            Restore.requireNoneUnfinished(settings.path());
            Database database = new Database(settings.path());
            return new EmbeddedStore(
                    settings, lock, database, OpenFile.open(database, settings.outcomesKeptDays()), clock);
        } catch (RuntimeException | Error e) {
            release(lock);
            throw e;
        }
    }

    /** Whether there is a file to open; if not, opening creates one. */
    public static boolean exists(StoreSettings settings) {
        return Files.exists(new Database(settings.path()).file());
    }

    private EmbeddedStore(
            StoreSettings settings, FolderLock lock, Database database, OpenFile file, InstantSource clock) {
        this.clock = clock;
        this.lock = lock;
        this.database = database;
        this.file = file;
        inFlight = new OperationsInFlight(settings.operationsInFlightMax(), "use a faster disk");
        outbox = new OutboxBound(settings.outboxRowsMax(), outboxBytesMax(settings));
        writer = lane("writer", WRITES_MAX, true, this::openWriteSession);
        reader = lane("reader", READS_MAX, false, () -> DatabaseSession.open(database.openToRead(), ReadSession::new));
        bookkeeper =
                lane("bookkeeper", 1, false, () -> DatabaseSession.open(database.openToRead(), LedgerSession::new));
        auditor = lane("auditor", 1, false, () -> DatabaseSession.open(database.openToRead(), AuditSession::new));
        backups = new EmbeddedBackups(
                database, moves -> write(session -> session.execute(Database.autoCheckpoint(moves))));
    }

    private <S extends DatabaseSession> DatabaseThread<S> lane(
            String name, int batchMax, boolean grow, Transactions.SessionOpener<S> opener) {
        Transactions<S> transactions =
                new Transactions<>(opener, new DatabaseFailures(database.file()), MonotonicClock.system(), grow);
        return new DatabaseThread<>("tavern-store-" + name, batchMax, inFlight, transactions);
    }

    /** By default a quarter of the free space, so that the outbox does not fill the disk. */
    private static long outboxBytesMax(StoreSettings settings) {
        return settings.outboxBytesMax() > 0
                ? settings.outboxBytesMax()
                : Math.max(OUTBOX_BYTES_MIN, settings.path().toFile().getUsableSpace() / 4);
    }

    private WriteSession openWriteSession() throws SQLException {
        return DatabaseSession.open(
                database.openToWrite(),
                connection -> new WriteSession(connection, outbox, remembered, clock, rows -> outboxRows = rows));
    }

    @Override
    public CompletionStage<PlayerRecord> openPlayer(
            String name, Goods kitStacks, List<String> kitItems, @Nullable OutboxEvent event, long nowMillis) {
        if (name.startsWith(NamedAccount.SIGN)) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("not a player's name: " + name));
        }
        // Reading a large inventory takes long, and while the writer does it nothing is committed.
        return findPlayer(name)
                .thenCompose(found -> found.isPresent()
                        ? CompletableFuture.completedFuture(found.get())
                        : writer.ask(session -> session.openPlayer(name, kitStacks, kitItems, event, nowMillis)));
    }

    @Override
    public CompletionStage<Optional<PlayerRecord>> findPlayer(String name) {
        return reader.ask(session -> session.players().byName(name));
    }

    @Override
    public CompletionStage<Optional<PlayerRecord>> findPlayer(PlayerId id) {
        return reader.ask(session -> session.players().byId(id));
    }

    @Override
    public CompletionStage<Optional<PlayerRecord>> findAccount(NamedAccount account) {
        return findPlayer(account.toString());
    }

    @Override
    public CompletionStage<TransactionResult> transact(Transaction transaction) {
        TransactionPlan plan;
        try {
            plan = TransactionPlan.of(transaction);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        return writer.ask(session -> session.transfers().transact(plan));
    }

    @Override
    public CompletionStage<Optional<TransactionResult>> findOutcome(TransactionId id) {
        if (!remembered.isNew(id)) {
            return reader.ask(session -> session.outcomes().find(id));
        }
        StoreUnavailableException refusal = inFlight.enter();
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        inFlight.leave();
        return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public CompletionStage<Optional<KeptValue>> kept(PlayerId player, String key) {
        return reader.ask(session -> session.values().find(player, key));
    }

    @Override
    public CompletionStage<Optional<KeptGame>> game(RoomId room) {
        return reader.ask(session -> session.games().find(room));
    }

    @Override
    public CompletionStage<LeaderboardPage> leaderboard(String board, int after, int max) {
        return reader.ask(session -> session.boards().page(board, after, max));
    }

    @Override
    public CompletionStage<LeaderboardPage> leaderboardAround(String board, PlayerId player, int max) {
        return reader.ask(session -> session.boards().around(board, player, max));
    }

    @Override
    public CompletionStage<List<DueRoom>> dueRooms(long untilMillis, int max) {
        return reader.ask(session -> session.games().due(untilMillis, max));
    }

    @Override
    public CompletionStage<Boolean> forgetOutcomes(long keptMillis, long nowMillis, int max) {
        long beforeMillis = Math.min(clock.millis(), nowMillis) - keptMillis;
        return writer.ask(session -> session.transfers().outcomes().forget(beforeMillis, max));
    }

    @Override
    public CompletionStage<Optional<PlayerRecord>> sanction(PlayerId player, Sanction sanction, Sanction seen) {
        return writer.ask(session -> session.sanction(player, sanction, seen));
    }

    @Override
    public CompletionStage<PlayerTraces> traces(Player player, String from) {
        return auditor.ask(session -> session.traces().of(player, from));
    }

    @Override
    public CompletionStage<Boolean> eraseName(Erasure erasure, long nowMillis) {
        return writer.ask(session -> session.eraseName(erasure, nowMillis));
    }

    @Override
    public CompletionStage<Void> finishErasure(Erasure erasure) {
        return write(session -> session.erasures().finish(erasure.player()));
    }

    @Override
    public CompletionStage<List<UnfinishedErasure>> unfinishedErasures() {
        return reader.ask(session -> session.erasures().all());
    }

    @Override
    public CompletionStage<Integer> eraseChat(Erasure erasure) {
        // Through the writer first: lines that rooms gave it before are in the file when the search begins.
        return writer.ask(session -> true)
                .thenCompose(written -> auditor.ask(session -> session.traces().blocks(erasure)))
                .thenCompose(blocks -> eraseChat(erasure, blocks, 0));
    }

    /** In steps, so that the writer is not kept from others. */
    private CompletionStage<Integer> eraseChat(Erasure erasure, List<Long> blocks, int changed) {
        if (blocks.isEmpty()) {
            return CompletableFuture.completedFuture(changed);
        }
        int step = Math.min(ERASED_BLOCKS, blocks.size());
        return writer.ask(session -> session.eraseChat(erasure, blocks.subList(0, step)))
                .thenCompose(more -> eraseChat(erasure, blocks.subList(step, blocks.size()), changed + more));
    }

    @Override
    public CompletionStage<Boolean> knowsRoom(RoomId room) {
        return reader.ask(session -> session.knowsRoom(room));
    }

    /** Granted to any caller: one process at a time has the folder, so an earlier holder is gone. */
    @Override
    public CompletionStage<LeaseAnswer> acquireLease(LeaseKey key, String holder, long ttlMillis) {
        return writer.ask(session -> session.fences().raise(key, clock.millis()))
                .thenApply(fence -> {
                    held.merge(key, fence, Math::max);
                    return new LeaseAnswer.Granted(fence);
                });
    }

    @Override
    public CompletionStage<Set<LeaseKey>> renewLeases(Map<LeaseKey, Long> fences, String holder, long ttlMillis) {
        return writer.ask(session -> session.fences().renew(fences, clock.millis()));
    }

    /** Writes nothing, because no other process waits for the lease. */
    @Override
    public CompletionStage<Void> releaseLease(LeaseKey key, long fence) {
        held.remove(key, fence);
        return CompletableFuture.completedFuture(null);
    }

    /** Granted to any caller, because one process at a time has the folder. */
    @Override
    public CompletionStage<LeaseAnswer> holdNode(String nodeId, String holder, String gone, long ttlMillis) {
        return CompletableFuture.completedFuture(new LeaseAnswer.Granted(0));
    }

    @Override
    public CompletionStage<Void> releaseNode(String nodeId, String holder) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<ChatHistory> chat(RoomId room, int max) {
        return reader.ask(session -> session.chat().newest(room, max));
    }

    @Override
    public CompletionStage<Void> appendChat(RoomId room, long fence, long firstNumber, List<ChatLine> lines, int keep) {
        return write(session -> session.rooms().appendChat(room, fence, firstNumber, lines, keep));
    }

    @Override
    public CompletionStage<Optional<Position>> position(RoomId room, PlayerId player) {
        return reader.ask(session -> session.position(room, player));
    }

    @Override
    public CompletionStage<Void> savePositions(RoomId room, long fence, List<PlayerPosition> positions) {
        return write(session -> session.rooms().savePositions(room, fence, positions));
    }

    @Override
    public CompletionStage<Boolean> forgetRooms(long keptMillis, long nowMillis, int max) {
        long ownMillis = clock.millis();
        long unusedSinceMillis = Math.min(ownMillis, nowMillis) - keptMillis;
        return writer.ask(
                session -> session.rooms().unused().forget(unusedSinceMillis, ownMillis, max, held::containsKey));
    }

    @Override
    public CompletionStage<List<OutboxRow>> outbox(long afterSequence, int max) {
        return reader.ask(session -> session.outbox(afterSequence, max));
    }

    @Override
    public CompletionStage<Integer> removeOutbox(List<OutboxRow> rows) {
        return writer.ask(session -> session.outbox().remove(rows));
    }

    @Override
    public CompletionStage<Boolean> appendAudit(AuditEntry entry) {
        return writer.ask(session -> session.audit().append(entry));
    }

    @Override
    public CompletionStage<List<AuditEntry>> audit(long afterSeq, int max) {
        return reader.ask(session -> session.audit().after(afterSeq, max));
    }

    @Override
    public CompletionStage<Optional<AuditEntry>> newestAudit() {
        return reader.ask(session -> session.audit().newest());
    }

    @Override
    public CompletionStage<List<LedgerEntry>> ledger(String position, int max) {
        return bookkeeper.ask(session -> session.after(position, max));
    }

    @Override
    public CompletionStage<Holdings> holdings(long after, int max) {
        return bookkeeper.ask(session -> session.holdings(after, max));
    }

    @Override
    public CompletionStage<List<Segment>> segments(long after, int max) {
        return bookkeeper.ask(session -> session.segments().after(after, max));
    }

    @Override
    public CompletionStage<Optional<Segment>> newestSegment() {
        return bookkeeper.ask(session -> session.segments().newest());
    }

    @Override
    public CompletionStage<String> removedThrough() {
        return bookkeeper
                .ask(session -> session.segments().removedThrough())
                .thenApply(position -> position == 0 ? "" : Long.toString(position));
    }

    @Override
    public CompletionStage<Map<String, String>> checkpointed(Collection<String> keys) {
        return bookkeeper.ask(session -> session.segments().values(keys));
    }

    @Override
    public CompletionStage<CheckpointPage> checkpoint(String from, int max) {
        return bookkeeper.ask(session -> session.segments().page(from, max));
    }

    @Override
    public CompletionStage<Boolean> prepare(long fence, long number, List<CheckpointRow> rows) {
        return writer.ask(session -> session.segments().prepare(fence, number, rows));
    }

    @Override
    public CompletionStage<Boolean> seal(long fence, Segment segment) {
        return writer.ask(session -> session.segments().seal(fence, segment));
    }

    @Override
    public CompletionStage<Boolean> tidy(long fence, int max) {
        return writer.ask(session -> session.segments().tidy(fence, max));
    }

    @Override
    public CompletionStage<Removal> removeEntries(long fence, long through, long keptMillis, long nowMillis, int max) {
        long beforeMillis = Math.min(clock.millis(), nowMillis) - keptMillis;
        return writer.ask(session -> session.segments().removeEntries(fence, through, beforeMillis, max));
    }

    @Override
    public CompletionStage<FreezeAnswer> freeze(FreezeRow row, int max, long seenSinceMillis) {
        return changeFreezes(session -> session.freezes().put(row, max, seenSinceMillis));
    }

    @Override
    public CompletionStage<Boolean> unfreeze(FreezeRow row, long seenSinceMillis) {
        return changeFreezes(session -> session.freezes().remove(row, seenSinceMillis));
    }

    private <T> CompletionStage<T> changeFreezes(Operation.Work<WriteSession, T> change) {
        return writer.ask(change).thenApply(done -> {
            freezesVersion.incrementAndGet();
            return done;
        });
    }

    @Override
    public CompletionStage<FreezeRows> freezes() {
        // Before the rows are read: if they change meanwhile, they are read again.
        long version = freezesVersion.get();
        return reader.ask(session -> new FreezeRows(version, session.freezes().all()));
    }

    @Override
    public CompletionStage<Long> freezesVersion() {
        return CompletableFuture.completedFuture(freezesVersion.get());
    }

    @Override
    public CompletionStage<OperatorAnswer> putOperator(
            OperatorAccount next, long seenVersion, @Nullable OperatorKey added, Collection<String> ended) {
        return changeOperators(session -> session.operators().put(next, seenVersion, added, ended));
    }

    @Override
    public CompletionStage<Boolean> removeOperator(String name, long seenVersion, Collection<String> ended) {
        return changeOperators(session -> session.operators().remove(name, seenVersion, ended));
    }

    @Override
    public CompletionStage<Void> useOperatorKey(String hash, long usedMillis) {
        return write(session -> session.operators().use(hash, usedMillis)).thenApply(this::operatorsChanged);
    }

    @Override
    public CompletionStage<Void> endOperatorKeys(Collection<String> hashes) {
        return write(session -> session.operators().end(hashes)).thenApply(this::operatorsChanged);
    }

    private <T> CompletionStage<T> changeOperators(Operation.Work<WriteSession, T> change) {
        return writer.ask(change).thenApply(this::operatorsChanged);
    }

    private <T> T operatorsChanged(T done) {
        operatorsVersion.incrementAndGet();
        return done;
    }

    @Override
    public CompletionStage<OperatorRows> operators() {
        // Before the rows are read: if they change meanwhile, they are read again.
        long version = operatorsVersion.get();
        return reader.ask(session -> new OperatorRows(
                version, session.operators().accounts(), session.operators().keys()));
    }

    @Override
    public CompletionStage<Long> operatorsVersion() {
        return CompletableFuture.completedFuture(operatorsVersion.get());
    }

    /** Does nothing, because there are no other servers. */
    @Override
    public CompletionStage<Void> announce(String text) {
        return CompletableFuture.completedFuture(null);
    }

    /** Returns what SQLite finds wrong with the file; empty when it is sound. Takes time in proportion to the file. */
    public CompletionStage<List<String>> integrityCheck() {
        return auditor.ask(AuditSession::integrity);
    }

    public Backups backups() {
        return backups;
    }

    /** Does nothing, because no other process makes changes. */
    @Override
    public void listen(ChangeListener listener) {}

    @Override
    public StoreStats stats() {
        return new StoreStats(inFlight.count(), outboxRows, outbox, writer.available() && reader.available());
    }

    /** For tests: makes the disk full at this many pages of 4 KiB; 0 removes the limit. */
    CompletionStage<Void> limitPages(long pages) {
        return write(session -> session.execute("PRAGMA max_page_count = " + database.limitPages(pages)));
    }

    /** Runs an operation without a result; also used by tests. */
    @SuppressWarnings("NullAway") // Void has no value but null
    CompletionStage<Void> write(Write operation) {
        return writer.ask(session -> {
            operation.run(session);
            return null;
        });
    }

    /**
     * Must not be called on a thread of the store, because it waits for them. When the disk hangs, it waits for three
     * seconds only: operations in flight then stay unanswered, and the folder is held until the process ends, since one
     * of the threads may still write.
     */
    @Override
    public void close() {
        backups.stop();
        if (!inFlight.close(CLOSE_MILLIS)) {
            log.error(
                    "the store closes without {} operations that were not done within {} ms; look at the disk of {}",
                    inFlight.count(),
                    CLOSE_MILLIS,
                    database.file());
            return;
        }
        backups.close();
        auditor.close();
        bookkeeper.close();
        reader.close();
        writer.close();
        file.close(); // the last connection to close moves the whole log into the file
        release(lock);
    }

    private static void release(FolderLock lock) {
        try {
            lock.close();
        } catch (IOException e) {
            log.warn("the store's lock file could not be closed", e);
        }
    }

    interface Write {
        void run(WriteSession session) throws Exception;
    }
}
