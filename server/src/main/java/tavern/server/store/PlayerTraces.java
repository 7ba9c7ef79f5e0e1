package tavern.server.store;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * What is kept about a player beside the record and the ledger: in some of the rooms, and as durable values.
 *
 * @param next from where to continue with other rooms; empty if there are none
 */
public record PlayerTraces(List<Place> places, List<Line> lines, List<Value> values, String next) {
    public static final PlayerTraces NONE = new PlayerTraces(List.of(), List.of(), List.of(), "");

    /** Where the player stood when last in the room, in 1/16 of a unit. */
    public record Place(String room, int x, int y) {}

    /** What the player wrote. */
    public record Line(String room, long atMillis, String text) {}

    /** @param value the bytes in base 64, because they need not be text */
    public record Value(String key, String value) {
        public Value(String key, byte[] value) {
            this(key, Base64.getEncoder().encodeToString(value));
        }
    }

    public PlayerTraces {
        places = List.copyOf(places);
        lines = List.copyOf(lines);
        values = List.copyOf(values);
    }

    public PlayerTraces and(PlayerTraces more) {
        return new PlayerTraces(
                joined(places, more.places), joined(lines, more.lines), joined(values, more.values), more.next);
    }

    public PlayerTraces continued(String from) {
        return new PlayerTraces(places, lines, values, from);
    }

    private static <T> List<T> joined(List<T> some, List<T> more) {
        List<T> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }
}
