package tavern.server.store.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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

/** The store in Redis, which several servers can share. */
public final class RedisStore implements Store {
    private static final Logger log = LoggerFactory.getLogger(RedisStore.class);

    /** How long what is under way at the end may take. */
    private static final long CLOSE_MILLIS = 2_000;

    private static final int LEASE_CALLS_MAX = 1_000;

    private final Keys keys;
    private final Link link;
    private final Admission admission;
    private final Outages outages;
    private final Calls calls;
    private final Players players;
    private final Settlements settlements;
    private final RoomRecords rooms;
    private final LeaseCalls leases;
    private final Outbox outbox;
    private final AuditLines audit;
    private final LedgerPages ledger;
    private final FreezeHash freezes;
    private final @Nullable Changes changes;

    /**
     * Connects. Blocks.
     *
     * @param announceChanges whether other servers use the realm too: they tell each other what they change
     * @throws StoreOpenException when the server cannot be used, or keeps less than what is asked for
     */
    public static RedisStore open(StoreSettings settings, String realm, boolean announceChanges) {
        Opening opening = new Opening(settings, realm);
        Link link = opening.connect();
        try {
            Changes changes = announceChanges ? new Changes(new Keys(realm).changes(), link.subscriber()) : null;
            RedisStore store = new RedisStore(settings, realm, opening.server(), link, changes);
            opening.prepare(store.calls, store.outbox);
            return store;
        } catch (RuntimeException | Error e) {
            link.close();
            throw e;
        }
    }

    private RedisStore(StoreSettings settings, String realm, String server, Link link, @Nullable Changes changes) {
        this.link = link;
        this.changes = changes;
        keys = new Keys(realm);
        admission = new Admission(settings.operationsInFlightMax(), "look at the latency of Redis");
        outages = new Outages(server, link.timer());
        calls = new Calls(link.commands(), admission, outages);
        String announcer = changes == null ? "" : changes.self();
        players = new Players(calls, keys, announcer);
        settlements = new Settlements(keys, announcer, settings.outboxRowsMax());
        rooms = new RoomRecords(calls, keys);
        // In a line of their own: with one full of trades, rooms would be suspended for want of a renewal.
        leases = new LeaseCalls(
                new Calls(link.commands(), new Admission(LEASE_CALLS_MAX, "look at the latency of Redis"), outages),
                keys);
        outbox = new Outbox(calls, keys);
        outages.probe(outbox::count);
        audit = new AuditLines(calls, keys);
        ledger = new LedgerPages(calls, keys);
        freezes = new FreezeHash(calls, keys);
    }

    @Override
    public CompletionStage<PlayerRecord> openPlayer(
            String name, Goods kitStacks, List<String> kitItems, long nowMillis) {
        return players.open(name, kitStacks, kitItems, nowMillis);
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
    public CompletionStage<Optional<SettledTrade>> findTrade(TradeId id) {
        return findTradeRecord(id).thenApply(found -> found.map(TradeRecord::trade));
    }

    @Override
    public CompletionStage<Optional<TradeRecord>> findTradeRecord(TradeId id) {
        Request request = Request.of(keys.trades(id.proposer())).add(id.uuid().toString());
        return calls.send(
                CommandType.HGET,
                request,
                reply -> reply.isNull(0) ? Optional.empty() : Optional.of(TradeText.read(id, reply.text(0))));
    }

    @Override
    public CompletionStage<SettledTrade> settle(
            Settlement settlement, RoomId room, long fence, long nowMillis, @Nullable OutboxEvent event) {
        try {
            Settlements.refuseNonsense(settlement);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        Request request = settlements.request(settlement, room, fence, nowMillis, event);
        return calls.run(
                Script.SETTLE, request, reply -> settlements.read(reply, settlement, room, fence, outbox::size));
    }

    @Override
    public CompletionStage<Inventory> grant(PlayerId player, Grant grant, String reference, long nowMillis) {
        return players.grant(player, grant, reference, nowMillis);
    }

    @Override
    public CompletionStage<PlayerRecord> sanction(PlayerId player, Sanction sanction, long nowMillis) {
        return players.sanction(player, sanction);
    }

    /** By Redis' clock: servers need not agree on the time. */
    @Override
    public CompletionStage<LeaseAnswer> acquireLease(LeaseKey key, String holder, long ttlMillis, long nowMillis) {
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
    public CompletionStage<List<ChatLine>> chat(RoomId room, int max) {
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
    public CompletionStage<List<OutboxRow>> outbox(long afterSequence, int max) {
        return outbox.after(afterSequence, max);
    }

    @Override
    public CompletionStage<Void> removeOutbox(List<Long> sequences) {
        return outbox.remove(sequences);
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
    public CompletionStage<Boolean> freeze(FreezeRow row, int max) {
        return freezes.put(row, max);
    }

    @Override
    public CompletionStage<Boolean> unfreeze(FreezeRow row) {
        return freezes.remove(row);
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
    public CompletionStage<Void> announce(String text) {
        return changes == null
                ? CompletableFuture.completedFuture(null)
                : calls.send(
                        CommandType.PUBLISH,
                        Request.of(keys.changes()).add(changes.announcement(text)),
                        reply -> Calls.DONE);
    }

    /** Of a realm that nobody writes to meanwhile: what is written while it reads looks like a difference. */
    @Override
    public CompletionStage<Conservation> checkConservation() {
        return new Audit(new Calls(link.commands(), Audit.admission(), outages), keys).run();
    }

    @Override
    public void listen(ChangeListener listener) {
        if (changes != null) {
            changes.tell(listener);
        }
    }

    @Override
    public StoreStats stats() {
        return new StoreStats(admission.inFlight(), outbox.size(), outages.available());
    }

    /** Not on a thread of the store: it waits for them. */
    @Override
    public void close() {
        if (!admission.close(CLOSE_MILLIS)) {
            log.warn("{} store operations were not answered before the stop", admission.inFlight());
        }
        if (changes != null) {
            changes.close();
        }
        link.close();
    }
}
