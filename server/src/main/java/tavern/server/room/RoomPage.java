package tavern.server.room;

import java.util.List;

/**
 * A page of listed rooms, in the order of their names.
 *
 * @param next the name after which the next page begins, or empty for none
 */
public record RoomPage(List<ListedRoom> rooms, String next) {}
