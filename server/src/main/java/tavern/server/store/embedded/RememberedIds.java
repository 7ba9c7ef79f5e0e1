package tavern.server.store.embedded;

import java.util.concurrent.atomic.AtomicLongArray;
import tavern.server.store.TransactionId;

/**
 * Tells of most new ids, without reading the file, that they have no outcome: each trade is looked up before it is
 * offered, and nearly all of these look-ups find nothing. Two Bloom filters have the ids that were remembered last; of
 * ids that are older than the oldest of these may be, nothing is known. Written on the writer's thread, read on any.
 */
final class RememberedIds {
    /** Of each filter; at that many one in a hundred new ids is taken for a known one, and looked up. */
    private static final int IDS_MAX = 200_000;

    private final int idsMax;

    /** Changed as a whole, so that nobody misses what moves from one filter to the other. */
    private volatile Kept kept = new Kept(Long.MAX_VALUE, new Filter(1), new Filter(1));

    /** @param fromMillis whatever was made from then on and has an outcome is in one of the filters */
    private record Kept(long fromMillis, Filter newer, Filter older) {}

    RememberedIds() {
        this(IDS_MAX);
    }

    RememberedIds(int idsMax) {
        this.idsMax = idsMax;
    }

    /**
     * Before this call nothing is known of any id; later calls change nothing.
     *
     * @param newestMillis the time of the newest id that has an outcome already; 0 if there is none
     */
    void begin(long newestMillis) {
        if (kept.fromMillis == Long.MAX_VALUE) {
            kept = new Kept(newestMillis + 1, new Filter(idsMax), new Filter(idsMax));
        }
    }

    /** Must be called before the outcome can be read. */
    void add(TransactionId id) {
        if (id.bornMillis() == 0) {
            return;
        }
        Kept now = kept;
        if (now.newer.count >= idsMax) {
            long fromMillis = Math.max(now.fromMillis, now.older.newestMillis + 1);
            now = new Kept(fromMillis, new Filter(idsMax), now.newer);
            kept = now;
        }
        now.newer.add(id);
    }

    /** Whether the id certainly has no outcome; false if it is not known without looking it up. */
    boolean isNew(TransactionId id) {
        Kept now = kept;
        return id.bornMillis() >= now.fromMillis && !now.newer.mayHave(id) && !now.older.mayHave(id);
    }

    /** https://en.wikipedia.org/wiki/Bloom_filter, with two hashes from which the others follow. */
    private static final class Filter {
        private static final int BITS_EACH = 10;
        private static final int HASHES = 5;

        private final AtomicLongArray words;
        private final int mask;
        private int count;
        private long newestMillis;

        Filter(int ids) {
            int bits = Math.max(Long.SIZE, Integer.highestOneBit(ids * BITS_EACH - 1) << 1);
            words = new AtomicLongArray(bits / Long.SIZE);
            mask = bits - 1;
        }

        void add(TransactionId id) {
            count++;
            newestMillis = Math.max(newestMillis, id.bornMillis());
            int hash = first(id);
            int step = second(id);
            for (int i = 0; i < HASHES; i++, hash += step) {
                int word = (hash & mask) / Long.SIZE;
                words.set(word, words.get(word) | 1L << hash);
            }
        }

        boolean mayHave(TransactionId id) {
            int hash = first(id);
            int step = second(id);
            for (int i = 0; i < HASHES; i++, hash += step) {
                if ((words.get((hash & mask) / Long.SIZE) & 1L << hash) == 0) {
                    return false;
                }
            }
            return true;
        }

        private static int first(TransactionId id) {
            return spread(id.text().hashCode());
        }

        /** Odd, so that all the places differ. */
        private static int second(TransactionId id) {
            return spread(id.text().hashCode() * 31 + Long.hashCode(id.bornMillis())) | 1;
        }

        /** Every bit of the result depends on every bit of the hash: the last step of MurmurHash3. */
        private static int spread(int hash) {
            int spread = (hash ^ hash >>> 16) * 0x85ebca6b;
            spread = (spread ^ spread >>> 13) * 0xc2b2ae35;
            return spread ^ spread >>> 16;
        }
    }
}
