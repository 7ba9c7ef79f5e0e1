package tavern.server.game;

import java.util.UUID;

/** A trade, by the player who offered it and that player's own UUID: nobody can use up another's ids. */
public record TradeId(PlayerId proposer, UUID uuid) {
    /** The {@code message_id} in the feed: {@code <proposer>-<uuid>}. */
    @Override
    public String toString() {
        return proposer + "-" + uuid;
    }
}
