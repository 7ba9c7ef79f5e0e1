package tavern.server.store;

import tavern.game.PlayerId;

/** Receives changes that other processes have made. Called on a thread of the store; must be short. */
public interface ChangeListener {
    void playerChanged(PlayerId player);

    /** The player's name is nobody's any longer. */
    void playerErased(PlayerId player);

    /** Operators of another server have sent an announcement to all players. */
    void announced(String text);

    /** Changes may have been missed: anything that was read before now may be outdated. */
    void allChanged();
}
