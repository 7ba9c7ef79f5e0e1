package tavern.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Starts programs of {@code clients/python}, with the code that protoc makes of the schema. */
final class PythonProgram {
    private static final Path PROGRAMS = Path.of("../clients/python").toAbsolutePath();
    private static final Path SCHEMA = Path.of("../protocol/src/main/proto").toAbsolutePath();
    private static final Path GENERATED = Path.of("target/python").toAbsolutePath();

    /** The first that has protobuf runs the programs; the second is Debian's, whatever else is installed. */
    private static final List<String> INTERPRETERS = List.of("python3", "/usr/bin/python3");

    private static @Nullable String interpreter;

    private PythonProgram() {}

    static synchronized ClientProgram start(Path folder, String program, String... arguments) throws Exception {
        String python = interpreter;
        if (python == null) {
            python = findInterpreter();
            generate();
            interpreter = python;
        }
        List<String> command =
                new ArrayList<>(List.of(python, "-B", PROGRAMS.resolve(program).toString()));
        command.addAll(List.of(arguments));
        return ClientProgram.start(
                folder.resolve(program + ".stderr"),
                Map.of("PYTHONPATH", GENERATED.toString(), "PYTHONUTF8", "1"),
                command);
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
        assertThat(run(protoc.toArray(String[]::new)))
                .as("exit code of %s; it is in the package protobuf-compiler", protoc)
                .isZero();
    }

    /** Returns the exit code; -1 when there is no such program. */
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
}
