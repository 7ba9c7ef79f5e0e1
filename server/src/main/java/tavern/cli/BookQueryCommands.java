package tavern.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that query the books: trades, items, players' timelines, and whether goods add up. */
public final class BookQueryCommands {
    /** All of them, to be registered with the command line. */
    public static final List<Class<?>> COMMANDS =
            List.of(Trades.class, Trade.class, Item.class, Timeline.class, Archived.class, Economy.class);

    private static final String PUBLISHED =
            "Its publication is PUBLISHED once it has left the outbox: for the broker, or for the dead letters.";

    private BookQueryCommands() {}

    private static String time(JsonObject row) {
        return Instant.ofEpochMilli(row.get("atMillis").getAsLong()).toString();
    }

    /** In words: {@code 30 gold, bow #17}. */
    private static String goods(JsonElement goods) {
        StringBuilder words = new StringBuilder();
        goods.getAsJsonObject()
                .getAsJsonObject("stacks")
                .entrySet()
                .forEach(stack -> comma(words)
                        .append(OpsCommand.text(stack.getValue()))
                        .append(' ')
                        .append(stack.getKey()));
        goods.getAsJsonObject()
                .getAsJsonObject("items")
                .entrySet()
                .forEach(item -> comma(words)
                        .append(OpsCommand.text(item.getValue()))
                        .append(" #")
                        .append(item.getKey()));
        return words.isEmpty() ? "nothing" : words.toString();
    }

    private static StringBuilder comma(StringBuilder words) {
        return words.isEmpty() ? words : words.append(", ");
    }

    /** In readable form: the time, and goods in words. */
    private static JsonObject readable(JsonElement trade) {
        JsonObject row = trade.getAsJsonObject().deepCopy();
        row.addProperty("at", time(row));
        row.addProperty("gave", goods(row.get("gave")));
        row.addProperty("got", goods(row.get("got")));
        return row;
    }

    @Command(
            name = "trades",
            description = {"Lists committed trades, the newest first.", PUBLISHED})
    static final class Trades extends OpsCommand {
        @Option(names = "--player", paramLabel = "NAME", description = "Trades of this player.")
        private @Nullable String player;

        @Option(names = "--item", paramLabel = "N", description = "Trades of this item.")
        private @Nullable Long item;

        @Option(names = "--before", paramLabel = "N", description = "Trades before this entry of the ledger.")
        private @Nullable Long before;

        @Option(names = "--max", paramLabel = "N", defaultValue = "50", description = "At most (${DEFAULT-VALUE}).")
        private int max;

        @Override
        JsonObject ask(Api api) throws ApiException {
            return api.get("/trades?max=" + max
                    + (player == null ? "" : "&player=" + Api.part(player))
                    + (item == null ? "" : "&item=" + item)
                    + (before == null ? "" : "&before=" + before));
        }

        @Override
        void print(JsonObject answer, PrintWriter out) {
            QueryCommands.table(
                    QueryCommands.map(answer.getAsJsonArray("trades"), BookQueryCommands::readable),
                    out,
                    "entry",
                    "at",
                    "room",
                    "proposer",
                    "gave",
                    "partner",
                    "got",
                    "publication",
                    "trade");
            if (answer.has("archived") && answer.get("archived").getAsBoolean()) {
                out.println("… older ones are in the archive: bin/server archived"
                        + (player == null ? "" : " --player=" + player) + (item == null ? "" : " --item=" + item));
            }
        }
    }

    @Command(
            name = "trade",
            description = {"Shows a trade with any outcome.", PUBLISHED})
    static final class Trade extends OpsCommand {
        @Parameters(paramLabel = "ID", description = "<proposer's number>-<uuid>")
        private String id = "";

        @Override
        JsonObject ask(Api api) throws ApiException {
            return api.get("/trades/" + Api.part(id));
        }

        @Override
        void print(JsonObject answer, PrintWriter out) {
            QueryCommands.pairs(readable(answer), out);
        }
    }

    @Command(name = "item", description = "Shows a unique item and how it came to its owner.")
    static final class Item extends OpsCommand {
        @Parameters(paramLabel = "N", description = "The item's number.")
        private long id;

        @Override
        JsonObject ask(Api api) throws ApiException {
            return api.get("/items/" + id);
        }

        @Override
        void print(JsonObject answer, PrintWriter out) {
            QueryCommands.pairs(answer, out);
            out.println();
            QueryCommands.table(steps(answer), out, "entry", "at", "how", "from", "to", "reference");
            if (answer.has("archived") && answer.get("archived").getAsBoolean()) {
                out.println("… earlier steps are in the archive: bin/server archived --item=" + id);
            }
        }

        private static JsonArray steps(JsonObject answer) {
            JsonArray steps = new JsonArray();
            long omitted = answer.get("omitted").getAsLong();
            for (JsonElement step : answer.getAsJsonArray("lineage")) {
                JsonObject row = step.getAsJsonObject().deepCopy();
                row.addProperty("at", time(row));
                steps.add(row);
                if (omitted > 0 && steps.size() == 1) {
                    JsonObject gap = new JsonObject();
                    gap.addProperty("at", "… " + omitted + " steps …");
                    steps.add(gap);
                }
            }
            return steps;
        }
    }

    @Command(name = "timeline", description = "Shows a player's history, the newest first.")
    static final class Timeline extends OpsCommand {
        @Parameters(paramLabel = "PLAYER")
        private String player = "";

        @Option(
                names = "--before",
                paramLabel = "TIME",
                converter = Moment.class,
                description = "Before this moment, as printed (2026-01-31T18:00:00.123Z) or in milliseconds.")
        private @Nullable Instant before;

        @Option(names = "--max", paramLabel = "N", defaultValue = "50", description = "At most (${DEFAULT-VALUE}).")
        private int max;

        /** A viewer's token is sufficient, but hides what operators did. */
        @Override
        String wantedRole() {
            return "moderator";
        }

        @Override
        JsonObject ask(Api api) throws ApiException {
            return api.get("/players/" + Api.part(player) + "/timeline?max=" + max
                    + (before == null ? "" : "&before=" + before.toEpochMilli()));
        }

        @Override
        void print(JsonObject answer, PrintWriter out) {
            for (JsonElement each : answer.getAsJsonArray("events")) {
                JsonObject event = each.getAsJsonObject();
                out.println(String.format(
                                Locale.ROOT,
                                "%s  %-12s  %-12s  %s  %s",
                                time(event),
                                text(event.get("what")),
                                text(event.get("room")),
                                text(event.get("text")),
                                text(event.get("reference")))
                        .stripTrailing());
            }
            long hidden = answer.get("hidden").getAsLong();
            if (hidden > 0) {
                out.println("! The token's role hides " + hidden + (hidden == 1 ? " event" : " events")
                        + " of this time:" + " operators' orders, and what was whispered, take a moderator's token.");
            }
            long next = answer.get("next").getAsLong();
            if (next > 0) {
                out.println("… more with --before=" + Instant.ofEpochMilli(next));
            }
            if (answer.has("archived") && answer.get("archived").getAsBoolean()) {
                out.println("… older entries of the ledger are in the archive: bin/server archived --player=" + player);
            }
        }
    }

    @Command(
            name = "archived",
            description =
                    "Shows entries of the ledger that are in the archive, the newest first. Reads the whole archive,"
                            + " some segments with each request.")
    static final class Archived extends OpsCommand {
        @Option(names = "--player", paramLabel = "NAME", description = "Entries of this player.")
        private @Nullable String player;

        @Option(names = "--item", paramLabel = "N", description = "Entries that moved this item.")
        private @Nullable Long item;

        @Option(names = "--trade", paramLabel = "ID", description = "<proposer's number>-<uuid>")
        private @Nullable String trade;

        @Option(names = "--max", paramLabel = "N", defaultValue = "50", description = "At most (${DEFAULT-VALUE}).")
        private int max;

        @Override
        JsonObject ask(Api api) throws ApiException {
            JsonArray entries = new JsonArray();
            JsonObject page;
            String from = "";
            do {
                page = api.get("/archive?max=" + (max - entries.size())
                        + (player == null ? "" : "&player=" + Api.part(player))
                        + (item == null ? "" : "&item=" + item)
                        + (trade == null ? "" : "&trade=" + Api.part(trade))
                        + from);
                entries.addAll(page.getAsJsonArray("entries"));
                JsonObject next = page.getAsJsonObject("next");
                from = next == null ? "" : "&segment=" + next.get("segment") + "&skip=" + next.get("skip");
            } while (!from.isEmpty() && entries.size() < max);
            page.add("entries", entries);
            return page;
        }

        @Override
        void print(JsonObject answer, PrintWriter out) {
            for (JsonElement each : answer.getAsJsonArray("entries")) {
                JsonObject entry = each.getAsJsonObject();
                for (JsonElement leg : entry.getAsJsonArray("legs")) {
                    JsonObject moved = leg.getAsJsonObject();
                    out.println(String.format(
                            Locale.ROOT,
                            "%s  %-8s  %s -> %s  %s  %s",
                            time(entry),
                            text(entry.get("position")),
                            text(moved.get("from")),
                            text(moved.get("to")),
                            goods(moved.get("goods")),
                            text(entry.get("id"))));
                }
            }
            if (answer.has("next")) {
                out.println("… more with a larger --max");
            }
        }
    }

    /** Parses a time as it is printed, or as the API gives it. */
    static final class Moment implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            return text.matches("[0-9]+") ? Instant.ofEpochMilli(Long.parseLong(text)) : Instant.parse(text);
        }
    }

    @Command(
            name = "economy",
            description = "Shows whether goods add up; exits with 1 if they do not or the server cannot be reached, and"
                    + " with 2 while nothing has been checked yet.")
    static final class Economy extends OpsCommand {
        private static final int NOT_CHECKED = 2;

        @Override
        JsonObject ask(Api api) throws ApiException {
            return api.get("/economy");
        }

        @Override
        void print(JsonObject answer, PrintWriter out) {
            answer.getAsJsonArray("problems").forEach(problem -> out.println("! " + text(problem)));
            QueryCommands.pairs(answer, out);
            out.println();
            QueryCommands.table(answer.getAsJsonArray("kinds"), out, "kind", "granted", "held", "difference");
        }

        @Override
        int exitCode(JsonObject answer) {
            if (!answer.get("checked").getAsBoolean()) {
                return NOT_CHECKED;
            }
            return answer.get("holds").getAsBoolean() ? 0 : 1;
        }
    }
}
