package tavern.server.game;

import tavern.game.Player;
import tavern.protocol.v1.TradeOutcome;

/**
 * A request to end a trade for good. With {@link TradeOutcome#COMMITTED} the goods of both sides move, if both still
 * have them; with any other outcome nothing moves and the store remembers the outcome.
 */
public record Settlement(TradeId id, Player proposer, Player partner, Terms terms, TradeOutcome outcome) {}
