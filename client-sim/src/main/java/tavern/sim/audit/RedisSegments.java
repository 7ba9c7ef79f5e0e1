package tavern.sim.audit;

import java.util.Map;

/**
 * What the hash {@code segments} of a realm in Redis says.
 *
 * @param last the last entry of the newest sealed segment; empty if nothing is sealed
 * @param isMoving whether the rows that were put aside belong to the checkpoint
 * @param removedMillis the latest date of an entry that has left the ledger, or may have; -1 if none has
 */
record RedisSegments(String last, boolean isMoving, long removedMillis) {
    // Words of a segment: number, hash of the one before, number of entries, first and last entry, latest date, ...
    private static final int WORDS = 11;
    private static final int FIRST = 3;
    private static final int LAST = 4;
    private static final int NEWEST_MILLIS = 5;

    /** @throws IllegalArgumentException when no server wrote it */
    static RedisSegments of(Map<String, String> hash) {
        String newest = hash.get("newest");
        String removed = hash.get("removed");
        long removedMillis = -1;
        for (String field : hash.keySet()) {
            if (removed != null && field.matches("\\d+") && !isAfter(words(hash, field)[FIRST], removed)) {
                removedMillis = Math.max(removedMillis, Long.parseLong(words(hash, field)[NEWEST_MILLIS]));
            }
        }
        return new RedisSegments(
                newest == null ? "" : words(hash, newest)[LAST], hash.containsKey("moving"), removedMillis);
    }

    private static String[] words(Map<String, String> hash, String number) {
        String text = hash.getOrDefault(number, "");
        String[] words = text.split(" ", -1);
        if (words.length != WORDS || !words[0].equals(number)) {
            throw new IllegalArgumentException("segment " + number + " is '" + text + "'");
        }
        return words;
    }

    private static boolean isAfter(String entry, String other) {
        long[] one = numbers(entry);
        long[] two = numbers(other);
        return one[0] != two[0] ? one[0] > two[0] : one[1] > two[1];
    }

    /** Of {@code <milliseconds>-<sequence>}. */
    private static long[] numbers(String entry) {
        int dash = entry.indexOf('-');
        if (dash < 0) {
            throw new IllegalArgumentException("not an entry: " + entry);
        }
        return new long[] {Long.parseLong(entry.substring(0, dash)), Long.parseLong(entry.substring(dash + 1))};
    }
}
