package tavern.cli;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** Lists the games of a server. */
@Command(
        name = "games",
        description = "Lists the games that the server has loaded, with the types of rooms they are in.",
        subcommands = GamesReload.class)
public final class GamesCommand extends OpsCommand {
    @Override
    JsonObject ask(Api api) throws ApiException {
        return api.get("/games");
    }

    @Override
    void print(JsonObject answer, PrintWriter out) {
        QueryCommands.table(
                QueryCommands.map(answer.getAsJsonArray("games"), row -> words(row.getAsJsonObject())),
                out,
                "game",
                "jar",
                "version",
                "loaded",
                "rooms");
    }

    private static JsonObject words(JsonObject row) {
        JsonObject rooms = row.getAsJsonObject("rooms");
        row.addProperty(
                "rooms",
                rooms.size() == 0
                        ? "no type in games.types"
                        : rooms.entrySet().stream()
                                .map(type -> type.getKey() + ": " + type.getValue())
                                .collect(Collectors.joining(", ")));
        row.addProperty(
                "loaded",
                Instant.ofEpochMilli(row.get("loadedMillis").getAsLong()).toString());
        return row;
    }
}
