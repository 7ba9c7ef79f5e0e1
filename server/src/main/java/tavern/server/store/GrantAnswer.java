package tavern.server.store;

import org.jspecify.annotations.Nullable;
import tavern.server.game.GoodsChange;

/**
 * The result of a grant.
 *
 * @param change of the player's goods; null if the grant was made before, so that nothing was changed now
 * @param atMillis when the grant was made
 */
public record GrantAnswer(@Nullable GoodsChange change, long atMillis) {
    public boolean isRepeat() {
        return change == null;
    }
}
