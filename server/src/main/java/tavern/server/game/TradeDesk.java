package tavern.server.game;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;

/**
 * Handles players' offers, accepts, declines and cancels.
 *
 * <pre>
 *   offer ─► looked up in the store ─► open ─► settling ─► removed (the store remembers)
 *                  │                     ▲         │
 *                  └► used before:       │         └► store silent: retried
 *                     first outcome      accept, decline, cancel, expiry, leaving, goods gone
 * </pre>
 *
 * An id that the desk does not know may have been settled before a crash or in another room, so the desk looks it up in
 * the store before it answers: a repeat gets the first outcome, even when its goods are long gone and its id is too old
 * for a new offer.
 */
final class TradeDesk {
    private final int openOffersMax;
    private final long offerMillis;
    private final Roster roster;
    private final TradeChecks checks;
    private final Reservations reservations = new Reservations();
    private final TradeLookUps lookUps = new TradeLookUps();
    private final OpenTrades trades;

    TradeDesk(GameSettings settings, Roster roster) {
        this.openOffersMax = settings.openOffersMax();
        this.offerMillis = settings.offerSeconds() * 1000L;
        this.roster = roster;
        this.checks = new TradeChecks(settings.tradeEntriesMax(), settings.tradeIdDaysMax(), reservations);
        this.trades = new OpenTrades(roster, reservations);
    }

    boolean isSettling() {
        return !lookUps.isEmpty() || trades.settling() > 0;
    }

    List<OpenOffer> offers() {
        return trades.offers();
    }

    void offer(MemberState proposer, Action.OfferTrade offer, long nowMillis, Effects effects) {
        PendingRequest request = new PendingRequest(offer.player(), offer.seq());
        RequestRefusal bad = checks.shape(proposer.player(), offer);
        if (bad != null) {
            request.refuse(bad, effects);
            return;
        }
        OpenTrade trade = trades.find(offer.trade());
        if (trade != null) {
            repeat(trade, offer, nowMillis, effects);
            return;
        }
        TradeLookUp lookUp = lookUps.find(offer.trade());
        if (lookUp != null && lookUp.offer() != null && !isSame(lookUp.offer(), offer)) {
            request.refuse(RequestRefusal.ID_REUSED, effects);
            return;
        }
        lookUp = lookUp == null ? lookUp(offer.trade(), request, effects) : withRoom(lookUp, request, effects);
        if (lookUp != null) {
            lookUp.offer(offer);
        }
    }

    void act(PendingRequest request, TradeVerb verb, TradeId id, long nowMillis, Effects effects) {
        OpenTrade trade = trades.find(id);
        if (trade != null) {
            act(request, verb, trade, nowMillis, effects);
            return;
        }
        TradeLookUp lookUp = lookUps.find(id);
        lookUp = lookUp == null ? lookUp(id, request, effects) : withRoom(lookUp, request, effects);
        if (lookUp != null) {
            lookUp.addVerb(request, verb);
        }
    }

    void lookedUp(TradeId id, @Nullable SettledTrade found, long nowMillis, Effects effects) {
        TradeLookUp lookUp = lookUps.remove(id);
        if (lookUp == null) {
            return; // a repeated answer
        }
        if (found == null) {
            openNew(lookUp, nowMillis, effects);
        } else {
            tellFound(lookUp, found, effects);
        }
    }

    void lookUpFailed(TradeId id, Effects effects) {
        TradeLookUp lookUp = lookUps.remove(id);
        if (lookUp != null) {
            lookUp.refuseOffers(RequestRefusal.STORE_SILENT, effects);
            lookUp.pendingVerbs().forEach(pending -> pending.request().refuse(RequestRefusal.STORE_SILENT, effects));
        }
    }

    void settled(TradeId id, SettledTrade settled, Effects effects) {
        trades.settled(id, settled, effects);
    }

    void settleFailed(TradeId id, long nowMillis, Effects effects) {
        trades.settleFailed(id, nowMillis, effects);
    }

    void inventoryChanged(MemberState member, Effects effects) {
        trades.endUncoveredOf(member.player().id(), effects);
    }

    /** Goes on with an offer of a room that another server had. */
    void restore(OpenOffer offer) {
        trades.add(
                new OpenTrade(offer.id(), offer.proposer(), offer.partner(), offer.terms(), offer.expiresAtMillis()));
    }

    void left(PlayerId player, Effects effects) {
        lookUps.leave(player, effects);
        trades.leave(player, effects);
    }

    void tick(long nowMillis, Effects effects) {
        trades.tick(nowMillis, effects);
    }

    /** When a tick next has something to do. */
    long dueMillis() {
        return trades.dueMillis();
    }

    private void repeat(OpenTrade trade, Action.OfferTrade offer, long nowMillis, Effects effects) {
        PendingRequest request = new PendingRequest(offer.player(), offer.seq());
        if (!trade.partner().name().equals(offer.to()) || !trade.terms().equals(offer.terms())) {
            request.refuse(RequestRefusal.ID_REUSED, effects);
        } else if (trade.isSettling()) {
            await(trade, request, effects);
        } else if (trade.isExpired(nowMillis)) {
            end(trade, TradeOutcome.EXPIRED, request, effects);
        } else {
            PersonalEvent opened = new PersonalEvent.TradeOpened(trade.id(), trade.expiresInMillis(nowMillis));
            effects.toPlayer(request.player(), request.seq(), opened);
        }
    }

    private void act(PendingRequest request, TradeVerb verb, OpenTrade trade, long nowMillis, Effects effects) {
        if (!verb.isRightOf(request.player(), trade.proposer(), trade.partner())) {
            request.refuse(RequestRefusal.NOT_FOUND, effects);
        } else if (verb != TradeVerb.ACCEPT && trade.isCommitting()) {
            request.refuse(ErrorCode.TRADE_BUSY, "the trade is being carried out", effects);
        } else if (trade.isSettling()) {
            await(trade, request, effects);
        } else if (trade.isExpired(nowMillis)) {
            end(trade, TradeOutcome.EXPIRED, request, effects);
        } else {
            RequestRefusal bad = verb == TradeVerb.ACCEPT ? checkCommit(trade) : null;
            if (bad == null) {
                end(trade, verb.outcome(), request, effects);
            } else {
                request.refuse(bad, effects);
            }
        }
    }

    private @Nullable RequestRefusal checkCommit(OpenTrade trade) {
        MemberState proposer = roster.find(trade.proposer().id());
        MemberState partner = roster.find(trade.partner().id());
        if (proposer == null || partner == null) {
            throw new IllegalStateException(trade.id() + " is open though one of its players has left");
        }
        return checks.commit(proposer, partner, trade.terms());
    }

    private void end(OpenTrade trade, TradeOutcome outcome, PendingRequest request, Effects effects) {
        trade.waiting().add(request);
        trades.end(trade, outcome, effects);
    }

    private static void await(OpenTrade trade, PendingRequest request, Effects effects) {
        if (trade.waiting().size() < OpenTrade.WAITING_MAX) {
            trade.waiting().add(request);
        } else {
            request.refuse(RequestRefusal.STORE_SILENT, effects);
        }
    }

    private @Nullable TradeLookUp lookUp(TradeId id, PendingRequest request, Effects effects) {
        if (trades.settling() >= OpenTrades.UNSETTLED_MAX) {
            request.refuse(RequestRefusal.STORE_SILENT, effects);
            return null;
        }
        if (lookUps.countOf(request.player()) >= openOffersMax) {
            request.refuse(tooMany(), effects);
            return null;
        }
        return lookUps.start(id, request.player(), effects);
    }

    private static @Nullable TradeLookUp withRoom(TradeLookUp lookUp, PendingRequest request, Effects effects) {
        if (lookUp.isFull()) {
            request.refuse(RequestRefusal.STORE_SILENT, effects);
            return null;
        }
        return lookUp;
    }

    private void tellFound(TradeLookUp lookUp, SettledTrade found, Effects effects) {
        PersonalEvent ended = new PersonalEvent.TradeEnded(found, null);
        Action.OfferTrade offer = lookUp.offer();
        boolean isRepeat = offer != null
                && offer.to().equals(found.partner().name())
                && offer.terms().equals(found.terms());
        for (PendingRequest request : lookUp.offers()) {
            if (isRepeat) {
                effects.toPlayer(request.player(), request.seq(), ended);
            } else {
                request.refuse(RequestRefusal.ID_REUSED, effects);
            }
        }
        for (TradeLookUp.PendingVerb pending : lookUp.pendingVerbs()) {
            PendingRequest request = pending.request();
            if (pending.verb().isRightOf(request.player(), found.proposer(), found.partner())) {
                effects.toPlayer(request.player(), request.seq(), ended);
            } else {
                request.refuse(RequestRefusal.NOT_FOUND, effects);
            }
        }
    }

    private void openNew(TradeLookUp lookUp, long nowMillis, Effects effects) {
        Action.OfferTrade offer = lookUp.offer();
        if (offer != null) {
            open(offer, lookUp, nowMillis, effects);
        }
        OpenTrade trade = trades.find(lookUp.id());
        for (TradeLookUp.PendingVerb pending : lookUp.pendingVerbs()) {
            // Nobody can have seen this offer before now, so an accept or decline that waited means another one.
            if (trade == null || pending.verb() != TradeVerb.CANCEL) {
                pending.request().refuse(RequestRefusal.NOT_FOUND, effects);
            } else {
                act(pending.request(), pending.verb(), trade, nowMillis, effects);
            }
        }
    }

    private void open(Action.OfferTrade offer, TradeLookUp lookUp, long nowMillis, Effects effects) {
        MemberState proposer = lookUp.isWithdrawn() ? null : roster.find(offer.player());
        MemberState partner = roster.find(offer.to());
        RequestRefusal badId = checks.id(offer);
        if (badId != null) {
            lookUp.refuseOffers(badId, effects);
        } else if (proposer == null) {
            lookUp.refuseOffers(
                    new RequestRefusal(ErrorCode.NOT_IN_ROOM, "left the room before the offer was open"), effects);
        } else if (partner == null) {
            RequestRefusal nobody =
                    new RequestRefusal(ErrorCode.TRADE_BAD_PARTNER, "nobody of this name is in the room");
            lookUp.refuseOffers(nobody, effects);
        } else if (trades.countOf(offer.player()) >= openOffersMax) {
            lookUp.refuseOffers(tooMany(), effects);
        } else if (!checks.canOffer(proposer, offer.terms())) {
            lookUp.refuseOffers(
                    new RequestRefusal(ErrorCode.TRADE_INSUFFICIENT, "you have not got the goods"), effects);
        } else {
            long expiresAtMillis = nowMillis + offerMillis;
            OpenTrade trade =
                    new OpenTrade(offer.trade(), proposer.player(), partner.player(), offer.terms(), expiresAtMillis);
            trades.add(trade);
            announce(trade, lookUp, effects);
        }
    }

    private void announce(OpenTrade trade, TradeLookUp lookUp, Effects effects) {
        PersonalEvent opened = new PersonalEvent.TradeOpened(trade.id(), offerMillis);
        lookUp.offers().forEach(request -> effects.toPlayer(request.player(), request.seq(), opened));
        PersonalEvent offered =
                new PersonalEvent.TradeOffered(trade.id(), trade.proposer(), trade.terms(), offerMillis);
        effects.toPlayer(trade.partner().id(), 0, offered);
    }

    private RequestRefusal tooMany() {
        return new RequestRefusal(
                ErrorCode.TRADE_TOO_MANY, "more than " + openOffersMax + " trades of this player at once");
    }

    private static boolean isSame(Action.OfferTrade first, Action.OfferTrade second) {
        return first.to().equals(second.to()) && first.terms().equals(second.terms());
    }
}
