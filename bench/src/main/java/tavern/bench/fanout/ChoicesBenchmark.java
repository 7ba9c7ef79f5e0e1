package tavern.bench.fanout;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tavern.bench.Bench;
import tavern.bench.Benchmark;
import tavern.bench.ClosedTogether;
import tavern.bench.Cores;
import tavern.bench.Section;

/** Measures what moves cost with a collector, transport, allocator or object layout other than the default. */
public final class ChoicesBenchmark implements Benchmark {
    /** Number of choices to run beside the default; each server takes memory, and the players of all stay connected. */
    private static final int AT_ONCE = 2;

    @Override
    public String kind() {
        return "choices";
    }

    @Override
    public String description() {
        return "what moves cost with other collectors, transports, allocators; not part of --quick without a kind";
    }

    @Override
    public boolean isInQuickLook() {
        return false;
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        ChoicesPace pace = (bench.quick() ? ChoicesPace.QUICK : ChoicesPace.FULL).withRounds(bench);
        return measure(bench, pace, Choice.all());
    }

    ChoicesSection measure(Bench bench, ChoicesPace pace, List<Choice> all) throws IOException, InterruptedException {
        Cores cores = Cores.apart();
        List<Choice> chosen =
                all.stream().filter(choice -> bench.asksFor(choice.key())).toList();
        List<Choice> possible = chosen.stream().filter(Choice::isPossible).toList();
        int groups = (possible.size() + AT_ONCE - 1) / AT_ONCE;
        bench.progress().begin((possible.size() + groups) * pace.rounds());
        List<ChoicesSection.Group> measured = new ArrayList<>();
        for (int first = 0; first < possible.size(); first += AT_ONCE) {
            List<Choice> group = new ArrayList<>(List.of(Choice.NONE));
            group.addAll(possible.subList(first, Math.min(first + AT_ONCE, possible.size())));
            measured.add(group(bench, pace, cores, group));
        }
        List<Choice> impossible =
                chosen.stream().filter(choice -> !choice.isPossible()).toList();
        return new ChoicesSection(cores, pace, measured, impossible);
    }

    private static ChoicesSection.Group group(Bench bench, ChoicesPace pace, Cores cores, List<Choice> choices)
            throws IOException, InterruptedException {
        bench.progress().doing("starting the servers");
        try (ClosedTogether servers = new ClosedTogether()) {
            List<MeasuredServer> hosts = new ArrayList<>();
            for (Choice choice : choices) {
                hosts.add(servers.add(
                        MeasuredServer.tavern(choice.title(), bench, cores, choice.settings(), choice.options())));
            }
            List<ChoicesSection.Result> results = new ArrayList<>();
            try (LoadLoops load = LoadLoops.on(cores, 1);
                    Duel duel = new Duel(bench, hosts, load.loops(), MovesBenchmark.ROOM_SIZE)) {
                duel.growTo(pace.players());
                duel.warmUp(Duel.at(MovesBenchmark.RATES), pace.warmUp());
                List<List<FanOutWindow>> windows =
                        duel.rounds(Duel.at(MovesBenchmark.RATES), pace.rounds(), pace.window());
                for (int i = 0; i < choices.size(); i++) {
                    long bytes = hosts.get(i).residentBytes();
                    results.add(new ChoicesSection.Result(choices.get(i), windows.get(i), bytes));
                }
            }
            return new ChoicesSection.Group(results.get(0), results.subList(1, results.size()));
        }
    }
}
