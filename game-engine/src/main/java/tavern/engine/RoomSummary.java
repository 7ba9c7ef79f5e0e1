package tavern.engine;

import com.google.protobuf.MessageLite;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A room at one moment.
 *
 * @param revision of the state that is durable
 * @param state the game's, as it is durable
 * @param stateBytes its size as it is kept
 * @param timers dates by name, in milliseconds since 1970
 * @param committing turns whose commits are not decided
 * @param waiting what has happened and is not computed yet
 * @param signals that have not arrived yet
 * @param calls whose answers are not durable yet
 */
public record RoomSummary(
        long revision,
        MessageLite state,
        int stateBytes,
        SortedMap<String, Long> timers,
        int committing,
        int waiting,
        int signals,
        int calls) {
    public RoomSummary {
        timers = Collections.unmodifiableSortedMap(new TreeMap<>(timers));
    }
}
