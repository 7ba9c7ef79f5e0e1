package tavern.bench.trades;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import tavern.bench.Folders;

/** Tavern without sockets: rooms, trade desk, store, and relay where there is one. */
final class ThroughRooms implements Contender {
    private final Setup setup;
    private final Crowd crowd;
    private final Path folder;

    /** @param folder for stores that need one */
    ThroughRooms(Setup setup, Crowd crowd, Path folder) {
        this.setup = setup;
        this.crowd = crowd;
        this.folder = folder;
    }

    @Override
    public String key() {
        return setup.key() + (crowd.isHot() ? "Hot" : "");
    }

    @Override
    public String title() {
        return "Tavern, " + setup.title() + ", " + crowd.place();
    }

    @Override
    public Load start() throws IOException {
        setup.empty();
        Path own = Files.createTempDirectory(folder, "store");
        Map<String, String> settings = new TreeMap<>(setup.settings());
        settings.put("store.path", own.toString());
        Load market = Market.open(LocalTavern.start(settings), crowd);
        return new Load() {
            @Override
            public long done() {
                return market.done();
            }

            @Override
            public long lag() {
                return market.lag();
            }

            @Override
            public void close() throws IOException, InterruptedException {
                market.close();
                Folders.remove(own);
            }
        };
    }
}
