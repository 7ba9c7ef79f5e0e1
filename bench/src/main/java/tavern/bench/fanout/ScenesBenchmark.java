package tavern.bench.fanout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tavern.bench.Bench;
import tavern.bench.Benchmark;
import tavern.bench.ClosedTogether;
import tavern.bench.Cores;
import tavern.bench.Folders;
import tavern.bench.PackedGame;
import tavern.bench.Section;

/** Measures what an update costs in rooms of a game with NPCs that all move, beside rooms without a game. */
public final class ScenesBenchmark implements Benchmark {
    @Override
    public String kind() {
        return "scenes";
    }

    @Override
    public String description() {
        return "CPU time per update in rooms of a game with 100 NPCs that move, beside rooms without; not in --quick without a kind";
    }

    @Override
    public boolean isInQuickLook() {
        return false;
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        return measure(bench, (bench.quick() ? ScenesPace.QUICK : ScenesPace.FULL).withRounds(bench));
    }

    ScenesSection measure(Bench bench, ScenesPace pace) throws IOException, InterruptedException {
        Cores cores = Cores.apart();
        bench.progress().begin(pace.rounds() * 2);
        bench.progress().doing("starting the servers");
        Path games = Files.createTempDirectory(bench.folder(), "games");
        try {
            PackedGame.write(games.resolve("wander.jar"), WanderGame.Module.class);
            return measure(bench, pace, cores, games);
        } finally {
            Folders.remove(games);
        }
    }

    private static ScenesSection measure(Bench bench, ScenesPace pace, Cores cores, Path games)
            throws IOException, InterruptedException {
        List<String> options = bench.quick() ? Memory.OPTIONS : List.of();
        try (ClosedTogether servers = new ClosedTogether()) {
            MeasuredServer without = servers.add(MeasuredServer.tavern(bench, cores, options));
            MeasuredServer with = servers.add(MeasuredServer.tavernWithGame(
                    "with NPCs",
                    bench,
                    cores,
                    Map.of("games.path", games.toString(), "games.types.wander.game", WanderGame.NAME),
                    options));
            try (LoadLoops load = LoadLoops.on(cores, 1);
                    Duel duel = new Duel(bench, List.of(without, with), load.loops(), MovesBenchmark.ROOM_SIZE)) {
                duel.growTo(pace.players());
                duel.warmUp(Duel.at(MovesBenchmark.RATES), pace.warmUp());
                List<List<FanOutWindow>> windows =
                        duel.rounds(Duel.at(MovesBenchmark.RATES), pace.rounds(), pace.window());
                duel.flames("scenes", Duel.at(MovesBenchmark.RATES));
                return new ScenesSection(cores, pace, windows.get(0), windows.get(1));
            }
        }
    }
}
