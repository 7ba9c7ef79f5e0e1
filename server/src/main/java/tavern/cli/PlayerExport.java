package tavern.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Collects all pages of what is kept about a player. */
@Command(name = "export", description = "Prints all that is kept about a player, as JSON.")
final class PlayerExport extends OpsCommand {
    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Override
    String role() {
        return "admin";
    }

    @Override
    JsonObject ask(Api api) throws ApiException {
        String path = "/players/" + Api.part(name) + "/export";
        JsonObject all = api.get(path);
        JsonArray entries = all.getAsJsonArray("entries");
        JsonElement next = all.remove("next");
        while (next != null && next.isJsonObject()) {
            JsonObject from = next.getAsJsonObject();
            JsonObject page = api.get(path + "?before=" + from.get("before").getAsLong() + "&number="
                    + from.get("number").getAsLong());
            entries.addAll(page.getAsJsonArray("entries"));
            next = page.get("next");
        }
        all.add("rooms", rooms(api, path + "/rooms"));
        return all;
    }

    private static JsonObject rooms(Api api, String path) throws ApiException {
        JsonObject all = api.get(path);
        String next = all.remove("next").getAsString();
        while (!next.isEmpty()) {
            JsonObject page = api.get(path + "?from=" + Api.part(next));
            for (String kind : List.of("places", "lines")) {
                all.getAsJsonArray(kind).addAll(page.getAsJsonArray(kind));
            }
            next = page.get("next").getAsString();
        }
        return all;
    }

    @Override
    void print(JsonObject answer, PrintWriter out) {
        out.println(new GsonBuilder().setPrettyPrinting().create().toJson(answer));
    }
}
