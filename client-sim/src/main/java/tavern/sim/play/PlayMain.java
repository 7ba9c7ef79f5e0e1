package tavern.sim.play;

import picocli.CommandLine;

/** What {@code bin/play} runs, and {@code bin/demo --play} beside the server. Exit codes: 1 the page cannot be served, 2 wrong usage. */
public final class PlayMain {
    private PlayMain() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new PlayCommand());
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println(command.getCommandName() + ": " + failure.getMessage());
            return 1;
        });
        return line;
    }
}
