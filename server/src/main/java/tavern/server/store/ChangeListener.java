package tavern.server.store;

import tavern.server.game.PlayerId;

/** Hears what others than this process have changed. Called on a thread of the store; must be short. */
public interface ChangeListener {
    void playerChanged(PlayerId player);

    /** Operators of another server tell all players something. */
    void announced(String text);

    /** Changes may have been missed: nothing that was read before now is sure. */
    void allChanged();
}
