package tavern.bench.trades;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import tavern.server.game.RoomId;
import tavern.server.room.Room;
import tavern.server.room.RoomOptions;
import tavern.server.store.PlayerRecord;

/** Rooms full of traders who trade as fast as room, desk and store let them. */
final class Market implements Load {
    private static final int PATIENCE_SECONDS = 60;

    private final LocalTavern tavern;
    private final Crowd crowd;
    private final List<Trader> traders = new ArrayList<>();
    private final Backlog backlog;
    private final LongAdder committed = new LongAdder();
    private final Semaphore idle = new Semaphore(0);
    private volatile boolean ending;
    private volatile @Nullable String fault;

    private Market(LocalTavern tavern, Crowd crowd) {
        this.tavern = tavern;
        this.crowd = crowd;
        this.backlog = new Backlog(tavern::outboxRows);
    }

    /** Blocks until all are in their rooms and have begun. @param tavern closed with the market */
    static Market open(LocalTavern tavern, Crowd crowd) throws IOException {
        Market market = new Market(tavern, crowd);
        List<CompletableFuture<PlayerRecord>> players = new ArrayList<>();
        List<CompletionStage<Room>> rooms = new ArrayList<>();
        for (int number = 0; number < crowd.rooms(); number++) {
            RoomId id = new RoomId("room-" + number);
            rooms.add(tavern.rooms().open(id, RoomOptions.DEFAULT));
            for (int i = 0; i < crowd.tradersPerRoom(); i++) {
                players.add(tavern.players().open(id.name() + "-trader-" + i));
            }
        }
        for (int i = 0; i < players.size(); i++) {
            market.add(rooms.get(i / crowd.tradersPerRoom()), players.get(i), players.get(i ^ 1));
        }
        for (int i = 0; i < crowd.offers(); i++) {
            market.traders.forEach(Trader::offer);
        }
        return market;
    }

    private void add(
            CompletionStage<Room> opened,
            CompletableFuture<PlayerRecord> player,
            CompletableFuture<PlayerRecord> partner)
            throws IOException {
        Room room = Waiting.on(opened);
        PlayerRecord record = Waiting.on(player);
        Trader trader = new Trader(this, record.player(), Waiting.on(partner).player(), room);
        Waiting.on(room.join(trader, record, null, 0));
        traders.add(trader);
    }

    /** One of the trader's offers has come to a good end. */
    void committed(Trader trader) {
        committed.increment();
        again(trader);
    }

    /** The store has no time for the offer just now. */
    void offerLater(Trader trader) {
        backlog.holdBriefly(() -> again(trader));
    }

    private void again(Trader trader) {
        if (ending) {
            idle.release();
        } else if (!backlog.holds(() -> again(trader))) {
            trader.offer();
        }
    }

    void fault(String what) {
        fault = what;
    }

    @Override
    public long done() {
        return committed.sum() - backlog.rows();
    }

    @Override
    public long lag() {
        return backlog.rows();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        ending = true;
        try (tavern;
                backlog) {
            backlog.open();
            boolean allIdle = idle.tryAcquire(traders.size() * crowd.offers(), PATIENCE_SECONDS, TimeUnit.SECONDS);
            String wrong = fault;
            if (wrong != null || !allIdle) {
                throw new IOException(wrong != null ? wrong : "some trades never ended");
            }
            tavern.check(committed.sum());
        }
    }
}
