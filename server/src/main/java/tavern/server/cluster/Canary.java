package tavern.server.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.List;
import java.util.function.Function;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * P-119: an operator's order that servers of one version get a share of the rooms that are opened, and no others, as long as
 * servers of both kinds are there and take rooms ({@link #fitting}). The room's name decides, so
 * that all servers agree, a room that is opened again comes to the same version, and a larger share keeps the rooms of a
 * smaller one.
 *
 * @param version as servers report it ({@link NodeReport#version})
 * @param percent of the rooms, 0 to 100
 * @param sinceMillis when it was ordered, milliseconds since 1970
 */
public record Canary(String version, int percent, long sinceMillis) {
    private static final int ALL_PERCENT = 100;

    public Canary {
        if (version.isEmpty() || percent < 0 || percent > ALL_PERCENT) {
            throw new IllegalArgumentException("not " + percent + " percent for version '" + version + "'");
        }
    }

    /** Words, the version URL-encoded. */
    String text() {
        return percent + " " + sinceMillis + " " + URLEncoder.encode(version, UTF_8);
    }

    /**
     * @return null for an empty text: no order
     * @throws IllegalArgumentException when the text is not in the format of {@link #text}
     */
    static @Nullable Canary parse(String text) {
        if (text.isEmpty()) {
            return null;
        }
        String[] words = text.split(" ", -1);
        if (words.length < 3) {
            throw new IllegalArgumentException("not a share of rooms: " + text);
        }
        return new Canary(URLDecoder.decode(words[2], UTF_8), Integer.parseInt(words[0]), Long.parseLong(words[1]));
    }

    /** Whether the server has the version. */
    boolean isOn(NodeReport node) {
        return node.version().equals(version);
    }

    /** Whether the room is one of the share. */
    public boolean takes(String room) {
        CRC32 hash = new CRC32();
        // With the version, so that it is not always the same rooms that are tried first.
        hash.update((version + "/" + room).getBytes(UTF_8));
        return hash.getValue() % ALL_PERCENT < percent;
    }

    /** Whether the room belongs on the server. */
    boolean fits(String room, NodeReport node) {
        return takes(room) == isOn(node);
    }

    /** Those on which the room belongs; all when there are none, since it has to be somewhere. */
    static <T> List<T> fitting(@Nullable Canary order, String room, List<T> nodes, Function<T, NodeReport> report) {
        if (order == null) {
            return nodes;
        }
        List<T> fitting = nodes.stream()
                .filter(node -> order.fits(room, report.apply(node)))
                .toList();
        return fitting.isEmpty() ? nodes : fitting;
    }
}
