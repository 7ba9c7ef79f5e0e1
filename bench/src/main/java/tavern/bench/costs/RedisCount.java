package tavern.bench.costs;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Redis has done since it started, by its own count.
 *
 * @param calls by command; those that scripts call count as their own, besides the script
 * @param cpuMicros of its process
 */
record RedisCount(Map<String, Long> calls, long cpuMicros) {
    private static final Pattern COMMAND = Pattern.compile("(?m)^cmdstat_([^:]+):calls=(\\d+),");
    private static final Pattern CPU = Pattern.compile("(?m)^used_cpu_(?:sys|user):([0-9.]+)");

    /** @param info what {@code INFO commandstats} and {@code INFO cpu} answer */
    static RedisCount of(String info) {
        Map<String, Long> calls = new TreeMap<>();
        Matcher command = COMMAND.matcher(info);
        while (command.find()) {
            // Not what this program asks.
            if (!command.group(1).equals("info")) {
                calls.put(command.group(1), Long.parseLong(command.group(2)));
            }
        }
        double seconds = 0;
        Matcher cpu = CPU.matcher(info);
        while (cpu.find()) {
            seconds += Double.parseDouble(cpu.group(1));
        }
        return new RedisCount(calls, Math.round(seconds * 1e6));
    }

    RedisCount since(RedisCount before) {
        Map<String, Long> more = new TreeMap<>();
        calls.forEach((command, count) -> {
            long difference = count - before.calls.getOrDefault(command, 0L);
            if (difference != 0) {
                more.put(command, difference);
            }
        });
        return new RedisCount(more, cpuMicros - before.cpuMicros);
    }
}
