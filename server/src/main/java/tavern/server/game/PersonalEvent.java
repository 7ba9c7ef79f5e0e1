package tavern.server.game;

import org.jspecify.annotations.Nullable;
import tavern.game.Player;

/**
 * An event that one player sees, whichever room the player is in by then. Numbered, and replayed after a lost
 * connection.
 */
public sealed interface PersonalEvent {
    record TradeOpened(TradeId trade, long expiresInMillis) implements PersonalEvent {}

    record TradeOffered(TradeId trade, Player proposer, Terms terms, long expiresInMillis) implements PersonalEvent {}

    /** @param change of the receiver's goods, or null when nothing moved or it is not known */
    record TradeEnded(SettledTrade trade, @Nullable GoodsChange change) implements PersonalEvent {}

    /** The player's message to the room's game was carried out, and is durable (P-82). */
    record TurnDone() implements PersonalEvent {}

    @SuppressWarnings("ArrayRecordComponent")
    record Custom(int kind, byte[] payload) implements PersonalEvent {}
}
