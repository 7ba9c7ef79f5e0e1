package tavern.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that only read. */
public final class QueryCommands {
    /** All of them, to be registered with the command line. */
    public static final List<Class<?>> COMMANDS = List.of(
            Status.class,
            Nodes.class,
            Rooms.class,
            Room.class,
            Scene.class,
            Players.class,
            Player.class,
            Freezes.class,
            Feed.class,
            DeadLetters.class);

    private QueryCommands() {}

    static JsonArray map(JsonArray rows, Function<JsonElement, JsonObject> change) {
        JsonArray changed = new JsonArray();
        rows.forEach(row -> changed.add(change.apply(row)));
        return changed;
    }

    /** Prints rows under the names of their columns, each as wide as necessary. */
    static void table(JsonArray rows, PrintWriter out, String... columns) {
        int[] widths = new int[columns.length];
        for (int i = 0; i < columns.length; i++) {
            widths[i] = columns[i].length();
            for (JsonElement row : rows) {
                widths[i] = Math.max(widths[i], cell(row, columns[i]).length());
            }
        }
        line(out, columns, widths);
        for (JsonElement row : rows) {
            String[] cells = new String[columns.length];
            for (int i = 0; i < columns.length; i++) {
                cells[i] = cell(row, columns[i]);
            }
            line(out, cells, widths);
        }
    }

    private static void line(PrintWriter out, String[] cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            line.append(String.format(Locale.ROOT, "%-" + widths[i] + "s  ", cells[i]));
        }
        out.println(line.toString().stripTrailing());
    }

    private static String cell(JsonElement row, String column) {
        return OpsCommand.text(row.getAsJsonObject().get(column));
    }

    static void pairs(JsonObject object, PrintWriter out) {
        object.entrySet().forEach(entry -> {
            if (!entry.getValue().isJsonArray()) {
                out.printf(Locale.ROOT, "%-18s %s%n", entry.getKey(), OpsCommand.text(entry.getValue()));
            }
        });
    }

    @Command(name = "status", description = "Shows the state of the server; exits with 1 when there is a problem.")
    static final class Status extends OpsCommand {
        @Override
        JsonObject ask(Api api) throws ApiException {
            return api.get("/overview");
        }

        @Override
        void print(JsonObject answer, PrintWriter out) {
            for (JsonElement each : answer.getAsJsonArray("degraded")) {
                JsonObject degraded = each.getAsJsonObject();
                out.println("! " + text(degraded.get("what")) + "; " + text(degraded.get("cure")));
            }
            pairs(answer, out);
        }

        @Override
        int exitCode(JsonObject answer) {
            return answer.getAsJsonArray("degraded").isEmpty() ? 0 : 1;
        }
    }

    @Command(name = "nodes", description = "Lists the realm's servers, and the order for new rooms, if there is one.")
    static final class Nodes extends OpsCommand {
        @Override
        JsonObject ask(Api api) throws ApiException {
            return api.get("/realm/nodes");
        }

        @Override
        void print(JsonObject answer, PrintWriter out) {
            table(
                    answer.getAsJsonArray("nodes"),
                    out,
                    "node",
                    "address",
                    "version",
                    "players",
                    "rooms",
                    "busiest",
                    "draining",
                    "gone");
            JsonElement canary = answer.get("canary");
            if (canary != null && canary.isJsonObject()) {
                out.println(text(canary.getAsJsonObject().get("percent")) + " % of new rooms go to version "
                        + text(canary.getAsJsonObject().get("version")));
            }
        }
    }

    @Command(name = "rooms", description = "Lists the open rooms.")
    static final class Rooms extends OpsCommand {
        @Parameters(
                arity = "0..1",
                paramLabel = "PREFIX",
                defaultValue = "",
                description = "The beginning of the names.")
        private String prefix = "";

        @Override
        JsonObject ask(Api api) throws ApiException {
            return api.get("/rooms?prefix=" + Api.part(prefix));
        }

        @Override
        void print(JsonObject answer, PrintWriter out) {
            table(answer.getAsJsonArray("rooms"), out, "room", "players", "capacity", "lease", "fence");
        }
    }

    @Command(name = "room", description = "Shows a room: who is there, open offers, the last chat.")
    static final class Room extends OpsCommand {
        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Override
        JsonObject ask(Api api) throws ApiException {
            return api.get("/rooms/" + Api.part(name));
        }

        @Override
        void print(JsonObject answer, PrintWriter out) {
            pairs(answer, out);
            out.println();
            table(answer.getAsJsonArray("members"), out, "player", "entity", "x", "y", "connected");
            if (!answer.getAsJsonArray("offers").isEmpty()) {
                out.println();
                table(answer.getAsJsonArray("offers"), out, "trade", "from", "to", "give", "want", "settling");
            }
            if (!answer.getAsJsonArray("chat").isEmpty()) {
                out.println();
                table(answer.getAsJsonArray("chat"), out, "player", "text");
            }
        }
    }

    @Command(
            name = "scene",
            description = "Shows NPCs and players of a room whose game has things that move, by number.")
    static final class Scene extends OpsCommand {
        @Parameters(paramLabel = "ROOM")
        private String room = "";

        @Option(names = "--after", paramLabel = "N", defaultValue = "0", description = "Continue after this number.")
        private int after;

        @Option(names = "--max", paramLabel = "N", defaultValue = "50", description = "At most (${DEFAULT-VALUE}).")
        private int max;

        @Override
        JsonObject ask(Api api) throws ApiException {
            return api.get("/rooms/" + Api.part(room) + "/scene?after=" + after + "&max=" + max);
        }

        @Override
        void print(JsonObject answer, PrintWriter out) {
            JsonArray things = map(answer.getAsJsonArray("things"), Scene::inWords);
            table(things, out, "entity", "kind", "player", "x", "y", "attributes");
            out.println(text(answer.get("npcs")) + " NPCs of at most " + text(answer.get("npcsMax")));
            int next = answer.get("next").getAsInt();
            if (next != 0) {
                out.println("… continue with --after=" + next);
            }
        }

        /** With the attributes as numbers; they come as texts, because they have 64 bits. */
        private static JsonObject inWords(JsonElement row) {
            JsonObject thing = row.getAsJsonObject().deepCopy();
            StringJoiner attributes = new StringJoiner(",", "[", "]");
            thing.getAsJsonArray("attributes").forEach(value -> attributes.add(value.getAsString()));
            thing.addProperty("attributes", attributes.toString());
            return thing;
        }

        @Override
        String role() {
            return "moderator";
        }
    }

    @Command(name = "players", description = "Lists the players on this server.")
    static final class Players extends OpsCommand {
        @Parameters(arity = "0..1", paramLabel = "TEXT", defaultValue = "", description = "Part of a name.")
        private String query = "";

        @Override
        JsonObject ask(Api api) throws ApiException {
            return api.get("/players?query=" + Api.part(query));
        }

        @Override
        void print(JsonObject answer, PrintWriter out) {
            table(answer.getAsJsonArray("here"), out, "player", "session", "room", "address");
        }
    }

    @Command(
            name = "player",
            description = "Shows a player: goods, sanctions, session.",
            subcommands = {PlayerExport.class, PlayerErase.class})
    static final class Player extends OpsCommand {
        // Optional, because the subcommands have a name of their own.
        @Parameters(arity = "0..1", paramLabel = "NAME", defaultValue = "")
        private String name = "";

        @Override
        JsonObject ask(Api api) throws ApiException {
            if (name.isEmpty()) {
                throw new ApiException("name a player");
            }
            return api.get("/players/" + Api.part(name));
        }

        @Override
        void print(JsonObject answer, PrintWriter out) {
            pairs(answer, out);
        }
    }

    @Command(name = "freezes", description = "Lists what operators have stopped.")
    static final class Freezes extends OpsCommand {
        @Override
        JsonObject ask(Api api) throws ApiException {
            return api.get("/freezes");
        }

        @Override
        void print(JsonObject answer, PrintWriter out) {
            table(answer.getAsJsonArray("freezes"), out, "what", "scope", "target", "sinceMillis", "reason");
        }
    }

    @Command(
            name = "feed",
            description = "Shows the trade feed; exits with 1 when there are dead letters or the server cannot be"
                    + " reached, and with 2 while it is not known.")
    static final class Feed extends OpsCommand {
        private static final int NOT_KNOWN = 2;

        @Override
        JsonObject ask(Api api) throws ApiException {
            return api.get("/feed");
        }

        @Override
        void print(JsonObject answer, PrintWriter out) {
            pairs(answer, out);
        }

        @Override
        int exitCode(JsonObject answer) {
            long letters = answer.get("deadLetters").getAsLong();
            return letters < 0 ? NOT_KNOWN : letters > 0 ? 1 : 0;
        }
    }

    @Command(name = "dead-letters", description = "Lists what could not be published, the oldest first.")
    static final class DeadLetters extends OpsCommand {
        @Option(names = "--max", paramLabel = "N", defaultValue = "200", description = "How many (${DEFAULT-VALUE}).")
        private int max;

        @Override
        JsonObject ask(Api api) throws ApiException {
            return api.get("/feed/dead?max=" + max);
        }

        @Override
        void print(JsonObject answer, PrintWriter out) {
            table(answer.getAsJsonArray("letters"), out, "messageId", "routingKey", "bytes", "reason");
            out.println(text(answer.get("total")) + " in all");
        }
    }
}
