package tavern.bench.trades;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import tavern.bench.Folders;

/** Tavern without sockets: rooms, trade desk, store, and the relay if the setup has one. */
final class ThroughRooms implements Contender {
    private final Setup setup;
    private final Crowd crowd;
    private final Path folder;

    /** @param folder the folder for stores that need one */
    ThroughRooms(Setup setup, Crowd crowd, Path folder) {
        this.setup = setup;
        this.crowd = crowd;
        this.folder = folder;
    }

    @Override
    public String key() {
        return setup.key() + crowd.suffix();
    }

    @Override
    public String title() {
        return "Tavern, " + setup.title() + ", " + crowd.place();
    }

    @Override
    public TradeLoad start() throws IOException {
        setup.empty();
        Path own = Files.createTempDirectory(folder, "store");
        Map<String, String> settings = new TreeMap<>(setup.settings());
        settings.put("store.path", own.toString());
        TradeLoad market = RoomTraders.open(LocalTavern.start(settings), crowd);
        return new TradeLoad() {
            @Override
            public long done() {
                return market.done();
            }

            @Override
            public long lag() {
                return market.lag();
            }

            @Override
            public int resultBytes() {
                return market.resultBytes();
            }

            @Override
            public void close() throws IOException, InterruptedException {
                market.close();
                Folders.remove(own);
            }
        };
    }
}
