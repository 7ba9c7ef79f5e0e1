package tavern.bench.fanout;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import tavern.bench.Cores;
import tavern.bench.Section;

/** The results for chat and pings. */
final class ChatSection implements Section {
    private final Cores cores;
    private final ChatPace pace;
    private final List<Talk> talks = new ArrayList<>();
    private Rival rival = new Rival("reference", false);
    private Side pingsOfTavern = new Side(List.of());
    private Side pingsOfRival = pingsOfTavern;

    /**
     * What was measured of chat at one rate.
     *
     * @param key its name in the report; empty for the section itself
     * @param p99Max the aim for the ratio of the p99s
     */
    private record Talk(
            String key, String title, double p99Max, int players, double perPlayer, Side tavern, Side reference) {
        double ratio() {
            return tavern.micros().median() / reference.micros().median();
        }

        double p99Ratio() {
            return tavern.p99().median() / reference.p99().median();
        }

        JsonObject json() {
            JsonObject json = new JsonObject();
            json.addProperty("players", players);
            json.addProperty("chatsPerPlayer", Stats.round(perPlayer, 1e3));
            json.addProperty("tavernCpuMicros", Stats.round(tavern.micros().median(), 1e3));
            json.addProperty(
                    "referenceCpuMicros", Stats.round(reference.micros().median(), 1e3));
            json.addProperty("ratio", Stats.round(ratio(), 1e3));
            json.addProperty("tavernP99Ms", Stats.round(tavern.p99().median(), 1e2));
            json.addProperty("referenceP99Ms", Stats.round(reference.p99().median(), 1e2));
            json.add("tavernRounds", tavern.micros().json(1e3));
            json.add("referenceRounds", reference.micros().json(1e3));
            return json;
        }
    }

    /** The windows of one server. */
    private record Side(List<FanOutWindow> windows) {
        Stats micros() {
            return Stats.of(windows, FanOutWindow::microsPerChat);
        }

        Stats p50() {
            return Stats.of(windows, window -> window.counts().latencyMs(50));
        }

        Stats p99() {
            return Stats.of(windows, window -> window.counts().latencyMs(99));
        }

        Stats perSecond() {
            return Stats.of(windows, window -> window.counts().pongs() / window.seconds());
        }

        /** Delivered share of the deliveries that the sent lines should have caused. */
        Stats delivered() {
            return Stats.of(
                    windows,
                    window ->
                            window.counts().chats() / ((double) window.counts().chatsSent() * ChatBenchmark.ROOM_SIZE));
        }
    }

    ChatSection(Cores cores, ChatPace pace) {
        this.cores = cores;
        this.pace = pace;
    }

    /** What Tavern is compared with, if it is not the reference. */
    void against(Rival other) {
        rival = other;
    }

    /** @param windows those of the rival, then those of Tavern */
    void chats(double perPlayer, List<List<FanOutWindow>> windows) {
        talks.add(new Talk(
                "",
                "half of what the " + rival.title() + " can do",
                1.3,
                pace.players(),
                perPlayer,
                new Side(windows.get(1)),
                new Side(windows.get(0))));
    }

    /** @param windows those of the rival, then those of Tavern */
    void steady(double perPlayer, List<List<FanOutWindow>> windows) {
        talks.add(new Talk(
                "steady",
                "epoll on both sides",
                1.5,
                pace.steady(),
                perPlayer,
                new Side(windows.get(1)),
                new Side(windows.get(0))));
    }

    /** @param windows those of the rival, then those of Tavern */
    void pings(List<List<FanOutWindow>> windows) {
        pingsOfRival = new Side(windows.get(0));
        pingsOfTavern = new Side(windows.get(1));
    }

    @Override
    public String key() {
        return "chat";
    }

    List<Goal> goals() {
        List<Goal> goals = new ArrayList<>();
        for (Talk talk : talks) {
            String where = talk.key().isEmpty() ? "half load" : talk.key();
            goals.add(Goal.atMost(
                    "CPU time of a delivered line, " + where + ", " + rival.possessive(),
                    talk.ratio(),
                    rival.atMost(1.15)));
            goals.add(Goal.atMost("p99 of chat, " + where + ", " + rival.possessive(), talk.p99Ratio(), talk.p99Max()));
        }
        goals.add(Goal.atLeast(
                "pings answered a second, " + rival.possessive(),
                pingsOfTavern.perSecond().median() / pingsOfRival.perSecond().median(),
                rival.atLeast(0.85)));
        return goals;
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("layout", cores.text());
        for (Talk talk : talks) {
            if (talk.key().isEmpty()) {
                talk.json().entrySet().forEach(each -> json.add(each.getKey(), each.getValue()));
            } else {
                json.add(talk.key(), talk.json());
            }
        }
        if (!pingsOfTavern.windows().isEmpty()) {
            JsonObject ping = new JsonObject();
            ping.addProperty("connections", pace.pingers());
            ping.addProperty(
                    "tavernPerSecond", Math.round(pingsOfTavern.perSecond().median()));
            ping.addProperty(
                    "referencePerSecond", Math.round(pingsOfRival.perSecond().median()));
            json.add("ping", ping);
        }
        json.add("aims", Goal.json(goals()));
        return json;
    }

    @Override
    public void print(PrintWriter out) {
        Lines.print(out, "chat: %s; medians of %d rounds of both in turn", cores.text(), pace.rounds());
        talks.forEach(talk -> print(out, talk));
        if (!pingsOfTavern.windows().isEmpty()) {
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
            printPings(out, "Tavern", pingsOfTavern);
            printPings(out, rival.title(), pingsOfRival);
        }
        Goal.print(out, goals());
    }

    private void print(PrintWriter out, Talk talk) {
        Lines.print(out, "");
        Lines.print(
                out,
                "%,d players in rooms of %d, %.2f lines a second from each: %s",
                talk.players(),
                ChatBenchmark.ROOM_SIZE,
                talk.perPlayer(),
                talk.title());
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
        printChats(out, "Tavern", talk.tavern());
        printChats(out, rival.title(), talk.reference());
        Lines.print(out, "%-12s %11.2f %42.2f", "ratio", talk.ratio(), talk.p99Ratio());
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
                Stats.of(side.windows(), FanOutWindow::cpuPercent).median(),
                Stats.of(side.windows(), FanOutWindow::loadPercent).median());
    }

    private static void printPings(PrintWriter out, String name, Side side) {
        Lines.print(
                out,
                "%-12s %,11.0f %17s %7.0f%% %7.0f%%",
                name,
                side.perSecond().median(),
                side.perSecond().range("%,.0f"),
                Stats.of(side.windows(), FanOutWindow::cpuPercent).median(),
                Stats.of(side.windows(), FanOutWindow::loadPercent).median());
    }
}
