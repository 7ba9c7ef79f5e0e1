package tavern.server.game;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;

/**
 * The room's trades from open to gone: sees each to one final outcome, which the store gives, and only then tells it
 * to both sides, wherever they are by then.
 */
final class OpenTrades {
    /**
     * Trades that wait for the store, past which no new offer is taken. A player has at most {@code openOffersMax} of
     * them, but players come and go, and a store that fails must not fill the room with their trades.
     */
    static final int UNSETTLED_MAX = 1_000;

    private final Roster roster;
    private final Reservations reservations;

    /** In the order of opening, so that whatever walks through it does so in the same order every time. */
    private final Map<TradeId, OpenTrade> byId = new LinkedHashMap<>();

    private final Map<PlayerId, List<OpenTrade>> byProposer = new HashMap<>();
    private int settling;
    private long nextDueMillis = Long.MAX_VALUE;

    OpenTrades(Roster roster, Reservations reservations) {
        this.roster = roster;
        this.reservations = reservations;
    }

    @Nullable
    OpenTrade find(TradeId id) {
        return byId.get(id);
    }

    List<OpenOffer> offers() {
        return byId.values().stream().map(OpenTrade::view).toList();
    }

    int settling() {
        return settling;
    }

    int countOf(PlayerId proposer) {
        return byProposer.getOrDefault(proposer, List.of()).size();
    }

    void add(OpenTrade trade) {
        byId.put(trade.id(), trade);
        byProposer
                .computeIfAbsent(trade.proposer().id(), id -> new ArrayList<>())
                .add(trade);
        nextDueMillis = Math.min(nextDueMillis, trade.dueMillis());
    }

    /** Lets an open trade end; {@link #settled} or {@link #settleFailed} follows. */
    void end(OpenTrade trade, TradeOutcome wish, Effects effects) {
        settling++;
        if (wish == TradeOutcome.COMMITTED) {
            reservations.hold(trade.proposer().id(), trade.terms().give());
            reservations.hold(trade.partner().id(), trade.terms().want());
        }
        trade.settle(wish, effects);
    }

    /** Ends the player's open trades; of those under way the player hears the outcome, but not as an answer. */
    void leave(PlayerId player, Effects effects) {
        for (OpenTrade trade : byId.values()) {
            if (trade.involves(player)) {
                trade.waiting().removeIf(request -> request.refuseIfOf(player, effects));
                if (!trade.isSettling()) {
                    end(trade, TradeOutcome.CANCELLED, effects);
                }
            }
        }
    }

    /** Another trade, or an operator, took what this player still offers. */
    void endUncoveredOf(PlayerId proposer, Effects effects) {
        Member member = roster.find(proposer);
        if (member == null) {
            return; // has left, which cancelled them all
        }
        for (OpenTrade trade : byProposer.getOrDefault(proposer, List.of())) {
            if (!trade.isSettling() && !owns(member.inventory(), trade.terms().give())) {
                end(trade, TradeOutcome.CANCELLED, effects);
            }
        }
    }

    void tick(long nowMillis, Effects effects) {
        if (nowMillis < nextDueMillis) {
            return;
        }
        nextDueMillis = Long.MAX_VALUE;
        for (OpenTrade trade : byId.values()) {
            if (trade.dueMillis() <= nowMillis) {
                wake(trade, effects);
            }
            nextDueMillis = Math.min(nextDueMillis, trade.dueMillis());
        }
    }

    /** Of the trade that is due first; earlier, if that one has ended meanwhile. */
    long dueMillis() {
        return nextDueMillis;
    }

    private void wake(OpenTrade trade, Effects effects) {
        if (trade.isSettling()) {
            trade.settleAgain(effects);
        } else {
            end(trade, TradeOutcome.EXPIRED, effects);
        }
    }

    void settled(TradeId id, SettledTrade settled, Effects effects) {
        OpenTrade trade = byId.get(id);
        if (trade == null || !trade.isSettling()) {
            return; // an answer for the second time
        }
        remove(trade);
        take(settled.proposer().id(), settled.proposerAfter());
        take(settled.partner().id(), settled.partnerAfter());
        if (trade.isBetween(settled.proposer(), settled.partner())
                && trade.terms().equals(settled.terms())) {
            tell(trade, trade.proposer(), settled, settled.proposerAfter(), effects);
            tell(trade, trade.partner(), settled, settled.partnerAfter(), effects);
        } else {
            tellReused(trade, settled, effects);
        }
        endUncoveredOf(trade.proposer().id(), effects);
        endUncoveredOf(trade.partner().id(), effects);
    }

    /** The goods stay reserved: the commit may have been done. Who waits is told now, and of the outcome later. */
    void settleFailed(TradeId id, long nowMillis, Effects effects) {
        OpenTrade trade = byId.get(id);
        if (trade == null || !trade.isSettling()) {
            return;
        }
        trade.waiting().forEach(request -> request.refuse(Refusal.STORE_SILENT, effects));
        trade.waiting().clear();
        trade.postpone(nowMillis);
        nextDueMillis = Math.min(nextDueMillis, trade.dueMillis());
    }

    private void remove(OpenTrade trade) {
        byId.remove(trade.id());
        PlayerId proposer = trade.proposer().id();
        byProposer.computeIfPresent(proposer, (id, trades) -> {
            trades.remove(trade);
            return trades.isEmpty() ? null : trades;
        });
        settling--;
        if (trade.isCommitting()) {
            reservations.release(proposer, trade.terms().give());
            reservations.release(trade.partner().id(), trade.terms().want());
        }
    }

    private void take(PlayerId player, @Nullable Inventory after) {
        Member member = roster.find(player);
        if (member != null && after != null) {
            member.takeInventory(after);
        }
    }

    private void tell(
            OpenTrade trade, Player player, SettledTrade settled, @Nullable Inventory after, Effects effects) {
        Member member = roster.find(player.id());
        Inventory newest = after != null && member != null ? member.inventory() : after;
        PersonalEvent ended = new PersonalEvent.TradeEnded(withoutInventories(settled), newest);
        int told = 0;
        for (Request request : trade.waiting()) {
            if (request.player().equals(player.id())) {
                effects.toPlayer(player.id(), request.seq(), ended);
                told++;
            }
        }
        if (told == 0) {
            effects.toPlayer(player.id(), 0, ended);
        }
    }

    /**
     * The proposer used the id elsewhere at the same time, with other contents: that outcome is the one of this id, and
     * for the partner here nothing happened.
     */
    private void tellReused(OpenTrade trade, SettledTrade elsewhere, Effects effects) {
        Player proposer = trade.proposer();
        for (Request request : trade.waiting()) {
            if (request.player().equals(proposer.id())) {
                request.refuse(Refusal.ID_REUSED, effects);
            }
        }
        effects.toPlayer(proposer.id(), 0, new PersonalEvent.TradeEnded(withoutInventories(elsewhere), null));
        SettledTrade nothing = new SettledTrade(
                trade.id(),
                proposer,
                trade.partner(),
                trade.terms(),
                TradeOutcome.CANCELLED,
                ErrorCode.OK,
                elsewhere.atMillis(),
                null,
                null);
        tell(trade, trade.partner(), nothing, null, effects);
    }

    /** What one side owns is not the other's business. */
    private static SettledTrade withoutInventories(SettledTrade trade) {
        return new SettledTrade(
                trade.id(),
                trade.proposer(),
                trade.partner(),
                trade.terms(),
                trade.outcome(),
                trade.reason(),
                trade.atMillis(),
                null,
                null);
    }

    private static boolean owns(Inventory inventory, Goods goods) {
        return goods.items().stream().allMatch(inventory::owns)
                && goods.stacks().entrySet().stream()
                        .allMatch(stack -> inventory.count(stack.getKey()) >= stack.getValue());
    }
}
