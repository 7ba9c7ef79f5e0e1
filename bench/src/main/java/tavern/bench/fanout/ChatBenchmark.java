package tavern.bench.fanout;

import java.io.IOException;
import java.util.List;
import tavern.bench.Bench;
import tavern.bench.Benchmark;
import tavern.bench.Cores;
import tavern.bench.Section;
import tavern.bench.load.Rates;
import tavern.bench.load.Swarm;

/** What it costs to bring a line of chat to a member of the room, how late it is at half load; and pings. */
public final class ChatBenchmark implements Benchmark {
    static final int ROOM_SIZE = 20;

    /** Of the reference, in the window whose cost tells what half load is. */
    private static final double FIRST_CHATS = 1;

    /** With more to do the cost of each falls, so the first guess is too low. */
    private static final int GUESSES = 2;

    private static final double HALF_LOAD_MICROS = 5e5;

    private static final String DELIVERY = "delivery";
    private static final String PING = "ping";

    @Override
    public String kind() {
        return "chat";
    }

    @Override
    public String description() {
        return "CPU time of a line of chat to each member, rooms of 20; p99 at half load; pings answered a second";
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        return measure(bench, (bench.quick() ? ChatPace.QUICK : ChatPace.FULL).withRounds(bench));
    }

    ChatSection measure(Bench bench, ChatPace pace) throws IOException, InterruptedException {
        Cores cores = Cores.apart();
        bench.progress().begin(pace.rounds() * 4);
        bench.progress().doing("starting the servers");
        return Hosts.with(bench, hosts -> measure(bench, pace, cores, Pair.of(bench, hosts, cores, List.of())));
    }

    private static ChatSection measure(Bench bench, ChatPace pace, Cores cores, Pair pair)
            throws IOException, InterruptedException {
        try (Load load = Load.on(cores, 1)) {
            List<Host> hosts = List.of(pair.reference(), pair.tavern());
            ChatSection section = new ChatSection(cores, pace);
            if (bench.asksFor(DELIVERY)) {
                chat(bench, pace, hosts, load, section);
            }
            if (bench.asksFor(PING)) {
                try (Duel duel = new Duel(bench, hosts, load.loops(), ROOM_SIZE)) {
                    duel.growTo(pace.pingers());
                    duel.warmUp(Swarm::pingPong, pace.warmUp());
                    section.pings(duel.rounds(Swarm::pingPong, pace.rounds(), pace.window()));
                    duel.flames("ping", Swarm::pingPong);
                }
            }
            return section;
        }
    }

    private static void chat(Bench bench, ChatPace pace, List<Host> hosts, Load load, ChatSection section)
            throws IOException, InterruptedException {
        try (Duel duel = new Duel(bench, hosts, load.loops(), ROOM_SIZE)) {
            duel.growTo(pace.players());
            double rate = FIRST_CHATS;
            duel.warmUp(Duel.at(Rates.chatting(rate)), pace.warmUp());
            for (int guess = 0; guess < GUESSES; guess++) {
                Window first = duel.window(
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
