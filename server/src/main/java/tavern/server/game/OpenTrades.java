package tavern.server.game;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;

/**
 * The room's trades from opening to removal. Each gets one final outcome, which the store decides; only then are both
 * players told, wherever they are by then.
 */
final class OpenTrades {
    /**
     * The most trades that may wait for the store; beyond that no new offer is accepted. A player has at most
     * {@code openOffersMax} of them, but players come and go, and a store that fails must not fill the room with their
     * trades.
     */
    static final int UNSETTLED_MAX = 1_000;

    private final Roster roster;
    private final Reservations reservations;

    /** In order of opening, so that iteration is deterministic. */
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

    /** Starts settling an open trade; {@link #settled} or {@link #settleFailed} follows. */
    void end(OpenTrade trade, TradeOutcome outcome, Effects effects) {
        settling++;
        if (outcome == TradeOutcome.COMMITTED) {
            reservations.hold(trade.proposer().id(), trade.terms().give());
            reservations.hold(trade.partner().id(), trade.terms().want());
        }
        trade.settle(outcome, effects);
    }

    /**
     * Ends the player's open trades. The player still receives the outcome of trades being settled, but not as an
     * answer.
     */
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

    /**
     * Ends the offers of a player whose goods no longer cover them, because another trade or an operator took those
     * goods.
     */
    void endUncoveredOf(PlayerId proposer, Effects effects) {
        MemberState member = roster.find(proposer);
        if (member == null) {
            return; // leaving has already cancelled them all
        }
        for (OpenTrade trade : byProposer.getOrDefault(proposer, List.of())) {
            if (!trade.isSettling() && !member.inventory().covers(trade.terms().give())) {
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

    /** When the first trade is due. May be too early, if that trade has ended meanwhile. */
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
            return; // a repeated answer
        }
        remove(trade);
        take(settled.proposer().id(), settled.proposerChange(), effects);
        take(settled.partner().id(), settled.partnerChange(), effects);
        if (trade.isBetween(settled.proposer(), settled.partner())
                && trade.terms().equals(settled.terms())) {
            tell(trade, trade.proposer(), settled, settled.proposerChange(), effects);
            tell(trade, trade.partner(), settled, settled.partnerChange(), effects);
        } else {
            tellReused(trade, settled, effects);
        }
        endUncoveredOf(trade.proposer().id(), effects);
        endUncoveredOf(trade.partner().id(), effects);
    }

    /**
     * The store did not answer. The goods stay reserved, because the trade may have been committed. Waiting requests
     * are refused now; the players receive the outcome later.
     */
    void settleFailed(TradeId id, long nowMillis, Effects effects) {
        OpenTrade trade = byId.get(id);
        if (trade == null || !trade.isSettling()) {
            return;
        }
        trade.waiting().forEach(request -> request.refuse(RequestRefusal.STORE_SILENT, effects));
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

    private void take(PlayerId player, @Nullable GoodsChange change, Effects effects) {
        MemberState member = roster.find(player);
        if (member != null && change != null) {
            member.take(change, effects);
        }
    }

    private static void tell(
            OpenTrade trade, Player player, SettledTrade settled, @Nullable GoodsChange change, Effects effects) {
        PersonalEvent ended = new PersonalEvent.TradeEnded(withoutChanges(settled), change);
        int told = 0;
        for (PendingRequest request : trade.waiting()) {
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
     * The proposer used the id elsewhere at the same time, with other contents: the outcome there is final for this id,
     * and for the partner here nothing happened.
     */
    private void tellReused(OpenTrade trade, SettledTrade elsewhere, Effects effects) {
        Player proposer = trade.proposer();
        for (PendingRequest request : trade.waiting()) {
            if (request.player().equals(proposer.id())) {
                request.refuse(RequestRefusal.ID_REUSED, effects);
            }
        }
        effects.toPlayer(proposer.id(), 0, new PersonalEvent.TradeEnded(withoutChanges(elsewhere), null));
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

    /** Removes the changes: neither side may see what the other owns. */
    private static SettledTrade withoutChanges(SettledTrade trade) {
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
}
