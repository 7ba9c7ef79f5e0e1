package tavern.bench.trades;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import tavern.bench.Bench;
import tavern.bench.Folders;
import tavern.bench.PackedGame;
import tavern.bench.ServerChild;

/** A server process that runs {@link TallyGame}, and players on connections, all on the same cores. */
final class TurnsOverTcp implements Contender {
    /** Players here take more turns than people do, and than the default limits allow. */
    private static final Map<String, String> SETTINGS = Map.of(
            "limits.rates.customs",
            "10000",
            "limits.frames-per-second",
            "100000",
            "room.mailbox-capacity",
            "8192",
            "games.types.tally.game",
            TallyGame.NAME);

    private final String key;
    private final String title;
    private final Setup setup;
    private final TurnsLoad.Workload workload;
    private final Bench bench;

    TurnsOverTcp(String key, String title, Setup setup, TurnsLoad.Workload workload, Bench bench) {
        this.key = key;
        this.title = title;
        this.setup = setup;
        this.workload = workload;
        this.bench = bench;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public int warmUps(boolean isFirst) {
        return WARM_UPS_OF_OWN_JVM;
    }

    @Override
    public TradeLoad start() throws IOException, InterruptedException {
        setup.empty();
        Path own = Files.createTempDirectory(bench.folder(), "turns");
        PackedGame.write(own.resolve("games/tally.jar"), TallyGame.Module.class);
        Map<String, String> settings = new TreeMap<>(SETTINGS);
        settings.putAll(bench.serverSettings());
        settings.putAll(setup.settings());
        settings.put("store.path", own.toString());
        settings.put("games.path", own.resolve("games").toString());
        TurnsLoad load = new TurnsLoad(ServerChild.start(own, settings, bench.stop()));
        try {
            load.open(workload);
        } catch (IOException | RuntimeException e) {
            load.abandon();
            throw e;
        }
        return new Checked(load, workload.rooms(), settings, own);
    }

    /** Checks the store after the server has stopped. */
    private record Checked(TurnsLoad load, int rooms, Map<String, String> settings, Path folder) implements TradeLoad {
        @Override
        public long done() {
            return load.done();
        }

        @Override
        public Map<String, Long> processes() {
            return load.processes();
        }

        @Override
        public void close() throws IOException, InterruptedException {
            load.close();
            try (LocalTavern store = LocalTavern.start(settings)) {
                store.checkSound();
                store.checkTurns(rooms, load.answered());
            }
            Folders.remove(folder);
        }
    }
}
