package tavern.server.room;

import java.util.ArrayList;
import java.util.List;

/**
 * A page of listed rooms, in the order of their names.
 *
 * @param next the name after which the next page begins, or empty for none
 */
public record RoomPage(List<ListedRoom> rooms, String next) {
    /**
     * One page of what two indexes answered to the same query; of two rooms of one name the first index's counts. A page that
     * has a next one says nothing of the names behind that, so what the other index has there is for the next page.
     */
    static RoomPage merged(RoomPage one, RoomPage other, RoomQuery query) {
        String next = one.next.isEmpty() || (!other.next.isEmpty() && other.next.compareTo(one.next) < 0)
                ? other.next
                : one.next;
        List<ListedRoom> rooms = new ArrayList<>();
        int characters = 0;
        int i = 0;
        int j = 0;
        String last = "";
        while (i < one.rooms.size() || j < other.rooms.size()) {
            int order = i == one.rooms.size()
                    ? 1
                    : j == other.rooms.size() ? -1 : one.name(i).compareTo(other.name(j));
            ListedRoom room = order <= 0 ? one.rooms.get(i) : other.rooms.get(j);
            String name = room.opened().id().name();
            if (!next.isEmpty() && name.compareTo(next) > 0) {
                break;
            }
            if (rooms.size() == query.max() || characters > ListedRooms.CHARACTERS_MAX) {
                return new RoomPage(rooms, last);
            }
            rooms.add(room);
            characters += room.characters();
            last = name;
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
        return new RoomPage(rooms, next);
    }

    private String name(int index) {
        return rooms.get(index).opened().id().name();
    }
}
