package tavern.bench;

import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "jmh",
        description = "Measures inner parts one at a time: nanoseconds and bytes of garbage per call.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class JmhCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PATTERN",
            defaultValue = "tavern.bench.inner",
            description = "Parts by name: decodeMove, applyMove, decodeAndApplyMove, snapshotOf20; default: all.")
    private String pattern = "";

    @Option(names = "--quick", description = "Takes fewer and shorter measurements.")
    private boolean quick;

    @Override
    public Integer call() throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(pattern)
                .forks(quick ? 1 : 2)
                .warmupIterations(quick ? 2 : 5)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(quick ? 2 : 5)
                .measurementTime(TimeValue.seconds(1))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true);
        boolean found = !new Runner(options.build()).run().isEmpty();
        return found ? 0 : 1;
    }
}
