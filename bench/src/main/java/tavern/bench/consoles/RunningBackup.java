package tavern.bench.consoles;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import tavern.bench.OpsApi;
import tavern.bench.Stop;

/** A backup that a server is making. */
final class RunningBackup {
    private static final String PATH = "/api/v1/backup";
    private static final Set<String> RUNNING = Set.of("COPYING", "CHECKING");
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

    private final OpsApi ops;
    private final Path file;

    private RunningBackup(OpsApi ops, Path file) {
        this.ops = ops;
        this.file = file;
    }

    /** @param ops of an admin @param file in the server's folder for backups; must not exist */
    static RunningBackup begin(OpsApi ops, Path file) throws IOException, InterruptedException {
        JsonObject order = new JsonObject();
        order.addProperty("file", file.getFileName().toString());
        order.addProperty("reason", "bin/bench");
        ops.post(PATH, order.toString());
        return new RunningBackup(ops, file);
    }

    private JsonObject state() throws IOException, InterruptedException {
        return JsonParser.parseString(ops.get(PATH)).getAsJsonObject();
    }

    private static boolean isRunning(JsonObject state) {
        return RUNNING.contains(state.get("phase").getAsString());
    }

    /** @throws IOException if the backup has ended already, so that a window would not show what it costs */
    long doneBytes() throws IOException, InterruptedException {
        JsonObject state = state();
        if (!isRunning(state)) {
            throw new IOException("the backup ended before the window did: " + state);
        }
        return state.get("doneBytes").getAsLong();
    }

    /** Blocks until the copy is complete and checked, and removes it. */
    void finish(Stop stop) throws IOException, InterruptedException {
        JsonObject state = state();
        while (isRunning(state)) {
            stop.pass(POLL_INTERVAL);
            state = state();
        }
        if (!"DONE".equals(state.get("phase").getAsString())) {
            throw new IOException("the backup failed: " + state);
        }
        Files.delete(file);
    }
}
