package tavern.sim.games;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import tavern.sim.bots.BotSettings;
import tavern.sim.measure.Percentiles;
import tavern.sim.oracle.Count;
import tavern.sim.oracle.Tally;

/** The report on a run of a game's bots; its component names are the names in the JSON. */
public record GameBotReport(
        boolean ok,
        String game,
        String type,
        String run,
        long seed,
        int bots,
        int rooms,
        double durationSeconds,
        long connected,
        Turns turns,
        Sessions sessions,
        Map<String, Long> errors,
        long faultCount,
        List<String> faults) {
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().serializeNulls().create();

    /**
     * What the bots said to the game.
     *
     * @param done how many were carried out, in all
     * @param perSecond how many were carried out each second of the load
     * @param refused refusals, by error code
     * @param unanswered of these it is not known whether they were carried out
     * @param told messages of the game that the bots heard
     * @param latencyMs from saying something to hearing that it is durable, without those whose connection was lost meanwhile
     */
    public record Turns(
            long done,
            double perSecond,
            Map<String, Long> refused,
            long unanswered,
            long told,
            Percentiles latencyMs) {}

    /** Connections dropped on purpose and lost otherwise; sessions resumed and lost. */
    public record Sessions(long dropped, long disconnected, long resumed, long lost) {}

    static GameBotReport of(
            BotSettings settings,
            String type,
            String game,
            double seconds,
            long turnsInLoad,
            Tally tally,
            Histogram turnMicros) {
        long faults = 0;
        for (Count count : Count.values()) {
            faults += count.isFault() ? tally.get(count) : 0;
        }
        return new GameBotReport(
                faults == 0 && tally.get(Count.CONNECTED) == settings.bots(),
                game,
                type,
                settings.run(),
                settings.seed(),
                settings.bots(),
                settings.rooms(),
                seconds,
                tally.get(Count.CONNECTED),
                new Turns(
                        tally.get(Count.TURNS_DONE),
                        turnsInLoad / seconds,
                        tally.refusals(),
                        tally.get(Count.TURNS_UNANSWERED),
                        tally.get(Count.GAME_TOLD),
                        Percentiles.of(turnMicros)),
                new Sessions(
                        tally.get(Count.DROPS),
                        tally.get(Count.DISCONNECTS),
                        tally.get(Count.RESUMES),
                        tally.get(Count.SESSIONS_LOST)),
                tally.errors(),
                faults,
                tally.examples());
    }

    public String toJson() {
        return GSON.toJson(this) + "\n";
    }

    public void print(PrintWriter out) {
        Percentiles latency = turns.latencyMs();
        line(out, "");
        line(
                out,
                "%,d of %,d bots of %s in %,d rooms of type %s for %.1f s (seed %d, run %s)",
                connected,
                bots,
                game,
                rooms,
                type,
                durationSeconds,
                seed,
                run);
        line(out, "");
        line(out, "latency in ms      p50       p90       p99     p99.9       max");
        line(
                out,
                "turn       %9.2f %9.2f %9.2f %9.2f %9.2f",
                latency.p50(),
                latency.p90(),
                latency.p99(),
                latency.p999(),
                latency.max());
        line(out, "");
        line(
                out,
                "turns     %,.1f a second; %,d carried out, %,d refused, %,d unanswered; %,d messages heard",
                turns.perSecond(),
                turns.done(),
                turns.refused().values().stream().mapToLong(Long::longValue).sum(),
                turns.unanswered(),
                turns.told());
        line(
                out,
                "sessions  %,d dropped on purpose, %,d resumed, %,d lost; %,d unplanned disconnects",
                sessions.dropped(),
                sessions.resumed(),
                sessions.lost(),
                sessions.disconnected());
        line(out, "refused   turns %s; other errors %s", turns.refused(), errors);
        faults.forEach(fault -> line(out, "fault     %s", fault));
        line(out, "");
        line(out, "%s", ok ? "PASSED: all bots played, and none found a fault" : "FAILED: " + why());
        out.flush();
    }

    private String why() {
        return faultCount > 0
                ? "%,d faults".formatted(faultCount)
                : "%,d bots never came into their rooms".formatted(bots - connected);
    }

    @SuppressWarnings("AnnotateFormatMethod")
    private static void line(PrintWriter out, String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
