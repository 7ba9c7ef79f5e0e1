package tavern.engine;

import java.util.Map;
import tavern.game.Kept;

/**
 * What a member durably has, as the host knows it. Read live during turns: the host updates it before it calls
 * {@link GameRoom#committed} for the commit that changed it.
 */
public interface MemberGoods {
    long count(String kind);

    /** Unmodifiable: kinds by item id. */
    Map<Long, String> items();

    /** The value of a key that the game's type keeps. */
    Kept kept(String key);
}
