package tavern.server.store.embedded;

import java.util.TreeMap;
import java.util.TreeSet;
import tavern.server.game.GoodsChange;

/** The change of one account, while a transaction is carried out. */
final class ChangeDraft {
    private final long account;
    private final long version;
    private final TreeMap<String, Long> counts = new TreeMap<>();
    private final TreeMap<Long, String> itemsIn = new TreeMap<>();
    private final TreeSet<Long> itemsOut = new TreeSet<>();

    ChangeDraft(long account, long version) {
        this.account = account;
        this.version = version;
    }

    /** The account's number. */
    long account() {
        return account;
    }

    void count(String kind, long after) {
        counts.put(kind, after);
    }

    void itemCame(long item, String kind) {
        itemsIn.put(item, kind);
    }

    void itemGone(long item) {
        itemsOut.add(item);
    }

    long version() {
        return version;
    }

    GoodsChange change() {
        return new GoodsChange(version, counts, itemsIn, itemsOut);
    }
}
