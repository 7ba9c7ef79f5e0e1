package tavern.testkit;

import tavern.engine.GameRoom;
import tavern.engine.RoomScene;
import tavern.game.PlayerId;

/** The scene of a room in tests, on a map of the size that servers have by default. */
final class KitScene {
    static final int PLAYERS_MAX = 1_000;
    static final int NPCS_MAX = 256;
    static final int EDGE = 3_200;

    private final RoomScene scene = new RoomScene(PLAYERS_MAX, NPCS_MAX, EDGE, EDGE, 1, RoomScene.Changes.NONE);

    RoomScene scene() {
        return scene;
    }

    /** In the middle of the map. */
    void entered(PlayerId who) {
        int entity = 1;
        while (scene.has(entity)) {
            entity++;
        }
        scene.entered(entity, who, EDGE / 2, EDGE / 2);
    }

    void left(PlayerId who) {
        scene.left(scene.of(who));
    }

    /** Whether the game lets him, if it is asked. */
    boolean walks(GameRoom room, PlayerId who, int x, int y) {
        int entity = scene.of(who);
        boolean isOnMap = x >= 0 && y >= 0 && x <= EDGE && y <= EDGE;
        if (entity == 0 || !isOnMap || !room.mayMove(scene, entity, x, y)) {
            return false;
        }
        scene.moved(entity, x, y);
        return true;
    }
}
