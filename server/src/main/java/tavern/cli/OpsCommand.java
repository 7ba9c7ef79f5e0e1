package tavern.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The common part of all commands that use a running server. */
@Command(mixinStandardHelpOptions = true)
abstract class OpsCommand implements Callable<Integer> {
    private static final int FAILED = 1;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ApiOptions api = new ApiOptions();

    @Option(names = "--json", description = "Print the server's answer unchanged.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            JsonObject answer = ask(api.open(wantedRole(), role()));
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

    /** The name of the role that the command requires. */
    String role() {
        return "viewer";
    }

    /** The role whose answer contains more, used if there is a token for it. */
    String wantedRole() {
        return role();
    }

    int exitCode(JsonObject answer) {
        return 0;
    }

    /** Replaces control characters, so that players' texts cannot control the terminal. */
    static String text(@Nullable JsonElement value) {
        String raw = value == null || value.isJsonNull()
                ? "-"
                : value.isJsonPrimitive() ? value.getAsString() : value.toString();
        return printable(raw);
    }

    static String printable(String raw) {
        return raw.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    }
}
