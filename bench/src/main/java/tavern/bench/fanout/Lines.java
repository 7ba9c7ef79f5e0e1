package tavern.bench.fanout;

import java.io.PrintWriter;
import java.util.Locale;

/** Lines of a table, with points in numbers whatever the machine's language. */
final class Lines {
    private Lines() {}

    static void print(PrintWriter out, String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
