package tavern.bench.costs;

import java.util.Map;
import java.util.TreeMap;

/**
 * What one of a kind costs, less what an idle server costs in the same time.
 *
 * @param what it is
 * @param count how many were done
 * @param commands of Redis, by name, for each
 * @param redisMicros CPU time of Redis for each
 * @param serverMicros CPU time of the server for each
 */
record Cost(String what, int count, Map<String, Double> commands, double redisMicros, double serverMicros) {
    /** Fewer than one in so many is chance: a renewal that fell into the window. */
    private static final double COMMANDS_MIN = 0.02;

    /** @param idle what one second of an idle server costs */
    static Cost of(String what, int count, RedisCount redis, long serverMicros, double seconds, Cost idle) {
        Map<String, Double> each = new TreeMap<>();
        redis.calls().forEach((command, calls) -> {
            double one = (calls - idle.commands.getOrDefault(command, 0.0) * seconds) / count;
            if (one >= COMMANDS_MIN) {
                each.put(command, one);
            }
        });
        return new Cost(
                what,
                count,
                each,
                Math.max(0, redis.cpuMicros() - idle.redisMicros * seconds) / count,
                Math.max(0, serverMicros - idle.serverMicros * seconds) / count);
    }

    /** A second of a server without players. */
    static Cost ofSecond(RedisCount redis, long serverMicros, double seconds) {
        Cost nothing = new Cost("", 1, Map.of(), 0, 0);
        return of("a second without players", 1, redis, serverMicros, 0, nothing)
                .over(seconds);
    }

    private Cost over(double seconds) {
        Map<String, Double> each = new TreeMap<>();
        commands.forEach((command, calls) -> each.put(command, calls / seconds));
        return new Cost(what, count, each, redisMicros / seconds, serverMicros / seconds);
    }

    double allCommands() {
        return commands.values().stream().mapToDouble(each -> each).sum();
    }
}
