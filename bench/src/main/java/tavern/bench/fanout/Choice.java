package tavern.bench.fanout;

import io.netty.channel.epoll.Epoll;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One deviation of the server from its defaults.
 *
 * @param key its name in the report and after {@code --only}
 * @param settings the server's settings
 * @param options JVM options
 * @param isPossible whether this Java and kernel support it
 */
record Choice(String key, String title, Map<String, String> settings, List<String> options, boolean isPossible) {
    private static final int COMPACT_HEADERS_SINCE = 25;
    private static final List<String> COLLECTORS = List.of("Serial", "Parallel", "G1", "Z");

    static final Choice NONE = new Choice("asItIs", "as it is", Map.of(), List.of(), true);

    static List<Choice> all() {
        return List.of(
                collector("serial", "Serial"),
                collector("parallel", "Parallel"),
                collector("g1", "G1"),
                collector("zgc", "Z"),
                transport("epoll", "epoll", Epoll.isAvailable()),
                transport("nio", "nio", true),
                jvm("adaptive", "buffers: adaptive", "-Dio.netty.allocator.type=adaptive", true),
                jvm(
                        "compactHeaders",
                        "compact object headers",
                        "-XX:+UseCompactObjectHeaders",
                        Runtime.version().feature() >= COMPACT_HEADERS_SINCE));
    }

    private static Choice collector(String key, String name) {
        // Java refuses two collectors, and the options inherited from this process may already select one.
        List<String> options = Stream.concat(
                        COLLECTORS.stream().map(other -> "-XX:-Use" + other + "GC"),
                        Stream.of("-XX:+Use" + name + "GC"))
                .toList();
        return new Choice(key, "collector: " + name, Map.of(), options, true);
    }

    private static Choice transport(String key, String name, boolean isPossible) {
        return new Choice(key, "net.transport: " + name, Map.of("net.transport", name), List.of(), isPossible);
    }

    private static Choice jvm(String key, String title, String option, boolean isPossible) {
        return new Choice(key, title, Map.of(), List.of(option), isPossible);
    }
}
