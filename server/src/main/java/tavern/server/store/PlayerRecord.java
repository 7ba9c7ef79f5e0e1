package tavern.server.store;

import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.server.game.Inventory;

/**
 * A player as the store knows it.
 *
 * @param bannedUntilMillis milliseconds since 1970, or 0 if not banned
 * @param mutedUntilMillis milliseconds since 1970, or 0 if not muted
 * @param banMessage shown to a banned player in addition to the end of the ban; may be empty
 */
public record PlayerRecord(
        Player player, Inventory inventory, long bannedUntilMillis, long mutedUntilMillis, String banMessage) {
    /**
     * Whether both say the same. Inventories of the same version are the same, so that large ones need not be compared
     * entry by entry.
     */
    public boolean isSameAs(@Nullable PlayerRecord other) {
        return other != null
                && player.equals(other.player)
                && inventory.version() == other.inventory.version()
                && bannedUntilMillis == other.bannedUntilMillis
                && mutedUntilMillis == other.mutedUntilMillis
                && banMessage.equals(other.banMessage);
    }

    /** The ban or mute as stored, even if it has expired. */
    public Sanction sanction(Sanction.Kind kind) {
        return switch (kind) {
            case BAN -> new Sanction(kind, bannedUntilMillis, banMessage);
            case MUTE -> new Sanction(kind, mutedUntilMillis, "");
        };
    }
}
