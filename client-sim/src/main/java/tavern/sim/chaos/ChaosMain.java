package tavern.sim.chaos;

import picocli.CommandLine;

/** The command line of {@code bin/chaos}. Exit codes: 0 nothing is lost, 1 something is, 2 wrong usage, 3 it could not run. */
public final class ChaosMain {
    private static final int CANNOT = 3;

    private ChaosMain() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new ChaosCommand()).setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println(command.getCommandName() + ": " + failure.getMessage());
            return CANNOT;
        });
        return line;
    }
}
