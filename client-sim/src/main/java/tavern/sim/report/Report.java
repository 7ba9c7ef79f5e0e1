package tavern.sim.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.List;
import java.util.Map;
import tavern.sim.audit.AuditResult;
import tavern.sim.bots.RunResult;
import tavern.sim.measure.Percentiles;
import tavern.sim.measure.Second;
import tavern.sim.oracle.Count;
import tavern.sim.oracle.Tally;

/** The report; its component names are the names in the JSON. Latencies are in milliseconds. */
public record Report(
        boolean ok,
        String run,
        long seed,
        int bots,
        int rooms,
        double durationSeconds,
        double connectSeconds,
        long connected,
        long disconnects,
        Map<String, Long> errors,
        Moves moves,
        Sight sight,
        Chat chat,
        Trades trades,
        Sessions sessions,
        AuditResult audit,
        List<String> faults,
        List<Second> seconds) {
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().serializeNulls().create();

    /** See {@link tavern.sim.oracle.MoveOracle} for what is expected. */
    public record Moves(
            long sent,
            long seen,
            long expected,
            long coalesced,
            long rejected,
            long lost,
            long reordered,
            long forged,
            Percentiles latencyMs) {}

    /** Visibility in rooms with cells; see {@link tavern.sim.oracle.SightOracle}. */
    public record Sight(long checked, long missing, long ghosts, long oneSided) {}

    /** See {@link tavern.sim.oracle.ChatOracle} for what is expected. */
    public record Chat(
            long sent,
            long delivered,
            long expected,
            long lost,
            long duplicated,
            long reordered,
            long forged,
            long refused,
            long unknown,
            Percentiles latencyMs) {}

    /**
     * Trade offers, counted by outcome.
     *
     * @param refused refusals of offers and of later trade requests, by error code; they are part of the game
     */
    public record Trades(
            long offered,
            long committed,
            long declined,
            long failed,
            long cancelled,
            long expired,
            long contradicted,
            long untold,
            long unsettled,
            long forged,
            Map<String, Long> refused,
            Percentiles latencyMs) {}

    /**
     * What became of the bots' sessions.
     *
     * @param takeOvers how often a room was seen to come to a new owner
     * @param silenceMs the longest time in which a bot heard nothing of its room, except after it had cut its own connection
     */
    public record Sessions(
            long dropped,
            long resumed,
            long lost,
            long eventsMissed,
            long eventsRepeated,
            long foreign,
            long redirects,
            long takeOvers,
            long silenceMs) {}

    public static Report of(RunResult result) {
        Tally tally = result.tally();
        return new Report(
                result.holds(),
                result.settings().run(),
                result.settings().seed(),
                result.settings().bots(),
                result.settings().rooms(),
                result.loadSeconds(),
                result.connectSeconds(),
                tally.get(Count.CONNECTED),
                tally.get(Count.DISCONNECTS),
                tally.errors(),
                moves(tally, Percentiles.of(result.latencies().move())),
                new Sight(
                        tally.get(Count.SIGHT_CHECKED),
                        tally.get(Count.SIGHT_MISSING),
                        tally.get(Count.SIGHT_GHOSTS),
                        tally.get(Count.SIGHT_ONE_SIDED)),
                chat(tally, Percentiles.of(result.latencies().chat())),
                trades(tally, Percentiles.of(result.latencies().trade())),
                new Sessions(
                        tally.get(Count.DROPS),
                        tally.get(Count.RESUMES),
                        tally.get(Count.SESSIONS_LOST),
                        tally.get(Count.EVENTS_MISSED),
                        tally.get(Count.EVENTS_REPEATED),
                        tally.get(Count.FOREIGN),
                        tally.get(Count.REDIRECTS),
                        tally.get(Count.TAKE_OVERS),
                        tally.silenceMillis()),
                result.audit(),
                tally.examples(),
                result.seconds());
    }

    private static Moves moves(Tally tally, Percentiles latency) {
        return new Moves(
                tally.get(Count.MOVES_SENT),
                tally.get(Count.MOVES_SEEN),
                tally.get(Count.MOVES_EXPECTED),
                tally.get(Count.MOVES_COALESCED),
                tally.get(Count.MOVES_REJECTED),
                tally.get(Count.MOVES_LOST),
                tally.get(Count.MOVES_REORDERED),
                tally.get(Count.MOVES_FORGED),
                latency);
    }

    private static Chat chat(Tally tally, Percentiles latency) {
        return new Chat(
                tally.get(Count.CHAT_SENT),
                tally.get(Count.CHAT_DELIVERED),
                tally.get(Count.CHAT_EXPECTED),
                tally.get(Count.CHAT_LOST),
                tally.get(Count.CHAT_DUPLICATED),
                tally.get(Count.CHAT_REORDERED),
                tally.get(Count.CHAT_FORGED),
                tally.get(Count.CHAT_REFUSED),
                tally.get(Count.CHAT_UNKNOWN),
                latency);
    }

    private static Trades trades(Tally tally, Percentiles latency) {
        return new Trades(
                tally.get(Count.TRADES_OFFERED),
                tally.get(Count.TRADES_COMMITTED),
                tally.get(Count.TRADES_DECLINED),
                tally.get(Count.TRADES_FAILED),
                tally.get(Count.TRADES_CANCELLED),
                tally.get(Count.TRADES_EXPIRED),
                tally.get(Count.TRADES_CONTRADICTED),
                tally.get(Count.TRADES_UNTOLD),
                tally.get(Count.TRADES_UNSETTLED),
                tally.get(Count.TRADES_FORGED),
                tally.refusals(),
                latency);
    }

    public String toJson() {
        return GSON.toJson(this) + "\n";
    }
}
