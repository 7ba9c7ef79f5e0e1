package tavern.bench.trades;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import tavern.bench.Bench;
import tavern.bench.Folders;
import tavern.bench.ServerChild;

/** Tavern as players use it: a server process and clients on connections, all on the same cores. */
final class OverTcp implements Contender {
    /** Players here trade faster than people do, and faster than the default limits allow. */
    private static final Map<String, String> UNLIMITED =
            Map.of("limits.rates.trades", "10000", "limits.frames-per-second", "100000");

    private final Setup setup;
    private final Crowd crowd;
    private final Bench bench;

    OverTcp(Setup setup, Crowd crowd, Bench bench) {
        this.setup = setup;
        this.crowd = crowd;
        this.bench = bench;
    }

    @Override
    public String key() {
        return "tcp" + Character.toUpperCase(setup.key().charAt(0))
                + setup.key().substring(1);
    }

    @Override
    public String title() {
        return "over TCP, " + setup.title() + ", " + crowd.place();
    }

    @Override
    public int warmUps(boolean isFirst) {
        return WARM_UPS_OF_OWN_JVM;
    }

    @Override
    public TradeLoad start() throws IOException, InterruptedException {
        setup.empty();
        Path own = Files.createTempDirectory(bench.folder(), "tcp");
        Map<String, String> settings = new TreeMap<>(LocalTavern.RICH);
        settings.putAll(UNLIMITED);
        settings.putAll(bench.serverSettings());
        settings.putAll(setup.settings());
        settings.put("store.path", own.toString());
        TcpMarket market = new TcpMarket(ServerChild.start(own, settings, bench.stop()), crowd, setup::outboxRows);
        try {
            market.open();
        } catch (IOException | RuntimeException e) {
            market.abandon();
            throw e;
        }
        return new Checked(market, settings, own);
    }

    /** Checks the store after the server has stopped. */
    private record Checked(TcpMarket market, Map<String, String> settings, Path folder) implements TradeLoad {
        @Override
        public long done() {
            return market.done();
        }

        @Override
        public long lag() {
            return market.lag();
        }

        @Override
        public Map<String, Long> processes() {
            return market.processes();
        }

        @Override
        public void close() throws IOException, InterruptedException {
            market.close();
            try (LocalTavern store = LocalTavern.start(settings)) {
                store.check(market.committedTrades());
            }
            Folders.remove(folder);
        }
    }
}
