package tavern.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of {@code client-web/test} in Node to its end. */
final class NodeProgram {
    private static final Path PROGRAMS = Path.of("target", "test", "test");

    private NodeProgram() {}

    /** How a program ended, and what it printed. */
    record Ended(int exit, String output) {}

    /** @param patience the program is killed after this time */
    static Ended run(Path folder, Duration patience, String program, Object... arguments)
            throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        List<String> command =
                new ArrayList<>(List.of("node", PROGRAMS.resolve(program).toString()));
        for (Object argument : arguments) {
            command.add(String.valueOf(argument));
        }
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IOException(
                    program + " has not ended within " + patience + ": " + Files.readString(output, UTF_8));
        }
        return new Ended(process.exitValue(), Files.readString(output, UTF_8));
    }
}
