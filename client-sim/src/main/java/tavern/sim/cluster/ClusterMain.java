package tavern.sim.cluster;

import picocli.CommandLine;

/** The command line of {@code bin/cluster}. Exit codes: those of the bots; 3 also when something cannot be started. */
public final class ClusterMain {
    private static final int CANNOT = 3;

    private ClusterMain() {}

    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new ClusterCommand());
        // What is not this command's own is for the bots.
        line.setUnmatchedArgumentsAllowed(true);
        line.setUnmatchedOptionsArePositionalParams(true);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println(command.getCommandName() + ": " + failure.getMessage());
            return CANNOT;
        });
        System.exit(line.execute(arguments));
    }
}
