package tavern.bench.consoles;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import tavern.bench.Section;

/** Medians of the windows with consoles beside those of the windows without. */
final class ConsolesSection implements Section {
    /** By how much players' p99 may be worse with consoles. */
    static final double RATIO_MAX = 1.1;

    private static final Map<String, ToDoubleFunction<Window>> FIGURES = new LinkedHashMap<>();

    static {
        FIGURES.put("move p50 ms", window -> window.move().p50());
        FIGURES.put("move p99 ms", window -> window.move().p99());
        FIGURES.put("chat p50 ms", window -> window.chat().p50());
        FIGURES.put("chat p99 ms", window -> window.chat().p99());
        FIGURES.put("trade p99 ms", window -> window.trade().p99());
        FIGURES.put("server's cores", Window::serverCpu);
        FIGURES.put("bots' cores", Window::benchCpu);
        FIGURES.put("events a second", Window::events);
    }

    private final Play play;
    private final Duration length;
    private final List<Window> with;
    private final List<Window> without;

    ConsolesSection(Play play, Duration length, List<Window> windows) {
        this.play = play;
        this.length = length;
        with = windows.stream().filter(Window::withConsoles).toList();
        without = windows.stream().filter(window -> !window.withConsoles()).toList();
    }

    @Override
    public String key() {
        return "consoles";
    }

    /** Of the players' p99 with consoles to that without. */
    double ratio() {
        ToDoubleFunction<Window> p99 = window -> window.move().p99();
        return Window.median(with, p99) / Window.median(without, p99);
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("players", play.players());
        json.addProperty("rooms", play.rooms());
        json.addProperty("movesPerSecond", play.moveRate());
        json.addProperty("chatsPerSecond", play.chatRate());
        json.addProperty("offersPerSecond", play.tradeRate());
        json.addProperty("consoles", ConsolesBenchmark.VIEWS.size());
        json.addProperty("windowSeconds", length.toMillis() / 1e3);
        json.addProperty("p99Ratio", rounded(ratio()));
        json.addProperty("p99RatioMax", RATIO_MAX);
        json.addProperty("met", ratio() <= RATIO_MAX);
        json.add("with", json(with));
        json.add("without", json(without));
        return json;
    }

    private static JsonObject json(List<Window> windows) {
        JsonObject json = new JsonObject();
        FIGURES.forEach((name, figure) -> {
            JsonArray all = new JsonArray();
            windows.forEach(window -> all.add(rounded(figure.applyAsDouble(window))));
            json.add(name, all);
        });
        return json;
    }

    @Override
    public void print(PrintWriter out) {
        line(
                out,
                "consoles: %,d players in %d rooms; each moves %.1f, chats %.2f and offers %.2f times a second",
                play.players(),
                play.rooms(),
                play.moveRate(),
                play.chatRate(),
                play.tradeRate());
        line(
                out,
                "medians of %d windows of %.0f s with %d consoles and as many without, in turn; lowest-highest behind",
                with.size(),
                length.toMillis() / 1e3,
                ConsolesBenchmark.VIEWS.size());
        line(out, "");
        line(out, "%-18s %10s %17s %10s %17s %8s", "", "without", "", "with", "", "ratio");
        FIGURES.forEach((name, figure) -> {
            double before = Window.median(without, figure);
            double after = Window.median(with, figure);
            line(
                    out,
                    "%-18s %10.2f %17s %10.2f %17s %8s",
                    name,
                    before,
                    range(without, figure),
                    after,
                    range(with, figure),
                    before == 0 ? "" : String.format(Locale.ROOT, "%.3f", after / before));
        });
        line(out, "");
        line(
                out,
                "players' p99 (moves) with consoles is %.3f of that without; at most %.2f: %s",
                ratio(),
                RATIO_MAX,
                ratio() <= RATIO_MAX ? "met" : "missed");
    }

    private static String range(List<Window> windows, ToDoubleFunction<Window> figure) {
        return String.format(
                Locale.ROOT,
                "%.2f-%.2f",
                windows.stream().mapToDouble(figure).min().orElseThrow(),
                windows.stream().mapToDouble(figure).max().orElseThrow());
    }

    private static double rounded(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }

    private static void line(PrintWriter out, String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
