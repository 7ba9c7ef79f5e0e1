package tavern.server.store.embedded;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Counts of goods by kind, and which of them were changed. The embedded store keeps hundreds of thousands of these in
 * memory, so it is made of three arrays without any object for a count: boxed counts that change in every commit would be
 * garbage held by old memory. A hash table with linear probing, at most two thirds full. Confined to one thread.
 */
final class KindCounts {
    /** What is done with a count that has changed. */
    interface Taker {
        void take(String kind, long count) throws SQLException;
    }

    /** Stands for a count that is not known. */
    static final long UNKNOWN = -1;

    private static final int PLACES_MIN = 2;

    private @Nullable String[] kinds = new @Nullable String[PLACES_MIN];
    private long[] counts = new long[PLACES_MIN];
    private boolean[] isChanged = new boolean[PLACES_MIN];
    private int size;
    private int changes;

    /** Returns the count, or {@link #UNKNOWN}. */
    long get(String kind) {
        int place = place(kind);
        return kinds[place] == null ? UNKNOWN : counts[place];
    }

    /** How many counts are known. */
    int size() {
        return size;
    }

    /** @param count zero or more */
    void know(String kind, long count) {
        int place = placeFor(kind); // may replace the arrays
        counts[place] = count;
    }

    /** Like {@link #know}, and notes that the count has changed. */
    void change(String kind, long count) {
        int place = placeFor(kind);
        counts[place] = count;
        if (!isChanged[place]) {
            isChanged[place] = true;
            changes++;
        }
    }

    /** Passes on the counts that have changed since the last call. */
    void takeChanged(Taker taker) throws SQLException {
        for (int place = 0; changes > 0; place++) {
            String kind = kinds[place];
            if (isChanged[place] && kind != null) {
                isChanged[place] = false;
                changes--;
                taker.take(kind, counts[place]);
            }
        }
    }

    private int placeFor(String kind) {
        int place = place(kind);
        if (kinds[place] != null) {
            return place;
        }
        if (3 * (size + 1) > 2 * kinds.length) {
            grow();
            place = place(kind);
        }
        kinds[place] = kind;
        size++;
        return place;
    }

    /** Where the kind is, or would be. */
    private int place(String kind) {
        int mask = kinds.length - 1;
        int hash = kind.hashCode();
        int place = (hash ^ hash >>> 16) & mask;
        for (String other = kinds[place]; other != null && !other.equals(kind); other = kinds[place]) {
            place = place + 1 & mask;
        }
        return place;
    }

    private void grow() {
        @Nullable String[] oldKinds = kinds;
        long[] oldCounts = counts;
        boolean[] wasChanged = isChanged;
        kinds = new @Nullable String[2 * oldKinds.length];
        counts = new long[kinds.length];
        isChanged = new boolean[kinds.length];
        for (int old = 0; old < oldKinds.length; old++) {
            String kind = oldKinds[old];
            if (kind != null) {
                int place = place(kind);
                kinds[place] = kind;
                counts[place] = oldCounts[old];
                isChanged[place] = wasChanged[old];
            }
        }
    }
}
