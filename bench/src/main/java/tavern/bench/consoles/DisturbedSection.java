package tavern.bench.consoles;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import tavern.bench.Section;

/** Medians of the windows in which something disturbed the players beside those of the windows without. */
final class DisturbedSection implements Section {
    /**
     * What disturbs the players.
     *
     * @param key the section's name in the report
     * @param title for people
     * @param work what else is done, which is counted
     * @param judged the figures whose ratio has an aim
     * @param ratioMax the aim
     */
    record Disturbance(String key, String title, String work, List<String> judged, double ratioMax) {}

    private final Map<String, ToDoubleFunction<PlayWindow>> figures = new LinkedHashMap<>();
    private final Disturbance disturbance;
    private final Play play;
    private final Duration length;
    private final List<PlayWindow> with;
    private final List<PlayWindow> without;

    DisturbedSection(Disturbance disturbance, Play play, Duration length, List<PlayWindow> windows) {
        this.disturbance = disturbance;
        this.play = play;
        this.length = length;
        with = windows.stream().filter(PlayWindow::disturbed).toList();
        without = windows.stream().filter(window -> !window.disturbed()).toList();
        figures.put("move p50 ms", window -> window.move().p50());
        figures.put("move p99 ms", window -> window.move().p99());
        figures.put("chat p50 ms", window -> window.chat().p50());
        figures.put("chat p99 ms", window -> window.chat().p99());
        figures.put("trade p99 ms", window -> window.trade().p99());
        figures.put("server's cores", PlayWindow::serverCpu);
        figures.put("bots' cores", PlayWindow::benchCpu);
        figures.put(disturbance.work() + " a second", PlayWindow::others);
    }

    @Override
    public String key() {
        return disturbance.key();
    }

    /** The ratio of a figure while players were disturbed to that without. */
    private double ratio(String figure) {
        ToDoubleFunction<PlayWindow> of = Objects.requireNonNull(figures.get(figure));
        return PlayWindow.median(with, of) / PlayWindow.median(without, of);
    }

    private boolean isMet(String figure) {
        return ratio(figure) <= disturbance.ratioMax();
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("players", play.players());
        json.addProperty("rooms", play.rooms());
        json.addProperty("movesPerSecond", play.moveRate());
        json.addProperty("chatsPerSecond", play.chatRate());
        json.addProperty("offersPerSecond", play.tradeRate());
        json.addProperty("windowSeconds", length.toMillis() / 1e3);
        JsonObject ratios = new JsonObject();
        disturbance.judged().forEach(figure -> ratios.addProperty(figure, rounded(ratio(figure))));
        json.add("ratios", ratios);
        json.addProperty("ratioMax", disturbance.ratioMax());
        json.addProperty("met", disturbance.judged().stream().allMatch(this::isMet));
        json.add("with", json(with));
        json.add("without", json(without));
        return json;
    }

    private JsonObject json(List<PlayWindow> windows) {
        JsonObject json = new JsonObject();
        figures.forEach((name, figure) -> {
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
                "%s: %,d players in %d rooms; each moves %.1f, chats %.2f and offers %.2f times a second",
                disturbance.key(),
                play.players(),
                play.rooms(),
                play.moveRate(),
                play.chatRate(),
                play.tradeRate());
        line(
                out,
                "medians of %d windows of %.0f s with %s and as many without, in turn, with lowest-highest",
                with.size(),
                length.toMillis() / 1e3,
                disturbance.title());
        line(out, "");
        line(out, "%-18s %10s %17s %10s %17s %8s", "", "without", "", "with", "", "ratio");
        figures.forEach((name, figure) -> {
            if (name.startsWith("chat") && play.chatRate() == 0) {
                return;
            }
            double before = PlayWindow.median(without, figure);
            double after = PlayWindow.median(with, figure);
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
        for (String figure : disturbance.judged()) {
            line(
                    out,
                    "players' %s with %s is %.3f of that without; at most %.2f: %s",
                    figure,
                    disturbance.title(),
                    ratio(figure),
                    disturbance.ratioMax(),
                    isMet(figure) ? "met" : "missed");
        }
    }

    private static String range(List<PlayWindow> windows, ToDoubleFunction<PlayWindow> figure) {
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
