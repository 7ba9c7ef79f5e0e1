package tavern.server.cache;

import java.util.Collection;
import tavern.server.game.Player;
import tavern.server.game.PlayerId;
import tavern.server.store.PlayerRecord;

/** Who is here, and wants to hear what others have changed. Any thread; returns at once. */
public interface PresentPlayers {
    Collection<Player> all();

    boolean isHere(PlayerId player);

    /** Operators of another server tell all players something. */
    void announced(String text);

    /** Another server, or a tool, has changed the player: this is how it is now. */
    void changed(PlayerRecord now);
}
