package tavern.server.room;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import tavern.server.game.SettledTrade;
import tavern.server.game.TradeId;
import tavern.server.store.AccountStore;
import tavern.server.store.Stages;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.TradeTransactions;

/**
 * The trades of this server's rooms that have an outcome which the store has not confirmed yet. The store does not know
 * them, or not for certain. Whether a trade is one of them is looked up before the store is asked, because it is removed
 * only once the store has its outcome. Each room removes its own when it no longer belongs to this server. Safe
 * on any thread.
 */
public final class SettlingTrades {
    /** After this time, a trade that is just being settled is worth asking about again. */
    private static final long RETRY_MILLIS = 500;

    private final Set<TradeId> ids = ConcurrentHashMap.newKeySet();

    void add(TradeId trade) {
        ids.add(trade);
    }

    void remove(TradeId trade) {
        ids.remove(trade);
    }

    /**
     * Asks the store how a trade ended. Fails with {@link StoreUnavailableException} while the outcome is under way: that
     * the store does not know it says nothing then.
     */
    public CompletionStage<Optional<SettledTrade>> find(AccountStore store, TradeId trade) {
        boolean isUnderWay = ids.contains(trade);
        return Stages.begin(() -> store.findOutcome(TradeTransactions.id(trade)))
                .thenApply(outcome -> outcome.map(result -> TradeTransactions.settled(trade, result)))
                .thenCompose(found -> isUnderWay && found.isEmpty()
                        ? CompletableFuture.failedFuture(new StoreUnavailableException("not settled yet", RETRY_MILLIS))
                        : CompletableFuture.completedFuture(found));
    }
}
