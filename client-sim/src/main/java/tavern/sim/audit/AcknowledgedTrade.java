package tavern.sim.audit;

import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOutcome;

/**
 * A trade whose end a bot was told.
 *
 * @param from who made the offer
 */
public record AcknowledgedTrade(String from, TradeOffer offer, TradeOutcome outcome) {}
