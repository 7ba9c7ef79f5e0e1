package tavern.server.store.embedded;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.game.Goods;
import tavern.server.game.Inventory;
import tavern.server.game.PlayerId;
import tavern.server.game.Position;
import tavern.server.game.RoomId;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.TradeId;
import tavern.server.store.Admission;
import tavern.server.store.AuditEntry;
import tavern.server.store.ChangeListener;
import tavern.server.store.ChatLine;
import tavern.server.store.Conservation;
import tavern.server.store.FreezeRow;
import tavern.server.store.FreezeRows;
import tavern.server.store.Grant;
import tavern.server.store.Holdings;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.LeaseKey;
import tavern.server.store.LedgerEntry;
import tavern.server.store.OutboxEvent;
import tavern.server.store.OutboxRow;
import tavern.server.store.PlayerPosition;
import tavern.server.store.PlayerRecord;
import tavern.server.store.Sanction;
import tavern.server.store.Store;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;
import tavern.server.store.StoreStats;
import tavern.server.store.TradeRecord;

/** The store in a folder of its own: no other process, nothing to install. */
public final class EmbeddedStore implements Store {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedStore.class);

    /** Operations in one transaction: enough to share the disk's flush, few enough to answer soon. */
    private static final int WRITES_MAX = 1000;

    private static final int READS_MAX = 50;

    private static final long CLOSE_MILLIS = 3_000;

    private final FolderLock lock;
    private final Database database;
    private final Admission admission;
    private final Lane<WriteSession> writer;
    private final Lane<ReadSession> reader;
    private final Lane<LedgerSession> bookkeeper;
    private final Lane<AuditSession> auditor;
    private volatile long outboxRows;

    /** Nobody else writes to the folder, so this process alone counts the changes. */
    private final AtomicLong freezesVersion = new AtomicLong();

    /**
     * Opens the store, or makes it. Blocks.
     *
     * @throws StoreOpenException when the folder is held by another process or cannot be written to, or when the file
     *     in it is broken, of something else, or of a newer server
     */
    public static EmbeddedStore open(StoreSettings settings) {
        FolderLock lock = FolderLock.take(settings.path());
        try {
            Database database = new Database(settings.path());
            Schema.prepare(database);
            return new EmbeddedStore(settings, lock, database);
        } catch (RuntimeException | Error e) {
            release(lock);
            throw e;
        }
    }

    private EmbeddedStore(StoreSettings settings, FolderLock lock, Database database) {
        this.lock = lock;
        this.database = database;
        admission = new Admission(settings.operationsInFlightMax(), "use a faster disk");
        writer = lane("writer", WRITES_MAX, () -> openWriteSession(settings));
        reader = lane("reader", READS_MAX, () -> Session.open(database.openToRead(), ReadSession::new));
        bookkeeper = lane("bookkeeper", 1, () -> Session.open(database.openToRead(), LedgerSession::new));
        auditor = lane("auditor", 1, () -> Session.open(database.openToRead(), AuditSession::new));
    }

    private <S extends Session> Lane<S> lane(String name, int batchMax, Transactions.SessionOpener<S> opener) {
        Transactions<S> transactions = new Transactions<>(opener, new Outages(database.file()));
        return new Lane<>("tavern-store-" + name, batchMax, admission, transactions);
    }

    private WriteSession openWriteSession(StoreSettings settings) throws SQLException {
        return Session.open(
                database.openToWrite(),
                connection -> new WriteSession(connection, settings.outboxRowsMax(), rows -> outboxRows = rows));
    }

    @Override
    public CompletionStage<PlayerRecord> openPlayer(
            String name, Goods kitStacks, List<String> kitItems, long nowMillis) {
        return writer.ask(session -> session.grants().openPlayer(name, kitStacks, kitItems, nowMillis));
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
    public CompletionStage<Optional<SettledTrade>> findTrade(TradeId id) {
        return reader.ask(session -> session.trades().find(id));
    }

    @Override
    public CompletionStage<Optional<TradeRecord>> findTradeRecord(TradeId id) {
        return reader.ask(session -> session.trades().findRecord(id));
    }

    @Override
    public CompletionStage<SettledTrade> settle(
            Settlement settlement, RoomId room, long fence, long nowMillis, @Nullable OutboxEvent event) {
        return writer.ask(session -> session.settlements().settle(settlement, room, fence, nowMillis, event));
    }

    @Override
    public CompletionStage<Inventory> grant(PlayerId player, Grant grant, String reference, long nowMillis) {
        return writer.ask(session -> session.grants().grant(player, grant, reference, nowMillis));
    }

    @Override
    public CompletionStage<PlayerRecord> sanction(PlayerId player, Sanction sanction, long nowMillis) {
        return writer.ask(session -> session.sanction(player, sanction));
    }

    /** Granted whoever asks: the folder has one process at a time, so an earlier holder is gone. */
    @Override
    public CompletionStage<LeaseAnswer> acquireLease(LeaseKey key, String holder, long ttlMillis, long nowMillis) {
        return writer.ask(session -> new LeaseAnswer.Granted(session.fences().raise(key, nowMillis)));
    }

    @Override
    public CompletionStage<Set<LeaseKey>> renewLeases(Map<LeaseKey, Long> fences, String holder, long ttlMillis) {
        return writer.ask(session -> session.fences().older(fences));
    }

    /** Nothing to give up: nobody waits for it. */
    @Override
    public CompletionStage<Void> releaseLease(LeaseKey key, long fence) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<List<ChatLine>> chat(RoomId room, int max) {
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
    public CompletionStage<List<OutboxRow>> outbox(long afterSequence, int max) {
        return reader.ask(session -> session.outbox(afterSequence, max));
    }

    @Override
    public CompletionStage<Void> removeOutbox(List<Long> sequences) {
        return write(session -> session.outbox().remove(sequences));
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
    public CompletionStage<Boolean> freeze(FreezeRow row, int max) {
        return changeFreezes(session -> session.freezes().put(row, max));
    }

    @Override
    public CompletionStage<Boolean> unfreeze(FreezeRow row) {
        return changeFreezes(session -> session.freezes().remove(row));
    }

    private CompletionStage<Boolean> changeFreezes(Operation.Work<WriteSession, Boolean> change) {
        return writer.ask(change).thenApply(done -> {
            freezesVersion.incrementAndGet();
            return done;
        });
    }

    @Override
    public CompletionStage<FreezeRows> freezes() {
        // Before the reading: what changes meanwhile is read again.
        long version = freezesVersion.get();
        return reader.ask(session -> new FreezeRows(version, session.freezes().all()));
    }

    @Override
    public CompletionStage<Long> freezesVersion() {
        return CompletableFuture.completedFuture(freezesVersion.get());
    }

    /** There are no others. */
    @Override
    public CompletionStage<Void> announce(String text) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Conservation> checkConservation() {
        return auditor.ask(AuditSession::conservation);
    }

    /** What SQLite finds wrong with the file; empty when it is sound. Takes time in proportion to the file. */
    public CompletionStage<List<String>> integrityCheck() {
        return auditor.ask(AuditSession::integrity);
    }

    /** There are no others. */
    @Override
    public void listen(ChangeListener listener) {}

    @Override
    public StoreStats stats() {
        return new StoreStats(admission.inFlight(), outboxRows, writer.available() && reader.available());
    }

    /** Makes the disk full, for a test, at this many pages of 4 KiB; 0: no longer. */
    CompletionStage<Void> limitPages(long pages) {
        return write(session -> session.execute("PRAGMA max_page_count = " + database.limitPages(pages)));
    }

    /** An operation with no answer but that it is done; also a test's own. */
    @SuppressWarnings("NullAway") // Void has no value but null
    CompletionStage<Void> write(Deed deed) {
        return writer.ask(session -> {
            deed.in(session);
            return null;
        });
    }

    /**
     * Not on a thread of the store: it waits for them. When the disk hangs, for three seconds only: what was asked for
     * stays unanswered then, and the folder is held until the process ends, since a thread of it may still write.
     */
    @Override
    public void close() {
        if (!admission.close(CLOSE_MILLIS)) {
            log.error(
                    "the store closes without {} operations that were not done within {} ms; look at the disk of {}",
                    admission.inFlight(),
                    CLOSE_MILLIS,
                    database.file());
            return;
        }
        auditor.close();
        bookkeeper.close();
        reader.close();
        writer.close(); // the last connection to close moves the whole log into the file
        release(lock);
    }

    private static void release(FolderLock lock) {
        try {
            lock.close();
        } catch (IOException e) {
            log.warn("the store's lock file could not be closed", e);
        }
    }

    interface Deed {
        void in(WriteSession session) throws Exception;
    }
}
