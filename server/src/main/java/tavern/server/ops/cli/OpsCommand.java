package tavern.server.ops.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands have in common that ask a running server. */
@Command(mixinStandardHelpOptions = true)
abstract class OpsCommand implements Callable<Integer> {
    private static final int FAILED = 1;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--ops",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:7780",
            description = "The server's ops API (${DEFAULT-VALUE}).")
    private URI server = URI.create("http://127.0.0.1:7780");

    @Option(
            names = "--token-file",
            paramLabel = "F",
            defaultValue = "data/ops-tokens",
            description = "The server's tokens, or one token (${DEFAULT-VALUE}).")
    private Path tokens = Path.of("data/ops-tokens");

    @Option(names = "--json", description = "Print the server's answer as it is.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            JsonObject answer = ask(new Api(server, tokens, role()));
            if (json) {
                out.println(new GsonBuilder().setPrettyPrinting().create().toJson(answer));
            } else {
                print(answer, out);
            }
            return exitCode(answer);
        } catch (ApiException | IllegalArgumentException e) {
            err.println(e.getMessage());
            return FAILED;
        } finally {
            out.flush();
            err.flush();
        }
    }

    abstract JsonObject ask(Api api) throws ApiException;

    abstract void print(JsonObject answer, PrintWriter out);

    /** That it takes, by its name. */
    String role() {
        return "viewer";
    }

    int exitCode(JsonObject answer) {
        return 0;
    }

    /** What players wrote cannot steer a terminal. */
    static String text(@Nullable JsonElement value) {
        String raw = value == null || value.isJsonNull()
                ? "-"
                : value.isJsonPrimitive() ? value.getAsString() : value.toString();
        return raw.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    }
}
