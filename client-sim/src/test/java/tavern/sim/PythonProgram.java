package tavern.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A program of {@code clients/python}, in a process of its own, with the code that protoc makes of the schema. */
final class PythonProgram implements AutoCloseable {
    private static final Path PROGRAMS = Path.of("../clients/python").toAbsolutePath();
    private static final Path SCHEMA = Path.of("../protocol/src/main/proto").toAbsolutePath();
    private static final Path GENERATED = Path.of("target/python").toAbsolutePath();

    /** The first that has protobuf runs the programs; the second is Debian's, whatever else is installed. */
    private static final List<String> INTERPRETERS = List.of("python3", "/usr/bin/python3");

    private static @Nullable String interpreter;

    private final Process process;
    private final Path complaints;

    private PythonProgram(Process process, Path complaints) {
        this.process = process;
        this.complaints = complaints;
    }

    static synchronized PythonProgram start(Path folder, String program, String... arguments) throws Exception {
        if (interpreter == null) {
            interpreter = findInterpreter();
            generate();
        }
        List<String> command = new ArrayList<>(List.of(interpreter, "-B", PROGRAMS.resolve(program).toString()));
        command.addAll(List.of(arguments));
        Path complaints = folder.resolve(program + ".stderr");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(complaints.toFile());
        builder.environment().put("PYTHONPATH", GENERATED.toString());
        builder.environment().put("PYTHONUTF8", "1");
        return new PythonProgram(builder.start(), complaints);
    }

    private static String findInterpreter() throws Exception {
        for (String candidate : INTERPRETERS) {
            if (run(candidate, "-c", "import sys, google.protobuf; assert sys.version_info >= (3, 11)") == 0) {
                return candidate;
            }
        }
        throw new IllegalStateException(
                "no Python 3.11 with protobuf: apt-get install python3-protobuf protobuf-compiler");
    }

    private static void generate() throws Exception {
        Files.createDirectories(GENERATED);
        List<String> protoc = new ArrayList<>(List.of("protoc", "-I" + SCHEMA, "--python_out=" + GENERATED));
        try (Stream<Path> files = Files.walk(SCHEMA)) {
            files.filter(file -> file.toString().endsWith(".proto")).forEach(file -> protoc.add(file.toString()));
        }
        assertThat(run(protoc.toArray(String[]::new))).as("exit code of %s", protoc).isZero();
    }

    private static int run(String... command) throws Exception {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } catch (IOException e) {
            return -1;
        }
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
