package tavern.server.game;

import java.util.UUID;
import tavern.game.PlayerId;
import tavern.protocol.UuidV7;

/**
 * Identifies a trade by the player who offered it and that player's own UUID, so nobody can use up another player's
 * ids.
 */
public record TradeId(PlayerId proposer, UUID uuid) {
    /** P-57: whether the id carries a time, as those of all new offers do. */
    public boolean isDated() {
        return UuidV7.is(uuid);
    }

    /** The time that the id carries, in milliseconds since 1970; 0 for an id without a time. */
    public long bornMillis() {
        return isDated() ? UuidV7.millis(uuid) : 0;
    }

    /** The {@code message_id} in the feed: {@code <proposer>-<uuid>}. */
    @Override
    public String toString() {
        return proposer + "-" + uuid;
    }
}
