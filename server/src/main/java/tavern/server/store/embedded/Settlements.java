package tavern.server.store.embedded;

import java.sql.SQLException;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Goods;
import tavern.server.game.RoomId;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.Terms;
import tavern.server.store.OutboxEvent;

/** Ends trades: check, remember, move, book, announce. */
final class Settlements {
    private final Accounts accounts;
    private final Ledger ledger;
    private final Fences fences;
    private final Outbox outbox;
    private final Trades trades;

    Settlements(Accounts accounts, Ledger ledger, Fences fences, Outbox outbox, Trades trades) {
        this.accounts = accounts;
        this.ledger = ledger;
        this.fences = fences;
        this.outbox = outbox;
        this.trades = trades;
    }

    /** As {@code Store.settle}. */
    SettledTrade settle(Settlement wish, RoomId room, long fence, long nowMillis, @Nullable OutboxEvent event)
            throws SQLException, Refusal {
        fences.require(room, fence);
        refuseNonsense(wish);
        Account proposer = accounts.find(wish.proposer().id());
        Account partner = accounts.find(wish.partner().id());
        boolean commits = wish.outcome() == TradeOutcome.COMMITTED;
        if (proposer == null || partner == null || (commits && event != null && outbox.isFull())) {
            return repeatOrRefuse(wish);
        }
        ErrorCode reason = commits ? obstacle(proposer, partner, wish.terms()) : reasonOf(wish.outcome());
        TradeOutcome outcome = reason == ErrorCode.OK ? wish.outcome() : TradeOutcome.FAILED;
        long trade = trades.remember(wish, room, fence, outcome, reason, nowMillis);
        if (trade == Trades.TAKEN) {
            return trades.find(wish.id()).orElseThrow();
        }
        boolean moved = outcome == TradeOutcome.COMMITTED;
        if (moved) {
            move(trade, wish.terms(), proposer, partner);
            if (event != null) {
                outbox.append(wish.id().toString(), event, nowMillis);
            }
        }
        return new SettledTrade(
                wish.id(),
                proposer.player(),
                partner.player(),
                wish.terms(),
                outcome,
                reason,
                nowMillis,
                moved ? proposer.inventory() : null,
                moved ? partner.inventory() : null);
    }

    private static void refuseNonsense(Settlement wish) throws Refusal {
        if (!wish.id().proposer().equals(wish.proposer().id())) {
            throw Refusal.illegal("trade " + wish.id() + " is not one of player "
                    + wish.proposer().id());
        }
        if (wish.outcome() == TradeOutcome.TRADE_OUTCOME_UNSPECIFIED || wish.outcome() == TradeOutcome.UNRECOGNIZED) {
            throw Refusal.illegal("a trade cannot end " + wish.outcome());
        }
    }

    private SettledTrade repeatOrRefuse(Settlement wish) throws SQLException, Refusal {
        Optional<SettledTrade> first = trades.find(wish.id());
        if (first.isPresent()) {
            return first.get();
        }
        accounts.require(wish.proposer().id());
        accounts.require(wish.partner().id());
        throw new Refusal(outbox.full());
    }

    private static ErrorCode reasonOf(TradeOutcome outcome) {
        return outcome == TradeOutcome.FAILED ? ErrorCode.TRADE_INSUFFICIENT : ErrorCode.OK;
    }

    private static ErrorCode obstacle(Account proposer, Account partner, Terms terms) {
        if (proposer == partner) {
            return ErrorCode.TRADE_BAD_PARTNER;
        }
        if (!isPositive(terms.give()) || !isPositive(terms.want())) {
            return ErrorCode.TRADE_BAD_AMOUNT;
        }
        if (!proposer.has(terms.give()) || !partner.has(terms.want())) {
            return ErrorCode.TRADE_INSUFFICIENT;
        }
        boolean fits = proposer.canHold(terms.give(), terms.want()) && partner.canHold(terms.want(), terms.give());
        return fits ? ErrorCode.OK : ErrorCode.TRADE_BAD_AMOUNT;
    }

    private static boolean isPositive(Goods goods) {
        for (long count : goods.stacks().values()) {
            if (count <= 0) {
                return false;
            }
        }
        return true;
    }

    private void move(long trade, Terms terms, Account proposer, Account partner) throws SQLException {
        // Both give before either receives: a count may pass its limit in between only.
        SortedMap<Long, String> given = proposer.take(terms.give());
        SortedMap<Long, String> wanted = partner.take(terms.want());
        proposer.put(terms.want().stacks(), wanted);
        partner.put(terms.give().stacks(), given);
        accounts.setOwner(given.keySet(), partner.id());
        accounts.setOwner(wanted.keySet(), proposer.id());
        ledger.trade(trade, proposer.id(), partner.id(), terms.give().stacks(), given);
        ledger.trade(trade, partner.id(), proposer.id(), terms.want().stacks(), wanted);
        changed(proposer);
        changed(partner);
    }

    private void changed(Account account) {
        account.grow();
        accounts.changed(account);
    }
}
