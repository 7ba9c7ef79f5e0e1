package tavern.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A player's program in another language, in a process of its own. */
final class ClientProgram implements AutoCloseable {
    private final Process process;
    private final Path complaints;

    private ClientProgram(Process process, Path complaints) {
        this.process = process;
        this.complaints = complaints;
    }

    /** @param complaints the file for what the program writes to stderr */
    static ClientProgram start(Path complaints, Map<String, String> environment, List<String> command)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(complaints.toFile());
        builder.environment().putAll(environment);
        return new ClientProgram(builder.start(), complaints);
    }

    /** Waits for a line; null when the program has ended. */
    @Nullable
    String line() throws IOException {
        return output().readLine();
    }

    private BufferedReader output() {
        return process.inputReader(UTF_8);
    }

    /** Ends the program's input, waits for its end, and returns what else it printed. Fails if the program did. */
    List<String> end() throws Exception {
        process.getOutputStream().close();
        List<String> rest = output().lines().toList();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as("%s%n%s", rest, Files.readString(complaints))
                .isZero();
        return rest;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
