package tavern.server.room;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Action;
import tavern.server.game.Inventory;
import tavern.server.game.Player;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.TradeId;
import tavern.server.store.OutboxEvent;
import tavern.server.store.StaleFenceException;

/** The trade desk's questions to the store; the answers come back as actions, on the room's thread. */
@OnRoomThread
final class TradeCalls {
    private static final Logger log = LoggerFactory.getLogger(TradeCalls.class);

    /** A store that has said nothing by then is taken to be silent, and the players are told so. */
    private static final long SILENT_MILLIS = 1_000;

    private final Room room;
    private final long fence;
    private final RoomServices services;
    private final PlayerDirectory directory;

    TradeCalls(Room room, long fence, RoomServices services, PlayerDirectory directory) {
        this.room = room;
        this.fence = fence;
        this.services = services;
        this.directory = directory;
    }

    void lookUp(TradeId trade) {
        services.store()
                .findTrade(trade)
                .toCompletableFuture()
                .copy()
                .orTimeout(SILENT_MILLIS, TimeUnit.MILLISECONDS)
                .whenComplete((found, failure) -> room.act(
                        failure == null
                                ? new Action.TradeLookedUp(trade, found.orElse(null))
                                : new Action.TradeLookUpFailed(trade)));
    }

    void settle(Settlement settlement) {
        long now = room.nowMillis();
        OutboxEvent event = settlement.outcome() == TradeOutcome.COMMITTED
                ? services.feed().describe(settlement, room.id(), fence, now)
                : null;
        CompletableFuture<SettledTrade> answer = services.store()
                .settle(settlement, room.id(), fence, now, event)
                .toCompletableFuture();
        // However late: a trade that was committed must be told.
        answer.whenComplete((settled, failure) -> {
            if (failure == null) {
                settled(settlement, settled);
            } else {
                failed(settlement.id(), failure);
            }
        });
        answer.copy().orTimeout(SILENT_MILLIS, TimeUnit.MILLISECONDS).whenComplete((settled, failure) -> {
            if (failure instanceof TimeoutException) {
                failed(settlement.id(), failure);
            }
        });
    }

    /** On a thread of the store. Caches change before anybody hears of the trade. */
    private void settled(Settlement settlement, SettledTrade settled) {
        boolean goodsMoved = settled.outcome() == TradeOutcome.COMMITTED;
        if (goodsMoved) {
            services.metrics().tradesCommitted.increment();
            services.feed().committed();
        }
        boolean stale = settlement.outcome() == TradeOutcome.COMMITTED && !goodsMoved;
        spread(settled.proposer(), settled.proposerAfter(), goodsMoved || stale);
        spread(settled.partner(), settled.partnerAfter(), goodsMoved || stale);
        room.act(new Action.TradeSettled(settlement.id(), settled));
    }

    private void spread(Player player, @Nullable Inventory after, boolean changed) {
        if (after != null) {
            services.players().update(player.name(), after);
            directory.inventoryChanged(player.id(), after, room);
        } else if (changed) {
            // What this server believed was not what the store holds, or the answer came without it.
            services.players().refresh(player).whenComplete((inventory, failure) -> {
                if (failure == null) {
                    room.act(new Action.InventoryChanged(player.id(), inventory));
                    directory.inventoryChanged(player.id(), inventory, room);
                }
            });
        }
    }

    private void failed(TradeId trade, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof StaleFenceException) {
            log.error("{}: this server no longer owns the room and closes it", cause.getMessage());
            room.abandon();
        } else {
            room.act(new Action.TradeSettleFailed(trade));
        }
    }
}
