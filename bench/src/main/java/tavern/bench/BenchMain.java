package tavern.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import tavern.bench.consoles.BackupBenchmark;
import tavern.bench.consoles.ConsolesBenchmark;
import tavern.bench.costs.CostsBenchmark;
import tavern.bench.directory.DirectoryBenchmark;
import tavern.bench.fanout.ChatBenchmark;
import tavern.bench.fanout.ChoicesBenchmark;
import tavern.bench.fanout.ConnectionsBenchmark;
import tavern.bench.fanout.CoresBenchmark;
import tavern.bench.fanout.CrowdBenchmark;
import tavern.bench.fanout.MovesBenchmark;
import tavern.bench.fanout.ScenesBenchmark;
import tavern.bench.fanout.ServersBenchmark;
import tavern.bench.fanout.SlowReadersBenchmark;
import tavern.bench.lists.ListsBenchmark;
import tavern.bench.plan.PlanCommand;
import tavern.bench.trades.StoreGrowthBenchmark;
import tavern.bench.trades.TradesBenchmark;
import tavern.bench.trades.TransfersBenchmark;
import tavern.bench.trades.TurnsBenchmark;

/** The command line of {@code bin/bench}. Exit codes: 0 measured, 1 failed, 2 wrong usage. */
public final class BenchMain {
    /** The benchmarks, in the order in which {@code all} measures them. */
    private static final List<Benchmark> BENCHMARKS = List.of(
            new MovesBenchmark(),
            new CrowdBenchmark(),
            new ChatBenchmark(),
            new ConnectionsBenchmark(),
            new SlowReadersBenchmark(),
            new CoresBenchmark(),
            new ServersBenchmark(),
            new ChoicesBenchmark(),
            new TradesBenchmark(),
            new TurnsBenchmark(),
            new TransfersBenchmark(),
            new StoreGrowthBenchmark(),
            new ConsolesBenchmark(),
            new BackupBenchmark(),
            new ListsBenchmark(),
            new CostsBenchmark(),
            new DirectoryBenchmark(),
            new ScenesBenchmark());

    private BenchMain() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return commandLine(Path.of(System.getProperty("tavern.root", "")), BENCHMARKS);
    }

    static CommandLine commandLine(Path root, List<Benchmark> benchmarks) {
        CommandLine line = new CommandLine(new BenchCommand(root, benchmarks));
        line.addSubcommand(new JmhCommand());
        line.addSubcommand(new PlanCommand());
        line.getCommandSpec().usageMessage().footer(kinds(benchmarks));
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println(command.getCommandName() + ": " + oneLine(failure));
            return 1;
        });
        return line;
    }

    private static String[] kinds(List<Benchmark> benchmarks) {
        Stream<String> lines =
                benchmarks.stream().map(benchmark -> "  %-12s %s".formatted(benchmark.kind(), benchmark.description()));
        return Stream.concat(Stream.of("%nKinds:"), Stream.concat(lines, Stream.of("  all          all of them")))
                .toArray(String[]::new);
    }

    private static String oneLine(Exception failure) {
        String text = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
