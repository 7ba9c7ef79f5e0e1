package tavern.server.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a server says of itself to the realm's others.
 *
 * @param sinceMillis when it was started, milliseconds since 1970
 * @param types of rooms that it has beside the built-in rules
 */
public record NodeReport(
        Node node, long sinceMillis, String version, NodeMix mix, boolean draining, Set<String> types, NodeLoad load) {
    private static final int TYPES_MAX = 100;

    public NodeReport {
        types = Set.copyOf(types);
    }

    /** Words {@code key=value}, URL-encoded: a server skips those that it does not know. */
    String text() {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("node", node);
        words.put("since", sinceMillis);
        words.put("version", version);
        words.put("protocol-min", mix.protocolMin());
        words.put("protocol", mix.protocolMax());
        words.put("format-min", mix.formatMin());
        words.put("format", mix.format());
        words.put("draining", draining ? 1 : 0);
        words.put("players", load.players());
        words.put("players-max", load.playersMax());
        words.put("connections", load.connections());
        words.put("connections-max", load.connectionsMax());
        words.put("rooms", load.rooms());
        words.put("rooms-max", load.roomsMax());
        words.put("busiest", load.busiestPermille());
        words.put("cpu", load.cpuPermille());
        words.put("memory", load.memoryBytes());
        words.put("memory-max", load.memoryBytesMax());
        words.put("types", new TreeSet<>(types).stream().limit(TYPES_MAX).collect(Collectors.joining(",")));
        return words.entrySet().stream()
                .map(word -> word.getKey() + "=" + URLEncoder.encode(String.valueOf(word.getValue()), UTF_8))
                .collect(Collectors.joining(" "));
    }

    /** @throws IllegalArgumentException when the text is not in the format of {@link #text} */
    static NodeReport parse(String text) {
        Map<String, String> words = new HashMap<>();
        for (String word : text.split(" ")) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                words.put(word.substring(0, equals), URLDecoder.decode(word.substring(equals + 1), UTF_8));
            }
        }
        String types = words.getOrDefault("types", "");
        return new NodeReport(
                Node.parse(words.getOrDefault("node", "")),
                number(words, "since"),
                words.getOrDefault("version", ""),
                new NodeMix(
                        whole(words, "protocol-min"),
                        whole(words, "protocol"),
                        whole(words, "format-min"),
                        whole(words, "format")),
                whole(words, "draining") == 1,
                types.isEmpty() ? Set.of() : Set.of(types.split(",")),
                new NodeLoad(
                        whole(words, "players"),
                        whole(words, "players-max"),
                        whole(words, "connections"),
                        whole(words, "connections-max"),
                        whole(words, "rooms"),
                        whole(words, "rooms-max"),
                        whole(words, "busiest"),
                        whole(words, "cpu"),
                        number(words, "memory"),
                        number(words, "memory-max")));
    }

    private static int whole(Map<String, String> words, String key) {
        return (int) number(words, key);
    }

    private static long number(Map<String, String> words, String key) {
        return Long.parseLong(words.getOrDefault(key, "0"));
    }
}
