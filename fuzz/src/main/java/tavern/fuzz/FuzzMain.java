package tavern.fuzz;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line of {@code bin/fuzz}. Exit codes: 0 nothing was found, 1 something was found or failed, 2 wrong usage. */
@Command(
        name = "fuzz",
        description = "Looks for inputs with which a part of Tavern that reads untrusted bytes breaks its promises.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:nothing was found", "1:an input was found, or the search failed", "2:wrong usage"})
public final class FuzzMain implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "TARGET",
            description = "What to search; all of them in turn unless given.")
    private @Nullable String target;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "1",
            description = "How long to search each target; ${DEFAULT-VALUE}, fractions are allowed.")
    private double minutes;

    @Option(names = "--replay", paramLabel = "FILE", description = "Only runs the target with this one input.")
    private @Nullable Path replay;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description = "Where what was learned and found is kept; target/fuzz unless given.")
    private @Nullable Path folder;

    private FuzzMain() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new FuzzMain());
        String targets = FuzzTargets.names().stream()
                .map(name -> {
                    try (FuzzTarget each = FuzzTargets.of(name)) {
                        return "  %-12s %s".formatted(name, each.describe());
                    }
                })
                .collect(Collectors.joining("%n"));
        line.getCommandSpec().usageMessage().footer("%nTargets:", targets);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println("fuzz: " + failure.getMessage());
            return 1;
        });
        return line;
    }

    @Override
    public Integer call() throws Exception {
        if (!(minutes > 0)) {
            throw new ParameterException(spec.commandLine(), "--minutes must be more than 0");
        }
        List<String> names = target == null ? FuzzTargets.names() : List.of(target);
        if (!FuzzTargets.names().containsAll(names)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "there is no target " + target + "; there are " + String.join(", ", FuzzTargets.names()));
        }
        if (replay != null) {
            if (target == null) {
                throw new ParameterException(spec.commandLine(), "--replay needs a target");
            }
            return replay(target, replay);
        }
        boolean found = false;
        for (String name : names) {
            found |= search(name);
        }
        return found ? 1 : 0;
    }

    private int replay(String name, Path file) throws IOException {
        byte[] input = Files.readAllBytes(file);
        try (FuzzTarget each = FuzzTargets.of(name)) {
            each.run(input);
        } catch (Exception | AssertionError e) {
            e.printStackTrace(spec.commandLine().getErr());
            return 1;
        }
        spec.commandLine().getOut().println(file + ": " + name + " keeps its promises");
        return 0;
    }

    /** Returns whether something was found. */
    private boolean search(String name) throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Path root = folder == null ? Path.of(System.getProperty("tavern.root", ""), "target", "fuzz") : folder;
        long seconds = Math.max(1, Math.round(minutes * TimeUnit.MINUTES.toSeconds(1)));
        try (FuzzTarget each = FuzzTargets.of(name)) {
            out.printf("%-12s %s: %,d s…%n", name, each.describe(), seconds);
            FuzzRun.Result result = new FuzzRun(each, root.toAbsolutePath()).run(seconds);
            if (result.found() == null) {
                out.printf("%-12s %,d inputs, nothing found%n", name, result.inputs());
                return false;
            }
            out.printf(
                    "%-12s FOUND: %s%n%-12s its stack trace is in %s; bin/fuzz %s --replay FILE runs it again%n",
                    name, result.found(), "", result.log(), name);
            return true;
        }
    }
}
