package tavern.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Jazzer on one target, in a process of its own. What it has learned stays in the target's folder, so that a later run
 * goes on from there.
 */
final class FuzzRun {
    private static final int INPUT_BYTES_MAX = 8 * 1024;
    private static final int INPUT_SECONDS_MAX = 20;
    /** For what comes before and after the search. */
    private static final int PATIENCE_SECONDS = 180;

    /** The names of inputs with which a target failed. */
    private static final String INPUT = "(crash|timeout|oom|leak)-[0-9a-f]+";

    private static final String REPRODUCER = "Crash_\\w+\\.java";

    private static final String EXECUTED = "stat::number_of_executed_units:";

    private final FuzzTarget target;
    private final Path folder;

    /**
     * @param inputs how many were tried
     * @param found the input with which the target failed, or null
     * @param log all that Jazzer has said
     */
    record Result(long inputs, @Nullable Path found, Path log) {}

    FuzzRun(FuzzTarget target, Path root) {
        this.target = target;
        this.folder = root.resolve(target.name());
    }

    /** @throws IOException also when Jazzer could not do its work; the message names its log */
    Result run(long seconds) throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(folder.resolve("corpus"));
        List<byte[]> seeds = target.seeds();
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(corpus.resolve("seed-" + i), seeds.get(i));
        }
        // Of a run that was ended in the middle.
        found();
        Path log = folder.resolve("log");
        Process jazzer = new ProcessBuilder(command(corpus, seconds))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Thread ending = new Thread(jazzer::destroy);
        Runtime.getRuntime().addShutdownHook(ending);
        boolean ended = jazzer.waitFor(seconds + PATIENCE_SECONDS, TimeUnit.SECONDS);
        Runtime.getRuntime().removeShutdownHook(ending);
        if (!ended) {
            jazzer.destroyForcibly();
            throw new IOException("Jazzer has not ended in time; see " + log);
        }
        int code = jazzer.exitValue();
        Path found = found();
        long inputs = inputs(log);
        if (found == null && (code != 0 || inputs == 0)) {
            throw new IOException("Jazzer ended with " + code + " after " + inputs + " inputs; see " + log);
        }
        return new Result(inputs, found, log);
    }

    private List<String> command(Path corpus, long seconds) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx1g",
                "-ea",
                "-D" + JazzerEntry.TARGET + "=" + target.name()));
        if (Runtime.version().feature() >= 21) {
            command.add("-XX:+EnableDynamicAgentLoading");
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + JazzerEntry.class.getName(),
                // What is not instrumented cannot lead to new inputs. Jazzer's own checks, as for injections of SQL,
                // are
                // left out: they would cost every class that is loaded.
                "--instrumentation_includes=tavern.server.**:tavern.engine.**:io.netty.handler.codec.**:org.jose4j.**"
                        + ":com.typesafe.config.impl.**",
                "--custom_hook_excludes=**",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + "/",
                "-max_total_time=" + seconds,
                "-max_len=" + INPUT_BYTES_MAX,
                "-timeout=" + INPUT_SECONDS_MAX,
                "-print_final_stats=1",
                corpus.toString()));
        return command;
    }

    /**
     * The newest input that failed, hung or used too much memory. All of them are moved to where the next run leaves them,
     * with the programs that Jazzer has written to repeat them.
     */
    @Nullable
    Path found() throws IOException {
        Path kept = Files.createDirectories(folder.resolve("found"));
        Path newest = null;
        for (Path file : files()) {
            String name = file.getFileName().toString();
            boolean isInput = name.matches(INPUT);
            if (isInput || name.matches(REPRODUCER)) {
                Path moved = Files.move(file, kept.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                if (isInput && (newest == null || isNewer(moved, newest))) {
                    newest = moved;
                }
            }
        }
        return newest;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static boolean isNewer(Path one, Path other) throws IOException {
        return Files.getLastModifiedTime(one).compareTo(Files.getLastModifiedTime(other)) > 0;
    }

    private static long inputs(Path log) {
        try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.ISO_8859_1)) {
            return lines.lines()
                    .filter(line -> line.startsWith(EXECUTED))
                    .mapToLong(line ->
                            Long.parseLong(line.substring(EXECUTED.length()).strip()))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
