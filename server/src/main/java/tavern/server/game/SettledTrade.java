package tavern.server.game;

import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;

/**
 * How a trade ended, as remembered under its id; final.
 *
 * @param reason why, when the outcome is {@code FAILED}; else {@code OK}
 * @param atMillis when, milliseconds since 1970
 * @param proposerAfter what the proposer owned right after; only in the answer to the commit itself
 * @param partnerAfter what the partner owned right after; only in the answer to the commit itself
 */
public record SettledTrade(
        TradeId id,
        Player proposer,
        Player partner,
        Terms terms,
        TradeOutcome outcome,
        ErrorCode reason,
        long atMillis,
        @Nullable Inventory proposerAfter,
        @Nullable Inventory partnerAfter) {}
