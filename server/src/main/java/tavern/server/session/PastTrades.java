package tavern.server.session;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.game.SettledTrade;
import tavern.server.game.Terms;
import tavern.server.game.TradeId;
import tavern.server.room.SettlingTrades;
import tavern.server.room.Wire;
import tavern.server.store.AccountStore;
import tavern.server.store.Causes;

/**
 * P-51: answers how a trade ended, for a player who asks again from the lobby. A session has one such query at a time;
 * later requests wait behind it. A trade that the store does not know is refused as any request that needs a room.
 */
final class PastTrades {
    private static final long STORE_SECONDS_MAX = 2;

    private final AccountStore store;
    private final SettlingTrades settling;

    PastTrades(AccountStore store, SettlingTrades settling) {
        this.store = store;
        this.settling = settling;
    }

    void offered(Session session, int seq, UUID id, String to, Terms terms) {
        answer(
                session,
                seq,
                find(new TradeId(session.player().id(), id)),
                trade -> trade.partner().name().equals(to) && trade.terms().equals(terms)
                        ? null
                        : Wire.error(
                                seq,
                                ErrorCode.TRADE_ID_REUSED,
                                "this trade id was used before, with other contents",
                                0));
    }

    void ofProposer(Session session, int seq, UUID id) {
        answer(session, seq, find(new TradeId(session.player().id(), id)), trade -> null);
    }

    void ofPartner(Session session, int seq, CompletionStage<Optional<PlayerId>> proposer, UUID id) {
        PlayerId self = session.player().id();
        CompletionStage<Optional<SettledTrade>> found =
                proposer.thenCompose(known -> known.map(from -> find(new TradeId(from, id)))
                        .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty())));
        answer(
                session,
                seq,
                found,
                trade -> trade.partner().id().equals(self)
                        ? null
                        : Wire.error(seq, ErrorCode.TRADE_NOT_FOUND, "no such trade of this player", 0));
    }

    private CompletionStage<Optional<SettledTrade>> find(TradeId id) {
        return settling.find(store, id).toCompletableFuture().copy().orTimeout(STORE_SECONDS_MAX, TimeUnit.SECONDS);
    }

    /** @param refusal the answer for a trade that is not the requested one, or not this player's */
    private static void answer(
            Session session,
            int seq,
            CompletionStage<Optional<SettledTrade>> query,
            Function<SettledTrade, @Nullable ServerMessage> refusal) {
        session.inbox().hold();
        query.whenCompleteAsync(
                (found, failure) -> {
                    try {
                        if (failure != null) {
                            session.send(Failure.answer(seq, () -> session.action(seq), Causes.of(failure)));
                        } else if (found.isEmpty()) {
                            session.send(Wire.error(seq, ErrorCode.NOT_IN_ROOM, "join a room first", 0));
                        } else {
                            tell(session, seq, found.get(), refusal.apply(found.get()));
                        }
                    } finally {
                        session.link().release();
                    }
                },
                session.lane());
    }

    private static void tell(Session session, int seq, SettledTrade trade, @Nullable ServerMessage refusal) {
        if (refusal == null) {
            session.number(Wire.firstOutcome(seq, trade));
        } else {
            session.send(refusal);
        }
    }
}
