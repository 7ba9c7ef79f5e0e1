package tavern.bench.fanout;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import tavern.bench.Cores;
import tavern.bench.Section;

/** What chat and pings cost. */
final class ChatSection implements Section {
    private final Cores cores;
    private final ChatPace pace;
    private double chatsPerPlayer;
    private Side tavern = new Side(List.of(), List.of());
    private Side reference = tavern;

    /** What was measured of one server. */
    private record Side(List<Window> chats, List<Window> pings) {
        Stats micros() {
            return Stats.of(chats, Window::microsPerChat);
        }

        Stats p50() {
            return Stats.of(chats, window -> window.counts().latencyMs(50));
        }

        Stats p99() {
            return Stats.of(chats, window -> window.counts().latencyMs(99));
        }

        Stats perSecond() {
            return Stats.of(pings, window -> window.counts().pongs() / window.seconds());
        }

        /** Of all that the lines sent should have made. */
        Stats delivered() {
            return Stats.of(
                    chats,
                    window ->
                            window.counts().chats() / ((double) window.counts().chatsSent() * ChatBenchmark.ROOM_SIZE));
        }
    }

    ChatSection(Cores cores, ChatPace pace) {
        this.cores = cores;
        this.pace = pace;
    }

    /** @param windows of the reference, then of Tavern */
    void chats(double perPlayer, List<List<Window>> windows) {
        chatsPerPlayer = perPlayer;
        reference = new Side(windows.get(0), reference.pings());
        tavern = new Side(windows.get(1), tavern.pings());
    }

    /** @param windows of the reference, then of Tavern */
    void pings(List<List<Window>> windows) {
        reference = new Side(reference.chats(), windows.get(0));
        tavern = new Side(tavern.chats(), windows.get(1));
    }

    @Override
    public String key() {
        return "chat";
    }

    private double ratio() {
        return tavern.micros().median() / reference.micros().median();
    }

    List<Goal> goals() {
        return List.of(
                Goal.atMost("CPU time of a line of chat delivered, of the reference's", ratio(), 1.15),
                Goal.atMost(
                        "p99 of chat at half load, of the reference's",
                        tavern.p99().median() / reference.p99().median(),
                        1.3),
                Goal.atLeast(
                        "pings answered a second, of the reference's",
                        tavern.perSecond().median() / reference.perSecond().median(),
                        0.85));
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("layout", cores.text());
        if (!tavern.chats().isEmpty()) {
            json.addProperty("players", pace.players());
            json.addProperty("chatsPerPlayer", Stats.round(chatsPerPlayer, 1e3));
            json.addProperty("tavernCpuMicros", Stats.round(tavern.micros().median(), 1e3));
            json.addProperty(
                    "referenceCpuMicros", Stats.round(reference.micros().median(), 1e3));
            json.addProperty("ratio", Stats.round(ratio(), 1e3));
            json.addProperty("tavernP99Ms", Stats.round(tavern.p99().median(), 1e2));
            json.addProperty("referenceP99Ms", Stats.round(reference.p99().median(), 1e2));
            json.add("tavernRounds", tavern.micros().json(1e3));
            json.add("referenceRounds", reference.micros().json(1e3));
        }
        if (!tavern.pings().isEmpty()) {
            JsonObject ping = new JsonObject();
            ping.addProperty("connections", pace.pingers());
            ping.addProperty("tavernPerSecond", Math.round(tavern.perSecond().median()));
            ping.addProperty(
                    "referencePerSecond", Math.round(reference.perSecond().median()));
            json.add("ping", ping);
        }
        json.add("aims", Goal.json(goals()));
        return json;
    }

    @Override
    public void print(PrintWriter out) {
        Lines.print(out, "chat: %s; medians of %d rounds of both in turn", cores.text(), pace.rounds());
        if (!tavern.chats().isEmpty()) {
            Lines.print(
                    out,
                    "%,d players in rooms of %d, %.2f lines a second from each: half of what the reference can do",
                    pace.players(),
                    ChatBenchmark.ROOM_SIZE,
                    chatsPerPlayer);
            Lines.print(out, "");
            Lines.print(
                    out,
                    "%-12s %11s %15s %9s %8s %8s %8s %8s",
                    "",
                    "µs/delivery",
                    "lowest-highest",
                    "delivered",
                    "p50 ms",
                    "p99 ms",
                    "server",
                    "load");
            printChats(out, "Tavern", tavern);
            printChats(out, "reference", reference);
            Lines.print(out, "%-12s %11.2f", "ratio", ratio());
        }
        if (!tavern.pings().isEmpty()) {
            Lines.print(out, "");
            Lines.print(
                    out,
                    "%-12s %11s %17s %8s %8s   pings, each sent when the last is answered, %d connections",
                    "",
                    "a second",
                    "lowest-highest",
                    "server",
                    "load",
                    pace.pingers());
            printPings(out, "Tavern", tavern);
            printPings(out, "reference", reference);
        }
        Goal.print(out, goals());
    }

    private static void printChats(PrintWriter out, String name, Side side) {
        Lines.print(
                out,
                "%-12s %11.2f %15s %8.1f%% %8.2f %8.2f %7.0f%% %7.0f%%",
                name,
                side.micros().median(),
                side.micros().range("%.2f"),
                side.delivered().median() * 100,
                side.p50().median(),
                side.p99().median(),
                Stats.of(side.chats(), Window::cpuPercent).median(),
                Stats.of(side.chats(), Window::loadPercent).median());
    }

    private static void printPings(PrintWriter out, String name, Side side) {
        Lines.print(
                out,
                "%-12s %,11.0f %17s %7.0f%% %7.0f%%",
                name,
                side.perSecond().median(),
                side.perSecond().range("%,.0f"),
                Stats.of(side.pings(), Window::cpuPercent).median(),
                Stats.of(side.pings(), Window::loadPercent).median());
    }
}
