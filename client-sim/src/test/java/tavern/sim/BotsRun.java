package tavern.sim;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** Runs {@code bin/bots} in the test's process. */
public final class BotsRun {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** Runs the bots to the end and returns the exit code. */
    public int on(int port, String... arguments) {
        return on(List.of(port), arguments);
    }

    /** Runs the bots on several servers of a realm. */
    public int on(List<Integer> ports, String... arguments) {
        CommandLine line = BotsMain.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        String[] all = new String[arguments.length + 1];
        all[0] = "--server=" + ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return line.execute(all);
    }

    /** Everything that was printed, for the message of a failing test. */
    public String output() {
        return out + "\n" + err;
    }

    String errors() {
        return err.toString();
    }

    public static JsonObject report(Path file) throws IOException {
        return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    }
}
