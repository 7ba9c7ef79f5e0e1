package tavern.bench.plan;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "plan",
        description = "Computes how many machines so many players need, from what was measured (docs/SCALING.md).",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class PlanCommand implements Callable<Integer> {
    @Option(names = "--players", paramLabel = "N", description = "At the same time; default: ${DEFAULT-VALUE}.")
    private int players = 1_000_000;

    @Option(names = "--room", paramLabel = "N", description = "Players in a room; default: ${DEFAULT-VALUE}.")
    private int room = 20;

    @Option(names = "--moves", paramLabel = "RATE", description = "A second of a player; default: ${DEFAULT-VALUE}.")
    private double moves = 10;

    @Option(names = "--chats", paramLabel = "RATE", description = "A minute of a player; default: ${DEFAULT-VALUE}.")
    private double chats = 2;

    @Option(names = "--trades", paramLabel = "RATE", description = "A minute of a player; default: ${DEFAULT-VALUE}.")
    private double trades = 0.2;

    @Option(names = "--session", paramLabel = "MINUTES", description = "Of a login; default: ${DEFAULT-VALUE}.")
    private double session = 30;

    @Option(names = "--stay", paramLabel = "MINUTES", description = "In a room; default: ${DEFAULT-VALUE}.")
    private double stay = 10;

    @Option(names = "--tick-hz", paramLabel = "N", description = "As room.tick-hz; default: ${DEFAULT-VALUE}.")
    private int tickHz = 20;

    @Option(names = "--cores", paramLabel = "N", description = "Of a node; default: ${DEFAULT-VALUE}.")
    private int cores = 8;

    @Option(
            names = "--share",
            paramLabel = "SHARE",
            description = "Of a core's time that is planned to be used; default: ${DEFAULT-VALUE}.")
    private double share = 0.6;

    @Option(
            names = "--speed",
            paramLabel = "FACTOR",
            description = "Of a core, relative to the measured machine's; default: ${DEFAULT-VALUE}.")
    private double speed = 1;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandSpec own = spec;
        if (own == null) {
            throw new IllegalStateException("picocli sets the spec before it calls the command");
        }
        boolean isUsable = players > 0
                && room > 0
                && moves >= 0
                && chats >= 0
                && trades >= 0
                && session > 0
                && stay > 0
                && tickHz > 0
                && cores > 0
                && share > 0
                && share <= 1
                && speed > 0;
        if (!isUsable) {
            throw new ParameterException(own.commandLine(), "all numbers must be positive, and --share at most 1");
        }
        ExpectedPlay play = new ExpectedPlay(players, room, moves, chats, trades, session, stay, tickHz);
        ScalePlan plan = new ScalePlan(play, new Machines(cores, share, speed), UnitCosts.MEASURED);
        print(plan, own.commandLine().getOut());
        return 0;
    }

    private void print(ScalePlan plan, PrintWriter out) {
        out.println(String.format(
                Locale.ROOT,
                "%,d players: rooms of %d, %.1f moves/s, %.1f lines and %.2f trades a minute, %.0f min a session, %.0f min a room",
                players,
                room,
                moves,
                chats,
                trades,
                session,
                stay));
        out.println(String.format(
                Locale.ROOT,
                "nodes of %d cores, used to %.0f %%, %.1f times as fast as the measured ones",
                cores,
                share * 100,
                speed));
        for (ScalePlan.Line line : plan.lines()) {
            String amount = String.format(Locale.ROOT, line.amount() < 100 ? "%,.1f" : "%,.0f", line.amount());
            out.println(String.format(Locale.ROOT, "  %-34s %16s %s", line.what(), amount, line.unit())
                    .stripTrailing());
        }
        out.println("computed from what was measured on two cores; nothing of this size was run");
        out.flush();
    }
}
