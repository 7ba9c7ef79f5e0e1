package tavern.bench.costs;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tavern.bench.Section;

/** What each kind of thing costs. */
final class CostsSection implements Section {
    private final int players;
    private final Cost idle;
    private final List<Cost> costs;

    CostsSection(int players, Cost idle, List<Cost> costs) {
        this.players = players;
        this.idle = idle;
        this.costs = costs;
    }

    List<Cost> costs() {
        return costs;
    }

    @Override
    public String key() {
        return "costs";
    }

    private List<Cost> all() {
        List<Cost> all = new ArrayList<>(List.of(idle));
        all.addAll(costs);
        return all;
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("players", players);
        JsonArray each = new JsonArray();
        for (Cost cost : all()) {
            JsonObject one = new JsonObject();
            one.addProperty("what", cost.what());
            one.addProperty("count", cost.count());
            JsonObject commands = new JsonObject();
            cost.commands().forEach((command, calls) -> commands.addProperty(command, rounded(calls)));
            one.add("redisCommands", commands);
            one.addProperty("redisMicros", rounded(cost.redisMicros()));
            one.addProperty("serverMicros", rounded(cost.serverMicros()));
            each.add(one);
        }
        json.add("each", each);
        return json;
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }

    @Override
    public void print(PrintWriter out) {
        out.println("costs: one server of a realm in Redis with a feed to RabbitMQ, " + players
                + " players in rooms of 20; each less what an idle server costs");
        out.println(String.format(
                Locale.ROOT, "%-52s %7s %9s %9s %9s", "", "counted", "commands", "Redis µs", "server µs"));
        for (Cost cost : all()) {
            out.println(String.format(
                    Locale.ROOT,
                    "%-52s %,7d %9.2f %9.1f %9.1f",
                    cost.what(),
                    cost.count(),
                    cost.allCommands(),
                    cost.redisMicros(),
                    cost.serverMicros()));
            if (!cost.commands().isEmpty()) {
                out.println(cost.commands().entrySet().stream()
                        .map(each -> String.format(Locale.ROOT, "%s %.2f", each.getKey(), each.getValue()))
                        .collect(Collectors.joining(", ", "    ", "")));
            }
        }
    }
}
