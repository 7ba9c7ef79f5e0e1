package tavern.bench.fanout;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tavern.bench.Bench;
import tavern.bench.Cores;

/**
 * The cost of an update with Colyseus, a server for Node.js of the same kind, over its own WebSockets, with its own state
 * and its own clients. It is installed from npm for the run, so it is measured only when asked for.
 *
 * @param report what its script prints
 */
record ColyseusPeer(JsonObject report) {
    /** Fewer than Tavern's, because its clients need more of a core; what an update costs depends on the room's size. */
    private static final int PLAYERS = 200;

    private static final String FILES = "bench/peers/colyseus";
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

    /** @throws IOException if npm or node is missing or fails; the message has its last words */
    static ColyseusPeer measure(Bench bench, Cores cores, Duration warmUp, Duration window)
            throws IOException, InterruptedException {
        Path folder = Files.createDirectory(bench.folder().resolve("colyseus"));
        try (Stream<Path> files = Files.list(bench.root().resolve(FILES))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        bench.progress().doing("installing Colyseus");
        run(bench, folder, List.of("npm", "ci", "--ignore-scripts"));
        bench.progress().doing("Colyseus");
        List<String> command = new ArrayList<>();
        if (!cores.load().isEmpty()) {
            command.addAll(List.of("taskset", "-c", cores.load()));
        }
        command.addAll(List.of("node", "measure.mjs"));
        command.addAll(List.of(
                Integer.toString(PLAYERS),
                Integer.toString(MovesBenchmark.ROOM_SIZE),
                Double.toString(MovesBenchmark.RATES.moves()),
                Double.toString(warmUp.toMillis() / 1e3),
                Double.toString(window.toMillis() / 1e3)));
        if (!cores.server().isEmpty()) {
            command.add(cores.server());
        }
        String printed = run(bench, folder, command).strip();
        try {
            return new ColyseusPeer(JsonParser.parseString(printed.substring(printed.lastIndexOf('\n') + 1))
                    .getAsJsonObject());
        } catch (JsonParseException | IllegalStateException e) {
            throw new IOException("Colyseus did not report figures but: " + printed, e);
        }
    }

    private static String run(Bench bench, Path folder, List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            while (process.isAlive()) {
                bench.stop().pass(POLL_INTERVAL);
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String printed = Files.readString(output);
        if (process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + printed);
        }
        return printed;
    }

    double microsPerUpdate() {
        return report.get("cpuMicros").getAsDouble() / report.get("updates").getAsDouble();
    }

    /** Of the updates that the moves should have caused; fewer when several moves fall into one patch. */
    double deliveredShare() {
        return report.get("updates").getAsDouble()
                / (report.get("moves").getAsDouble() * (MovesBenchmark.ROOM_SIZE - 1));
    }

    JsonObject json(double tavernMicros) {
        JsonObject json = report.deepCopy();
        json.addProperty("microsPerUpdate", Stats.round(microsPerUpdate(), 1e3));
        json.addProperty("ratio", Stats.round(microsPerUpdate() / tavernMicros, 1e2));
        return json;
    }

    /** @param tavernMicros what an update costs Tavern in the same run */
    void print(PrintWriter out, double tavernMicros) {
        Lines.print(
                out,
                "Colyseus %s on Node.js %s, %,d players: %.3f µs/update, %s times as much; %.0f %% of the updates seen",
                report.get("version").getAsString(),
                report.get("node").getAsString(),
                PLAYERS,
                microsPerUpdate(),
                String.format(Locale.ROOT, "%.1f", microsPerUpdate() / tavernMicros),
                deliveredShare() * 100);
    }
}
