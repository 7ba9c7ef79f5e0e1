package tavern.server.room;

import java.util.Map;

/**
 * A query for listed rooms.
 *
 * @param prefix of their names
 * @param after the name after which the page begins
 * @param max rooms on the page
 * @param metadata entries that a room must have, all of them
 */
public record RoomQuery(String prefix, String after, int max, Map<String, String> metadata) {}
