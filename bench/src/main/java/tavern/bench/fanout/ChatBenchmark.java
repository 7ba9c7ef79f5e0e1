package tavern.bench.fanout;

import java.io.IOException;
import java.util.List;
import tavern.bench.Bench;
import tavern.bench.Benchmark;
import tavern.bench.Cores;
import tavern.bench.Section;
import tavern.bench.load.Rates;
import tavern.bench.load.Swarm;

/** Measures the cost of delivering a line of chat to one member, its latency at half load, and the rate of pings. */
public final class ChatBenchmark implements Benchmark {
    static final int ROOM_SIZE = 20;

    /** Rate of the reference's players in the first window, whose cost is used to estimate half load. */
    private static final double FIRST_CHATS = 1;

    /** The cost per line falls as the rate grows, so the first estimate is too low and needs a second. */
    private static final int GUESSES = 2;

    private static final double HALF_LOAD_MICROS = 5e5;

    /** Lines a second of each player in the steady setting. */
    private static final double STEADY_CHATS = 1;

    private static final String DELIVERY = "delivery";
    private static final String STEADY = "steady";
    private static final String PING = "ping";

    @Override
    public String kind() {
        return "chat";
    }

    @Override
    public String description() {
        return "CPU time and p99 of a line of chat in rooms of 20, at half load and at one line a second; pings a second";
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        return measure(bench, (bench.quick() ? ChatPace.QUICK : ChatPace.FULL).withRounds(bench));
    }

    ChatSection measure(Bench bench, ChatPace pace) throws IOException, InterruptedException {
        Cores cores = Cores.apart();
        bench.progress().begin(pace.rounds() * 6);
        bench.progress().doing("starting the servers");
        return Hosts.with(bench, hosts -> measure(bench, pace, cores, hosts));
    }

    private static ChatSection measure(Bench bench, ChatPace pace, Cores cores, Hosts hosts)
            throws IOException, InterruptedException {
        ChatSection section = new ChatSection(cores, pace);
        if (bench.asksFor(DELIVERY) || bench.asksFor(PING)) {
            Pair pair = Pair.of(bench, hosts, cores, List.of());
            section.against(Rival.of(bench, pair));
            try (LoadLoops load = LoadLoops.on(cores, 1)) {
                List<MeasuredServer> servers = List.of(pair.reference(), pair.tavern());
                if (bench.asksFor(DELIVERY)) {
                    chat(bench, pace, servers, load, section);
                }
                if (bench.asksFor(PING)) {
                    ping(bench, pace, servers, load, section);
                }
            }
        }
        if (bench.asksFor(STEADY)) {
            Pair pair = Pair.overEpoll(bench, hosts, cores, List.of());
            section.against(Rival.of(bench, pair));
            try (LoadLoops load = LoadLoops.on(cores, 1)) {
                steady(bench, pace, List.of(pair.reference(), pair.tavern()), load, section);
            }
        }
        return section;
    }

    private static void ping(
            Bench bench, ChatPace pace, List<MeasuredServer> servers, LoadLoops load, ChatSection section)
            throws IOException, InterruptedException {
        try (Duel duel = new Duel(bench, servers, load.loops(), ROOM_SIZE)) {
            duel.growTo(pace.pingers());
            duel.warmUp(Swarm::pingPong, pace.warmUp());
            section.pings(duel.rounds(Swarm::pingPong, pace.rounds(), pace.window()));
            duel.flames("ping", Swarm::pingPong);
        }
    }

    private static void steady(
            Bench bench, ChatPace pace, List<MeasuredServer> servers, LoadLoops load, ChatSection section)
            throws IOException, InterruptedException {
        try (Duel duel = new Duel(bench, servers, load.loops(), ROOM_SIZE)) {
            Duel.Doing talking = Duel.at(Rates.chatting(STEADY_CHATS));
            duel.growTo(pace.steady());
            duel.warmUp(talking, pace.steadyWarmUp());
            section.steady(STEADY_CHATS, duel.rounds(talking, pace.rounds(), pace.window()));
            duel.flames("chat-steady", talking);
        }
    }

    private static void chat(
            Bench bench, ChatPace pace, List<MeasuredServer> hosts, LoadLoops load, ChatSection section)
            throws IOException, InterruptedException {
        try (Duel duel = new Duel(bench, hosts, load.loops(), ROOM_SIZE)) {
            duel.growTo(pace.players());
            double rate = FIRST_CHATS;
            duel.warmUp(Duel.at(Rates.chatting(rate)), pace.warmUp());
            for (int guess = 0; guess < GUESSES; guess++) {
                FanOutWindow first = duel.window(
                        hosts.get(0),
                        Duel.at(Rates.chatting(rate)),
                        pace.window().dividedBy(2));
                rate = HALF_LOAD_MICROS / first.microsPerChat() / ROOM_SIZE / pace.players();
            }
            duel.warmUp(Duel.at(Rates.chatting(rate)), pace.warmUp().dividedBy(2));
            section.chats(rate, duel.rounds(Duel.at(Rates.chatting(rate)), pace.rounds(), pace.window()));
            duel.flames("chat", Duel.at(Rates.chatting(rate)));
        }
    }
}
