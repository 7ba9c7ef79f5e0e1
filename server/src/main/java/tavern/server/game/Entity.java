package tavern.server.game;

import tavern.game.Player;

/**
 * A player in a room.
 *
 * @param id small, unique in the room, reused after the player has left
 * @param seq of the newest move that counted; 0 when there was none
 */
public record Entity(int id, Player player, int x, int y, int seq) {}
