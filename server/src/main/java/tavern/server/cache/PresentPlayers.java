package tavern.server.cache;

import java.util.Collection;
import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.server.store.PlayerRecord;

/**
 * The players on this server, who are to be told what others have changed. Safe on any thread; all methods return at
 * once.
 */
public interface PresentPlayers {
    Collection<Player> all();

    /** Returns null if the player is not on this server. */
    @Nullable
    Player find(PlayerId player);

    /** Operators of another server have sent an announcement to all players. */
    void announced(String text);

    /** Another server or a tool has changed the player; {@code now} is the new record. */
    void changed(PlayerRecord now);
}
