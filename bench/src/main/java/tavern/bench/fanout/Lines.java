package tavern.bench.fanout;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import tavern.bench.Cores;

/** Prints lines of tables, with a decimal point in numbers whatever the machine's locale. */
final class Lines {
    private Lines() {}

    static void print(PrintWriter out, String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }

    /** Formats a number; a dash stands for what was not measured. */
    static String number(String format, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "-";
    }

    /** Prints what is measured when players in rooms of {@link MovesBenchmark#ROOM_SIZE} move. */
    static void printMoves(PrintWriter out, String kind, Cores cores) {
        print(
                out,
                "%s: rooms of %d, %.0f moves a second from each player, 20 Hz; %s",
                kind,
                MovesBenchmark.ROOM_SIZE,
                MovesBenchmark.RATES.moves(),
                cores.text());
    }

    /** Prints how it is measured. @param turns what takes turns in a round, in words */
    static void printRounds(PrintWriter out, int players, int rounds, String turns, Duration window, Duration warmUp) {
        print(
                out,
                "%,d players; medians of %d rounds %s, %.1f s each after %.1f s of warming up",
                players,
                rounds,
                turns,
                window.toMillis() / 1e3,
                warmUp.toMillis() / 1e3);
    }
}
