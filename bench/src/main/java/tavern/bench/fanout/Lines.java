package tavern.bench.fanout;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import tavern.bench.Cores;

/** Lines of a table, with points in numbers whatever the machine's language. */
final class Lines {
    private Lines() {}

    static void print(PrintWriter out, String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }

    /** As the format has it; a dash for what was not measured. */
    static String number(String format, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "-";
    }

    /** What is measured where players of {@link MovesBenchmark#ROOM_SIZE} in a room move. */
    static void printMoves(PrintWriter out, String kind, Cores cores) {
        print(
                out,
                "%s: rooms of %d, %.0f moves a second from each player, 20 Hz; %s",
                kind,
                MovesBenchmark.ROOM_SIZE,
                MovesBenchmark.RATES.moves(),
                cores.text());
    }

    /** How it is measured. @param turns whose, in words */
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
