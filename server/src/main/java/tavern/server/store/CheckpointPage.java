package tavern.server.store;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Some rows of the checkpoint.
 *
 * @param segment number of the segment at whose end it is so; if two pages differ in it, they do not belong together
 * @param rows each once in a whole pass, in no particular order
 * @param names of the players and named accounts in the rows, by their numbers
 * @param next from where the next page begins; empty if this is the last one
 */
public record CheckpointPage(long segment, List<CheckpointRow> rows, SortedMap<Long, String> names, String next) {
    public CheckpointPage {
        rows = List.copyOf(rows);
        names = Collections.unmodifiableSortedMap(new TreeMap<>(names));
    }
}
