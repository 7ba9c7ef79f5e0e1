package tavern.server.room;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open rooms that are listed, indexed by name, and again by each entry of their metadata. A page costs in
 * proportion to its length: it starts at its first room and ends after its last, however many rooms there are. Safe on
 * any thread; never blocks.
 */
final class ListedRooms {
    /**
     * The most rooms that one page visits, whether they are on it or not: few of the rooms that match one entry of a
     * filter may match all its entries.
     */
    static final int VISITS_MAX = 256;

    /** The most characters of metadata on one page, since the players who open rooms choose its length. */
    static final int CHARACTERS_MAX = 16_384;

    private static final class Names {
        final ConcurrentNavigableMap<String, ListedRoom> rooms = new ConcurrentSkipListMap<>();

        /** Kept here because a skip list has to count its entries. */
        final AtomicInteger size = new AtomicInteger();

        void add(ListedRoom room) {
            rooms.put(room.opened().id().name(), room);
            size.incrementAndGet();
        }

        /** @return whether no room is left */
        boolean remove(ListedRoom room) {
            return rooms.remove(room.opened().id().name(), room) && size.decrementAndGet() == 0;
        }
    }

    private final Names all = new Names();
    private final ConcurrentMap<Map.Entry<String, String>, Names> byMetadata = new ConcurrentHashMap<>();

    void add(ListedRoom room) {
        all.add(room);
        for (Map.Entry<String, String> entry : room.opened().metadata().entrySet()) {
            byMetadata.compute(entry, (key, names) -> {
                Names sharing = names == null ? new Names() : names;
                sharing.add(room);
                return sharing;
            });
        }
    }

    void remove(ListedRoom room) {
        all.remove(room);
        for (Map.Entry<String, String> entry : room.opened().metadata().entrySet()) {
            byMetadata.computeIfPresent(entry, (key, names) -> names.remove(room) ? null : names);
        }
    }

    /**
     * Returns rooms in the order of their names. A page may have fewer than requested, even none, although there is a
     * next page.
     */
    RoomPage page(RoomQuery query) {
        List<ListedRoom> told = new ArrayList<>();
        String last = "";
        int visits = 0;
        int characters = 0;
        for (ListedRoom room : from(query)) {
            String name = room.opened().id().name();
            if (!name.startsWith(query.prefix())) {
                break;
            }
            if (told.size() == query.max() || visits == VISITS_MAX || characters > CHARACTERS_MAX) {
                return new RoomPage(told, last);
            }
            visits++;
            last = name;
            if (room.fits(query.metadata())) {
                told.add(room);
                characters += room.characters();
            }
        }
        return new RoomPage(told, "");
    }

    /** The rooms that match the rarest entry of the query, starting at its first name. */
    private Iterable<ListedRoom> from(RoomQuery query) {
        Names rarest = all;
        for (Map.Entry<String, String> entry : query.metadata().entrySet()) {
            Names sharing = byMetadata.get(Map.entry(entry.getKey(), entry.getValue()));
            if (sharing == null) {
                return List.of();
            }
            rarest = sharing.size.get() < rarest.size.get() ? sharing : rarest;
        }
        boolean isFirst = query.after().compareTo(query.prefix()) < 0;
        return rarest.rooms
                .tailMap(isFirst ? query.prefix() : query.after(), isFirst)
                .values();
    }
}
