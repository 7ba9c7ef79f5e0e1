package tavern.server.room;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Action;
import tavern.server.game.Inventory;
import tavern.server.game.Player;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.TradeId;
import tavern.server.store.Causes;
import tavern.server.store.OutboxEvent;
import tavern.server.store.StaleFenceException;
import tavern.server.store.StoreUnavailableException;

/** The trade desk's questions to the store; the answers come back as actions, on the room's thread. */
@OnRoomThread
final class TradeCalls {
    /** A store that has said nothing by then is taken to be silent, and the players are told so. */
    private static final long SILENT_MILLIS = 1_000;

    private static final StoreUnavailableException SILENT =
            new StoreUnavailableException("no answer yet", SILENT_MILLIS);

    private final Room room;
    private final long fence;
    private final RoomServices services;
    private final PlayerDirectory directory;

    /** Oldest first; what was answered meanwhile goes with the next sweep. */
    private final ArrayDeque<Question> asked = new ArrayDeque<>();

    /** Commits that were asked for, perhaps more than once, and not yet answered. */
    private final Set<TradeId> committing = new HashSet<>();

    TradeCalls(Room room, long fence, RoomServices services, PlayerDirectory directory) {
        this.room = room;
        this.fence = fence;
        this.services = services;
        this.directory = directory;
    }

    /** @param silent what to do when the answer does not come in time */
    private record Question(CompletableFuture<?> answer, long askedMillis, Runnable silent) {}

    /** At each tick: a timer for each question would cost more than the question. */
    void sweep(long nowMillis) {
        for (Question oldest = asked.peekFirst(); oldest != null; oldest = asked.peekFirst()) {
            if (oldest.answer().isDone()) {
                asked.removeFirst();
            } else if (nowMillis - oldest.askedMillis() >= SILENT_MILLIS) {
                asked.removeFirst();
                oldest.silent().run();
            } else {
                return;
            }
        }
    }

    /** Before then {@link #sweep} has nobody to tell anything. */
    long dueMillis() {
        Question oldest = asked.peekFirst();
        return oldest == null ? Long.MAX_VALUE : oldest.askedMillis() + SILENT_MILLIS;
    }

    void lookUp(TradeId trade) {
        var answer = services.store().findTrade(trade).toCompletableFuture().copy();
        asked.addLast(new Question(answer, room.nowMillis(), () -> answer.completeExceptionally(SILENT)));
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
        if (!room.tenure().mayWrite()) {
            // Asked again once it is sure that the room is ours; never, once it is another's.
            room.act(failed);
            return;
        }
        long now = room.nowMillis();
        OutboxEvent event = null;
        if (settlement.outcome() == TradeOutcome.COMMITTED) {
            committing.add(settlement.id());
            event = services.feed().describe(settlement, room.id(), fence, now);
        }
        CompletableFuture<SettledTrade> answer = services.store()
                .settle(settlement, room.id(), fence, now, event)
                .toCompletableFuture();
        asked.addLast(new Question(answer, now, () -> room.apply(failed, null, 0)));
        // However late: a trade that was committed must be told.
        answer.whenComplete((settled, failure) -> {
            if (failure == null) {
                settled(settlement, settled);
            } else if (Causes.of(failure) instanceof StaleFenceException) {
                // An earlier question for the same may have been done, and its answer lost.
                services.players().forget(settlement.proposer());
                services.players().forget(settlement.partner());
                room.abandon();
            } else {
                room.act(failed);
            }
        });
    }

    /** On a thread of the store. Caches change before anybody hears of the trade. */
    private void settled(Settlement settlement, SettledTrade settled) {
        boolean goodsMoved = settled.outcome() == TradeOutcome.COMMITTED;
        if (goodsMoved) {
            services.feed().committed();
        }
        boolean stale = settlement.outcome() == TradeOutcome.COMMITTED && !goodsMoved;
        spread(settled.proposer(), settled.proposerAfter(), goodsMoved || stale);
        spread(settled.partner(), settled.partnerAfter(), goodsMoved || stale);
        Action answer = new Action.TradeSettled(settlement.id(), settled);
        room.command(() -> {
            if (committing.remove(settlement.id()) && goodsMoved) {
                services.metrics().tradesCommitted.increment();
            }
            room.apply(answer, null, 0);
        });
    }

    private void spread(Player player, @Nullable Inventory after, boolean changed) {
        if (after != null) {
            services.players().update(player.name(), after);
            directory.inventoryChanged(player.id(), after, room);
        } else if (changed) {
            // What this server believed was not what the store holds, or the answer came without it.
            services.players().refresh(player).whenComplete((inventory, failure) -> {
                if (failure != null) {
                    services.players().forget(player);
                } else {
                    // The result says nothing of what the player owns by now, so it is said apart.
                    directory.inventoryChanged(player.id(), inventory, null);
                }
            });
        }
    }
}
