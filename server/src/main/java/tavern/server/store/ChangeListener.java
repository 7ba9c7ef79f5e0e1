package tavern.server.store;

import tavern.server.game.PlayerId;

/** Hears what others than this process have changed. Called on a thread of the store; must be short. */
public interface ChangeListener {
    void playerChanged(PlayerId player);

    /** Changes may have been missed: nothing that was read before now is sure. */
    void allChanged();
}
