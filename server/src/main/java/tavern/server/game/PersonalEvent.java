package tavern.server.game;

import org.jspecify.annotations.Nullable;

/** What one player sees, wherever that player is by then. Numbered and replayed after a lost connection. */
public sealed interface PersonalEvent {
    record TradeOpened(TradeId trade, long expiresInMillis) implements PersonalEvent {}

    record TradeOffered(TradeId trade, Player proposer, Terms terms, long expiresInMillis) implements PersonalEvent {}

    /** @param inventory what the receiver owns now; null when nothing moved or it is not known */
    record TradeEnded(SettledTrade trade, @Nullable Inventory inventory) implements PersonalEvent {}

    @SuppressWarnings("ArrayRecordComponent")
    record Custom(int kind, byte[] payload) implements PersonalEvent {}
}
