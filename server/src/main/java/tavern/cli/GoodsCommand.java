package tavern.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that create goods or take them back. */
public abstract class GoodsCommand extends ChangeCommand {
    /** All of them, to be registered with the command line. */
    public static final List<Class<?>> COMMANDS = List.of(Grant.class, Revoke.class);

    @Parameters(index = "0", paramLabel = "PLAYER")
    private String player = "";

    @Option(names = "--stack", paramLabel = "KIND=COUNT", description = "A kind and a count; as often as needed.")
    private Map<String, Long> stacks = new LinkedHashMap<>();

    @Option(
            names = "--key",
            required = true,
            paramLabel = "TEXT",
            description = "Makes the command take effect once: repeating it, after an error, changes nothing more.")
    private String key = "";

    @Override
    final String role() {
        return "admin";
    }

    final String path(String action) {
        return "/players/" + Api.part(player) + "/" + action;
    }

    @Override
    void fill(JsonObject body) {
        JsonObject counts = new JsonObject();
        stacks.forEach(counts::addProperty);
        body.add("stacks", counts);
        body.addProperty("key", key);
    }

    @Command(name = "grant", description = "Creates goods for a player, as an entry in the ledger.")
    static final class Grant extends GoodsCommand {
        @Option(
                names = "--item",
                paramLabel = "KIND",
                description = "Kind of a unique item to create; as often as needed.")
        private List<String> items = List.of();

        @Option(
                names = "--confirm",
                split = ",",
                paramLabel = "WHAT",
                description = "new-kind, large-amount: what the refusal asks to confirm.")
        private List<String> confirm = List.of();

        @Override
        String path() {
            return path("grant");
        }

        @Override
        void fill(JsonObject body) {
            super.fill(body);
            JsonArray kinds = new JsonArray();
            items.forEach(kinds::add);
            body.add("items", kinds);
            JsonArray confirmed = new JsonArray();
            confirm.forEach(confirmed::add);
            body.add("confirm", confirmed);
        }
    }

    @Command(name = "revoke", description = "Takes goods back from a player.")
    static final class Revoke extends GoodsCommand {
        @Option(names = "--item", paramLabel = "N", description = "A unique item's number; as often as needed.")
        private List<Long> items = List.of();

        @Override
        String path() {
            return path("revoke");
        }

        @Override
        void fill(JsonObject body) {
            super.fill(body);
            JsonArray ids = new JsonArray();
            items.forEach(ids::add);
            body.add("items", ids);
        }
    }
}
