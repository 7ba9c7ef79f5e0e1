package tavern.server.game;

import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;

/**
 * The final outcome of a trade, as the store remembers it under the trade's id.
 *
 * @param reason why the trade failed when the outcome is {@code FAILED}, otherwise {@code OK}
 * @param atMillis when it ended, milliseconds since 1970
 * @param proposerChange how the proposer's goods changed; only in the answer to the commit itself
 * @param partnerChange how the partner's goods changed; only in the answer to the commit itself
 */
public record SettledTrade(
        TradeId id,
        Player proposer,
        Player partner,
        Terms terms,
        TradeOutcome outcome,
        ErrorCode reason,
        long atMillis,
        @Nullable GoodsChange proposerChange,
        @Nullable GoodsChange partnerChange) {}
