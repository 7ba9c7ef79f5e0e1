package tavern.server.room;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.Player;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Action;
import tavern.server.game.GoodsChange;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.TradeId;
import tavern.server.store.Causes;
import tavern.server.store.IdTooNewException;
import tavern.server.store.OutboxEvent;
import tavern.server.store.OutcomeForgottenException;
import tavern.server.store.Stages;
import tavern.server.store.StaleFenceException;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.TradeTransactions;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionResult;

/** Sends the trade desk's requests to the store; the replies come back as actions on the room's thread. */
@OnRoomThread
final class TradeStoreClient {
    private static final Logger log = LoggerFactory.getLogger(TradeStoreClient.class);

    /** After this time without a reply the store counts as silent, and the players are told so. */
    private static final long SILENT_MILLIS = 1_000;

    private static final StoreUnavailableException SILENT =
            new StoreUnavailableException("no answer yet", SILENT_MILLIS);

    private final Room room;
    private final long fence;
    private final RoomServices services;
    private final PlayerDirectory directory;

    /** The pending requests, oldest first; one that has been answered is removed at the next sweep. */
    private final ArrayDeque<PendingRequest> pending = new ArrayDeque<>();

    /** The trades of all rooms that are being settled. */
    private final SettlingTrades settling;

    /** Those of this room. */
    private final Set<TradeId> ours = new HashSet<>();

    /** Commits that were requested, perhaps more than once, and are not answered yet. */
    private final Set<TradeId> committing = new HashSet<>();

    TradeStoreClient(Room room, long fence, RoomServices services, PlayerDirectory directory, SettlingTrades settling) {
        this.room = room;
        this.fence = fence;
        this.services = services;
        this.directory = directory;
        this.settling = settling;
    }

    /** @param silent what to do when the reply does not come in time */
    private record PendingRequest(CompletableFuture<?> answer, long sentMillis, Runnable silent) {}

    /** Called at each tick, since a timer for each request would cost more than the request. */
    void sweep(long nowMillis) {
        for (PendingRequest oldest = pending.peekFirst(); oldest != null; oldest = pending.peekFirst()) {
            if (oldest.answer().isDone()) {
                pending.removeFirst();
            } else if (nowMillis - oldest.sentMillis() >= SILENT_MILLIS) {
                pending.removeFirst();
                oldest.silent().run();
            } else {
                return;
            }
        }
    }

    /** The time before which {@link #sweep} has nobody to notify. */
    long dueMillis() {
        PendingRequest oldest = pending.peekFirst();
        return oldest == null ? Long.MAX_VALUE : oldest.sentMillis() + SILENT_MILLIS;
    }

    void lookUp(TradeId trade) {
        var answer =
                settling.find(services.accounts(), trade).toCompletableFuture().copy();
        pending.addLast(new PendingRequest(answer, room.nowMillis(), () -> answer.completeExceptionally(SILENT)));
        answer.whenComplete((found, failure) -> room.command(() -> {
            boolean usable = failure == null && room.tenure().mayWrite();
            room.apply(
                    usable ? new Action.TradeLookedUp(trade, found.orElse(null)) : new Action.TradeLookUpFailed(trade),
                    null,
                    0);
        }));
    }

    void settle(Settlement settlement) {
        Action failed = new Action.TradeSettleFailed(settlement.id());
        if (!room.tenure().isLost() && ours.add(settlement.id())) {
            settling.add(settlement.id());
        }
        if (!room.tenure().mayWrite()) {
            // Requested again once it is certain that the room is ours; never, once another server owns it.
            room.act(failed);
            return;
        }
        long atMillis = services.clocks().wall().millis();
        if (settlement.outcome() == TradeOutcome.COMMITTED) {
            committing.add(settlement.id());
        }
        CompletableFuture<SettledTrade> answer = Stages.begin(() -> transact(
                        TradeTransactions.of(settlement, room.id(), fence, atMillis, event(settlement, atMillis))))
                .thenApply(result -> TradeTransactions.settled(settlement, result))
                .toCompletableFuture();
        pending.addLast(new PendingRequest(answer, room.nowMillis(), () -> room.apply(failed, null, 0)));
        // However late it comes: a committed trade must be announced.
        answer.whenComplete((settled, failure) -> {
            if (failure == null) {
                settled(settlement, settled);
            } else if (Causes.of(failure) instanceof StaleFenceException) {
                services.metrics().staleWrites.increment();
                // An earlier request for the same trade may have been carried out, and its reply lost.
                readInventory(settlement.proposer());
                readInventory(settlement.partner());
                room.abandon();
            } else if (Causes.of(failure) instanceof OutcomeForgottenException) {
                // Repeating it would never get another answer. Inventories are read again, because an earlier request
                // may have been carried out, and its reply lost.
                settled(settlement, failed(settlement, ErrorCode.TRADE_ID_TOO_OLD, atMillis));
            } else if (Causes.of(failure) instanceof IdTooNewException) {
                // The store's clock was set back since the offer, and may stay so for as long as the trade is open.
                settled(settlement, failed(settlement, ErrorCode.TRADE_ID_TOO_NEW, atMillis));
            } else if (Causes.of(failure) instanceof IllegalArgumentException) {
                // The store will refuse it however often it is asked: it ends here, so that the goods are free again.
                log.warn("{} fails: {}", settlement.id(), Causes.of(failure).getMessage());
                settled(settlement, failed(settlement, ErrorCode.TRADE_BAD_GOODS, atMillis));
            } else {
                room.act(failed);
            }
        });
    }

    /** A trade that the store does not carry out and knows no outcome of. */
    private static SettledTrade failed(Settlement trade, ErrorCode reason, long atMillis) {
        return new SettledTrade(
                trade.id(),
                trade.proposer(),
                trade.partner(),
                trade.terms(),
                TradeOutcome.FAILED,
                reason,
                atMillis,
                null,
                null);
    }

    private @Nullable OutboxEvent event(Settlement settlement, long atMillis) {
        return settlement.outcome() == TradeOutcome.COMMITTED
                ? services.feed().describe(settlement, new Transaction.RoomFence(room.id(), fence), atMillis)
                : null;
    }

    /** Another server owns the room: nothing is settled here any more. */
    void abandon() {
        ours.forEach(settling::remove);
        ours.clear();
    }

    /** Called on one of the store's threads. Caches change before anybody is notified of the trade. */
    private void settled(Settlement settlement, SettledTrade settled) {
        boolean goodsMoved = settled.outcome() == TradeOutcome.COMMITTED;
        if (goodsMoved) {
            services.feed().committed();
        }
        boolean stale = settlement.outcome() == TradeOutcome.COMMITTED && !goodsMoved;
        List<Runnable> notices = new ArrayList<>();
        if (goodsMoved || stale) {
            notices.add(spread(settled.proposer(), settled.proposerChange()));
            notices.add(spread(settled.partner(), settled.partnerChange()));
        }
        Action answer = new Action.TradeSettled(settlement.id(), settled);
        room.command(() -> {
            if (ours.remove(settlement.id())) {
                settling.remove(settlement.id());
            }
            if (committing.remove(settlement.id()) && goodsMoved) {
                services.metrics().tradesCommitted.increment();
            }
            room.apply(answer, null, 0);
            // P-52: the inventory follows the result. P-55: told here, where results wait in the order of the commits,
            // so that a player who leaves meanwhile hears of no later change first.
            notices.forEach(Runnable::run);
        });
    }

    /** @return what to do once the result was told */
    private Runnable spread(Player player, @Nullable GoodsChange change) {
        if (change != null) {
            services.players().update(player, change);
            return () -> directory.goodsChanged(player.id(), change, room, "trade");
        }
        // This server's view differed from the store's, or the reply came without the change.
        services.players().outdated(player);
        return () -> services.players().reread(player);
    }

    private CompletionStage<TransactionResult> transact(Transaction transaction) {
        return services.traces()
                .commit(
                        () -> transaction.messageId(0),
                        () -> services.accounts().transact(transaction));
    }

    void readInventory(Player player) {
        services.players().reread(player);
    }
}
