package tavern.server.room;

import java.util.List;
import tavern.engine.RoomScene;

/**
 * What is in a game's scene, and at what time, for another server.
 *
 * @param millis the latest time that a tick has seen, a date; 0 for none
 * @param behindMillis P-112: how far the scene's time is behind the date
 */
record MovedScene(List<RoomScene.Thing> things, long millis, long behindMillis) {
    static final MovedScene NONE = new MovedScene(List.of(), 0, 0);

    MovedScene {
        things = List.copyOf(things);
    }
}
