package tavern.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "erase",
        description = {
            "Erases a banned player's name, and the chat that the player wrote or that names the player.",
            "Goods and ledger stay, under the player's number. Cannot be undone."
        })
final class PlayerErase extends ChangeCommand {
    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Option(names = "--confirm", split = ",", paramLabel = "WHAT", description = "erase: that it is intended.")
    private List<String> confirm = List.of();

    @Override
    String role() {
        return "admin";
    }

    @Override
    String path() {
        return "/players/" + Api.part(name) + "/erase";
    }

    @Override
    void fill(JsonObject body) {
        JsonArray confirmed = new JsonArray();
        confirm.forEach(confirmed::add);
        body.add("confirm", confirmed);
    }
}
