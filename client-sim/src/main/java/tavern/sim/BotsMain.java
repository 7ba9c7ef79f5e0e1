package tavern.sim;

import java.io.PrintWriter;
import picocli.CommandLine;

/**
 * The command line of {@code bin/bots}. Exit codes: 0 all checks passed, 1 a check failed, 2 wrong usage, 3 the server
 * cannot be reached.
 */
public final class BotsMain {
    private BotsMain() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    public static CommandLine commandLine() {
        return commandLine(Meanwhile.NOTHING);
    }

    public static CommandLine commandLine(Meanwhile meanwhile) {
        CommandLine line = new CommandLine(new BotsCommand(meanwhile));
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            PrintWriter err = command.getErr();
            err.println(command.getCommandName() + ": " + failure.getMessage());
            return BotsCommand.EXIT_UNREACHABLE;
        });
        return line;
    }
}
