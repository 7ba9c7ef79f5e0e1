package tavern.server.store.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.protocol.CommandType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
import tavern.server.store.Causes;
import tavern.server.store.ChangeListener;
import tavern.server.store.ChatHistory;
import tavern.server.store.ChatLine;
import tavern.server.store.CheckpointPage;
import tavern.server.store.CheckpointRow;
import tavern.server.store.DirectoryStore;
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
import tavern.server.store.MovingRoomStore;
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
import tavern.server.store.PresenceStore;
import tavern.server.store.Removal;
import tavern.server.store.RoomTurn;
import tavern.server.store.Sanction;
import tavern.server.store.Segment;
import tavern.server.store.Store;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;
import tavern.server.store.StoreSilentException;
import tavern.server.store.StoreStats;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionId;
import tavern.server.store.TransactionPlan;
import tavern.server.store.TransactionResult;
import tavern.server.store.UnfinishedErasure;
import tavern.server.time.MonotonicClock;

/** The store in Redis, which several servers can share. */
public final class RedisStore implements Store {
    private static final Logger log = LoggerFactory.getLogger(RedisStore.class);

    /** How long operations in flight may take at the end. */
    private static final long CLOSE_MILLIS = 2_000;

    /** How long opening is tried again while Redis does not answer. */
    private static final long OPEN_MILLIS_MAX = 30_000;

    /** How often it is told of that meanwhile. */
    private static final long OPEN_TOLD_MILLIS = 5_000;

    private static final long CLOSE_LEASES_MILLIS = 500;

    private static final int LEASE_CALLS_MAX = 1_000;

    private final Keys keys;
    private final Link link;
    private final OperationsInFlight inFlight;
    private final OperationsInFlight leaseCalls;
    private final RedisOutageLog outages;
    private final AofRewrite rewrite;
    private final CommandPipeline pipeline;
    private final RealmSchema schema;
    private final ReplicaAcks replicas;
    private final RedisExecutor calls;
    private final PlayerCommands players;
    private final TransactionScript transactions;
    private final TurnBatches turns;
    private final OutcomeHash outcomes;
    private final RoomRecords rooms;
    private final BoardRecords boards;
    private final RoomIndex roomIndex;
    private final PlayerErasure erasure;
    private final LeaseCommands leases;
    private final OutboxStream outbox;
    private final OutboxBound outboxBound;
    private final AuditLines audit;
    private final LedgerPages ledger;
    private final SegmentRecords segments;
    private final FreezeHash freezes;
    private final OperatorHash operators;
    private final @Nullable Changes changes;
    private final @Nullable PresenceStore presence;
    private final @Nullable MovingRoomStore movingRooms;
    private final @Nullable DirectoryStore directory;

    /**
     * Connects. Blocks.
     *
     * @param announceChanges whether other servers use the realm too: servers then tell each other what they change
     * @throws StoreOpenException when the server cannot be used, or is less durable than the settings require
     */
    public static RedisStore open(StoreSettings settings, String realm, boolean announceChanges) {
        return open(settings, realm, announceChanges, true);
    }

    /**
     * Connects for a tool, which begins no realm. Blocks.
     *
     * @throws StoreOpenException also when there is no such realm
     */
    public static RedisStore openExisting(StoreSettings settings, String realm) {
        return open(settings, realm, false, false);
    }

    private static RedisStore open(StoreSettings settings, String realm, boolean announceChanges, boolean mayBegin) {
        RealmOpening opening = new RealmOpening(settings, realm);
        MonotonicClock clock = MonotonicClock.system();
        long deadlineMillis = clock.millis() + OPEN_MILLIS_MAX;
        long toldMillis = 0; // long past
        while (true) {
            try {
                return open(settings, realm, announceChanges, mayBegin, opening);
            } catch (StoreSilentException e) {
                // Nothing that opening does is different when it is done again: a realm that was begun is found.
                long nowMillis = clock.millis();
                long leftMillis = deadlineMillis - nowMillis;
                if (leftMillis <= 0) {
                    throw e;
                }
                if (nowMillis - toldMillis >= OPEN_TOLD_MILLIS) {
                    log.warn("{}; trying again for up to {} s", e.getMessage(), 1 + leftMillis / 1_000);
                    toldMillis = nowMillis;
                }
                opening.pause();
            }
        }
    }

    private static RedisStore open(
            StoreSettings settings, String realm, boolean announceChanges, boolean mayBegin, RealmOpening opening) {
        Link link = opening.connect();
        try {
            Changes changes = announceChanges ? new Changes(new Keys(realm).changes(), link.subscriber()) : null;
            RedisStore store = new RedisStore(settings, realm, opening, link, changes);
            opening.prepare(store.rewrite, store.calls, store.outbox, store.schema, mayBegin);
            // Not before, because a probe takes a realm that does not exist yet for one that was lost.
            store.outages.recoverBy(store::probe, link::giveUp);
            return store;
        } catch (RedisException e) {
            link.close();
            throw opening.failed(e); // one of the connections that are opened after the first
        } catch (RuntimeException | Error e) {
            link.close();
            throw e;
        }
    }

    private RedisStore(
            StoreSettings settings, String realm, RealmOpening opening, Link link, @Nullable Changes changes) {
        String server = opening.server();
        long outboxBytesMax = opening.outboxBytesMax();
        this.link = link;
        this.changes = changes;
        keys = new Keys(realm);
        schema = new RealmSchema(keys);
        inFlight = new OperationsInFlight(settings.operationsInFlightMax(), "look at the latency of Redis");
        outages = new RedisOutageLog(server, link.timer());
        rewrite = new AofRewrite(server, link);
        pipeline = new CommandPipeline(link.commands(), link.timer(), outages);
        replicas = replicas(settings.redis(), keys, link, outages);
        calls = executor(inFlight);
        String announcer = changes == null ? "" : changes.self();
        outboxBound = new OutboxBound(settings.outboxRowsMax(), outboxBytesMax);
        players = new PlayerCommands(calls, keys, announcer, outboxBound);
        transactions = new TransactionScript(keys, announcer, outboxBound);
        turns = new TurnBatches(inFlight, this::keep);
        outcomes = new OutcomeHash(calls, inFlight, keys);
        rooms = new RoomRecords(calls, keys);
        boards = new BoardRecords(calls, keys);
        roomIndex = new RoomIndex(calls, keys);
        erasure = new PlayerErasure(calls, keys, rooms, roomIndex, announcer);
        leaseCalls = new OperationsInFlight(LEASE_CALLS_MAX, "look at the latency of Redis");
        // With a bound of their own: if trades filled it, renewals would fail and rooms would be suspended.
        leases = new LeaseCommands(executor(leaseCalls), keys, schema);
        outbox = new OutboxStream(calls, keys);
        link.listen(this::connectionChanged);
        audit = new AuditLines(calls, keys);
        ledger = new LedgerPages(calls, keys);
        segments = new SegmentRecords(calls, keys);
        freezes = new FreezeHash(calls, keys);
        operators = new OperatorHash(calls, keys);
        presence = changes == null
                ? null
                : new PresenceHash(
                        calls, keys, changes, schema, settings.redis().commandTimeoutMillis());
        movingRooms = changes == null ? null : new MovingRoomHash(executor(leaseCalls), keys);
        directory = changes == null ? null : new DirectoryRecords(calls, keys);
    }

    private RedisExecutor executor(OperationsInFlight bound) {
        return new RedisExecutor(pipeline, bound, outages, replicas);
    }

    private static ReplicaAcks replicas(StoreSettings.Redis settings, Keys keys, Link link, RedisOutageLog outages) {
        return new ReplicaAcks(
                settings.waitReplicas(),
                settings.replicaWaitMillis(),
                keys.waited(),
                settings.waitReplicas() == 0
                        ? () -> CompletableFuture.failedStage(new IllegalStateException())
                        : link.waitingConnection(),
                outages,
                link.timer());
    }

    /** Afterwards nothing but a probe is sent until one has recognised the realm. */
    private void connectionChanged() {
        outages.doubt();
        pipeline.connectionChanged(); // once this returns, everybody who sends sees the doubt
        outages.probe();
    }

    /**
     * Looks whether the realm is still the one that was opened, by a write that seldom changes anything and is refused when
     * writes are. Its result is reported to {@code outages}.
     */
    private void probe() {
        int doubts = outages.doubts();
        rewrite.ensure()
                .thenCompose(begun -> pipeline.evaluate(Script.SCHEMA, schema.probe()))
                .thenCompose(parts -> {
                    ScriptReply reply = new ScriptReply(parts);
                    String problem = schema.problem(reply);
                    if (problem != null) {
                        return CompletableFuture.failedStage(new RedisCommandExecutionException("SCHEMA " + problem));
                    }
                    String refusal = schema.writeRefusal(reply);
                    if (refusal.isEmpty()) {
                        schema.probed(reply);
                        outages.recognised(doubts);
                        return replicas.awaitAll();
                    }
                    // First, because a replica's answers must not be used.
                    StoreUnavailableException told = outages.unavailable(new RedisCommandExecutionException(refusal));
                    outages.recognised(doubts);
                    return CompletableFuture.failedStage(told);
                })
                .whenComplete((done, failure) -> {
                    Throwable cause = failure == null ? null : Causes.of(failure);
                    if (cause == null) {
                        outages.accepted();
                    } else if (!(cause instanceof StoreUnavailableException)) {
                        outages.unavailable(cause); // otherwise it has been reported already
                    }
                });
    }

    @Override
    public CompletionStage<PlayerRecord> openPlayer(
            String name, Goods kitStacks, List<String> kitItems, @Nullable OutboxEvent event, long nowMillis) {
        return players.open(name, kitStacks, kitItems, event, nowMillis, outbox::size);
    }

    @Override
    public CompletionStage<Optional<PlayerRecord>> findPlayer(String name) {
        return players.find(name);
    }

    @Override
    public CompletionStage<Optional<PlayerRecord>> findPlayer(PlayerId id) {
        return players.find(id);
    }

    @Override
    public CompletionStage<Optional<PlayerRecord>> findAccount(NamedAccount account) {
        return players.find(account);
    }

    @Override
    public CompletionStage<TransactionResult> transact(Transaction transaction) {
        TransactionPlan plan;
        try {
            plan = TransactionPlan.of(transaction);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (TransactionScript.script(transaction) == Script.TURN) {
            return turns.take(transaction);
        }
        RoomTurn turn = transaction.turn();
        return turn == null ? transact(plan) : turns.take(turn.room(), () -> transact(plan));
    }

    private CompletionStage<List<TransactionResult>> keep(TurnChain chain) {
        return calls.runAdmitted(
                Script.TURN,
                transactions.request(chain),
                reply -> transactions.evidence(chain, reply),
                reply -> transactions.read(reply, chain));
    }

    private CompletionStage<TransactionResult> transact(TransactionPlan plan) {
        return calls.run(
                Script.TRANSACT,
                transactions.request(plan),
                reply -> transactions.evidence(plan.transaction(), reply),
                reply -> transactions.read(reply, plan, outbox::size));
    }

    @Override
    public CompletionStage<Optional<TransactionResult>> findOutcome(TransactionId id) {
        return outcomes.find(id);
    }

    @Override
    public CompletionStage<Optional<KeptValue>> kept(PlayerId player, String key) {
        return players.kept(player, key);
    }

    @Override
    public CompletionStage<Optional<KeptGame>> game(RoomId room) {
        return rooms.game(room);
    }

    @Override
    public CompletionStage<LeaderboardPage> leaderboard(String board, int after, int max) {
        return boards.page(board, after, max);
    }

    @Override
    public CompletionStage<LeaderboardPage> leaderboardAround(String board, PlayerId player, int max) {
        return boards.around(board, player, max);
    }

    @Override
    public CompletionStage<List<DueRoom>> dueRooms(long untilMillis, int max) {
        return rooms.due(untilMillis, max);
    }

    @Override
    public CompletionStage<Boolean> forgetOutcomes(long keptMillis, long nowMillis, int max) {
        return outcomes.forget(keptMillis, nowMillis, max);
    }

    @Override
    public CompletionStage<Optional<PlayerRecord>> sanction(PlayerId player, Sanction sanction, Sanction seen) {
        return players.sanction(player, sanction, seen);
    }

    @Override
    public CompletionStage<PlayerTraces> traces(Player player, String from) {
        return erasure.traces(player, from);
    }

    @Override
    public CompletionStage<Boolean> eraseName(Erasure erased, long nowMillis) {
        return erasure.eraseName(erased, nowMillis);
    }

    @Override
    public CompletionStage<Integer> eraseChat(Erasure erased) {
        return erasure.eraseChat(erased);
    }

    @Override
    public CompletionStage<Void> finishErasure(Erasure erased) {
        return erasure.finish(erased);
    }

    @Override
    public CompletionStage<List<UnfinishedErasure>> unfinishedErasures() {
        return erasure.unfinished();
    }

    @Override
    public CompletionStage<Boolean> knowsRoom(RoomId room) {
        return rooms.isKnown(room);
    }

    @Override
    public CompletionStage<LeaseAnswer> acquireLease(LeaseKey key, String holder, long ttlMillis) {
        return leases.acquire(key, holder, ttlMillis);
    }

    @Override
    public CompletionStage<Set<LeaseKey>> renewLeases(Map<LeaseKey, Long> fences, String holder, long ttlMillis) {
        return leases.renew(fences, holder, ttlMillis);
    }

    @Override
    public CompletionStage<Void> releaseLease(LeaseKey key, long fence) {
        return leases.release(key, fence);
    }

    @Override
    public CompletionStage<LeaseAnswer> holdNode(String nodeId, String holder, String gone, long ttlMillis) {
        return leases.holdNode(nodeId, holder, gone, ttlMillis);
    }

    @Override
    public CompletionStage<Void> releaseNode(String nodeId, String holder) {
        return leases.releaseNode(nodeId, holder);
    }

    @Override
    public CompletionStage<ChatHistory> chat(RoomId room, int max) {
        return rooms.chat(room, max);
    }

    @Override
    public CompletionStage<Void> appendChat(RoomId room, long fence, long firstNumber, List<ChatLine> lines, int keep) {
        return rooms.appendChat(room, fence, firstNumber, lines, keep);
    }

    @Override
    public CompletionStage<Optional<Position>> position(RoomId room, PlayerId player) {
        return rooms.position(room, player);
    }

    @Override
    public CompletionStage<Void> savePositions(RoomId room, long fence, List<PlayerPosition> positions) {
        return rooms.savePositions(room, fence, positions);
    }

    @Override
    public CompletionStage<Boolean> forgetRooms(long keptMillis, long nowMillis, int max) {
        return roomIndex.forget(keptMillis, nowMillis, max);
    }

    @Override
    public CompletionStage<List<OutboxRow>> outbox(long afterSequence, int max) {
        return outbox.after(afterSequence, max);
    }

    @Override
    public CompletionStage<Integer> removeOutbox(List<OutboxRow> rows) {
        return outbox.remove(rows);
    }

    @Override
    public CompletionStage<Boolean> appendAudit(AuditEntry entry) {
        return audit.append(entry);
    }

    @Override
    public CompletionStage<List<AuditEntry>> audit(long afterSeq, int max) {
        return audit.after(afterSeq, max);
    }

    @Override
    public CompletionStage<Optional<AuditEntry>> newestAudit() {
        return audit.newest();
    }

    @Override
    public CompletionStage<List<LedgerEntry>> ledger(String position, int max) {
        return ledger.after(position, max);
    }

    @Override
    public CompletionStage<Holdings> holdings(long after, int max) {
        return ledger.holdings(after, max);
    }

    @Override
    public CompletionStage<List<Segment>> segments(long after, int max) {
        return segments.after(after, max);
    }

    @Override
    public CompletionStage<Optional<Segment>> newestSegment() {
        return segments.newest();
    }

    @Override
    public CompletionStage<String> removedThrough() {
        return segments.removedThrough();
    }

    @Override
    public CompletionStage<Map<String, String>> checkpointed(Collection<String> rows) {
        return segments.values(rows);
    }

    @Override
    public CompletionStage<CheckpointPage> checkpoint(String from, int max) {
        return segments.page(from, max);
    }

    @Override
    public CompletionStage<Boolean> prepare(long fence, long number, List<CheckpointRow> rows) {
        return segments.prepare(fence, number, rows);
    }

    @Override
    public CompletionStage<Boolean> seal(long fence, Segment segment) {
        return segments.seal(fence, segment);
    }

    @Override
    public CompletionStage<Boolean> tidy(long fence, int max) {
        return segments.tidy(fence, max);
    }

    @Override
    public CompletionStage<Removal> removeEntries(long fence, long through, long keptMillis, long nowMillis, int max) {
        return segments.removeEntries(fence, through, keptMillis, nowMillis, max);
    }

    @Override
    public CompletionStage<FreezeAnswer> freeze(FreezeRow row, int max, long seenSinceMillis) {
        return freezes.put(row, max, seenSinceMillis);
    }

    @Override
    public CompletionStage<Boolean> unfreeze(FreezeRow row, long seenSinceMillis) {
        return freezes.remove(row, seenSinceMillis);
    }

    @Override
    public CompletionStage<FreezeRows> freezes() {
        return freezes.all();
    }

    @Override
    public CompletionStage<Long> freezesVersion() {
        return freezes.version();
    }

    @Override
    public CompletionStage<OperatorAnswer> putOperator(
            OperatorAccount next, long seenVersion, @Nullable OperatorKey added, Collection<String> ended) {
        return operators.put(next, seenVersion, added, ended);
    }

    @Override
    public CompletionStage<Boolean> removeOperator(String name, long seenVersion, Collection<String> ended) {
        return operators.remove(name, seenVersion, ended);
    }

    @Override
    public CompletionStage<Void> useOperatorKey(String hash, long usedMillis) {
        return operators.use(hash, usedMillis);
    }

    @Override
    public CompletionStage<Void> endOperatorKeys(Collection<String> hashes) {
        return operators.end(hashes);
    }

    @Override
    public CompletionStage<OperatorRows> operators() {
        return operators.all();
    }

    @Override
    public CompletionStage<Long> operatorsVersion() {
        return operators.version();
    }

    @Override
    public CompletionStage<Void> announce(String text) {
        return changes == null
                ? CompletableFuture.completedFuture(null)
                : calls.send(
                        CommandType.PUBLISH,
                        ScriptArguments.of(keys.changes()).add(changes.announcement(text)),
                        reply -> RedisExecutor.DONE);
    }

    @Override
    public void listen(ChangeListener listener) {
        if (changes != null) {
            changes.tell(listener);
        }
    }

    @Override
    public @Nullable PresenceStore presence() {
        return presence;
    }

    @Override
    public @Nullable MovingRoomStore movingRooms() {
        return movingRooms;
    }

    @Override
    public @Nullable DirectoryStore directory() {
        return directory;
    }

    @Override
    public StoreStats stats() {
        return new StoreStats(inFlight.count(), outbox.size(), outboxBound, outages.available());
    }

    /** Must not be called on a thread of the store, because it waits for them. */
    @Override
    public void close() {
        if (!inFlight.close(CLOSE_MILLIS)) {
            log.warn("{} store operations were not answered before the stop", inFlight.count());
        }
        leaseCalls.close(CLOSE_LEASES_MILLIS); // leases that are not released expire
        outages.close();
        if (changes != null) {
            changes.close();
        }
        link.close();
    }
}
