package tavern.server.room;

import java.util.List;

/**
 * A page of a room's scene at one moment, for operators.
 *
 * @param npcs in the whole scene
 * @param npcsMax of the room's type
 * @param things in ascending order of their numbers
 * @param next the number after which the next page begins, or 0 after the last
 */
public record SceneReport(int npcs, int npcsMax, List<ThingView> things, int next) {
    /**
     * A player or an NPC.
     *
     * @param kind 0 for a player
     * @param player empty for an NPC
     * @param x in 1/16 of a unit
     * @param y in 1/16 of a unit
     * @param attributes all of them, also those that no client is told; in decimal, for a browser's own numbers have not their 64 bits
     */
    public record ThingView(int entity, int kind, String player, int x, int y, List<String> attributes) {}
}
