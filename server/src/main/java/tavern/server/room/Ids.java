package tavern.server.room;

import java.util.Arrays;

/** A reusable list of entity ids. */
@OnRoomThread
class Ids {
    private int[] ids = new int[16];
    private int size;

    void add(int id) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, size * 2);
        }
        ids[size++] = id;
    }

    int get(int index) {
        return ids[index];
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Forgets those above this size. */
    void cut(int newSize) {
        size = newSize;
    }

    /** Replaces one. */
    void set(int index, int id) {
        ids[index] = id;
    }

    void sort() {
        Arrays.sort(ids, 0, size);
    }

    void clear() {
        size = 0;
    }
}
