package tavern.server.room;

import java.util.Arrays;

/**
 * A reusable set of entity ids. Adding and removing one costs the same however many there are, and makes no garbage once
 * the arrays have grown. The ids are in no particular order until {@link #sort}.
 */
@OnRoomThread
final class IdSet {
    private static final int ABSENT = -1;

    private final Ids ids;

    /** By id: its index in the list, or {@link #ABSENT}. */
    private int[] places = new int[0];

    IdSet() {
        this(new Ids());
    }

    /** @param ids an empty list, which is the set's from now on */
    IdSet(Ids ids) {
        this.ids = ids;
    }

    boolean has(int id) {
        return id < places.length && places[id] != ABSENT;
    }

    void add(int id) {
        ensureCapacity(id);
        if (places[id] == ABSENT) {
            places[id] = ids.size();
            ids.add(id);
        }
    }

    /** Does nothing if it is not there. The last one takes its place. */
    void remove(int id) {
        if (has(id)) {
            int place = places[id];
            places[id] = ABSENT;
            int lastPlace = ids.size() - 1;
            if (place != lastPlace) {
                int last = ids.get(lastPlace);
                ids.set(place, last);
                places[last] = place;
            }
            ids.cut(lastPlace);
        }
    }

    int size() {
        return ids.size();
    }

    /** Indexes change with {@link #sort}, and the last id's with {@link #remove}. */
    int get(int index) {
        return ids.get(index);
    }

    /** Puts the ids into ascending order. */
    void sort() {
        ids.sort();
        for (int i = 0; i < ids.size(); i++) {
            places[ids.get(i)] = i;
        }
    }

    void clear() {
        for (int i = 0; i < ids.size(); i++) {
            places[ids.get(i)] = ABSENT;
        }
        ids.clear();
    }

    private void ensureCapacity(int id) {
        int before = places.length;
        if (id >= before) {
            places = Arrays.copyOf(places, Math.max(32, Math.max(id + 1, before * 2)));
            Arrays.fill(places, before, places.length, ABSENT);
        }
    }
}
