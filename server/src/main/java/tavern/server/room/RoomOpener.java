package tavern.server.room;

import tavern.game.PlayerId;

/**
 * The player who opens a room, so that nobody opens too many.
 *
 * @param network what counts as one address, or empty for one that is not counted
 */
public record RoomOpener(PlayerId player, String network) {}
