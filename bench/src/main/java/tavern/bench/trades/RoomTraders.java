package tavern.bench.trades;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import tavern.game.RoomId;
import tavern.server.room.Arrival;
import tavern.server.room.Room;
import tavern.server.room.RoomOptions;
import tavern.server.store.PlayerRecord;

/** Rooms of traders who trade as fast as rooms, trade desk and store allow. */
final class RoomTraders implements TradeLoad {
    private static final int TIMEOUT_SECONDS = 60;

    private final LocalTavern tavern;
    private final Crowd crowd;
    private final List<SocketlessTrader> traders = new ArrayList<>();
    private final Backlog backlog;
    private final LongAdder committed = new LongAdder();
    private final LongAccumulator resultBytes = new LongAccumulator(Math::max, 0);
    private final Semaphore idle = new Semaphore(0);
    private volatile boolean ending;
    private volatile @Nullable String fault;

    private RoomTraders(LocalTavern tavern, Crowd crowd) {
        this.tavern = tavern;
        this.crowd = crowd;
        this.backlog = new Backlog(tavern::outboxRows);
    }

    /** Blocks until all traders are in their rooms and have made offers. @param tavern closed with this load */
    static RoomTraders open(LocalTavern tavern, Crowd crowd) throws IOException {
        if (crowd.items() > 0) {
            Belongings.give(tavern, crowd);
        }
        RoomTraders market = new RoomTraders(tavern, crowd);
        List<CompletableFuture<PlayerRecord>> players = new ArrayList<>();
        List<CompletionStage<Room>> rooms = new ArrayList<>();
        for (int number = 0; number < crowd.rooms(); number++) {
            RoomId id = new RoomId(crowd.room(number));
            rooms.add(tavern.rooms().open(id, RoomOptions.DEFAULT, null));
            for (int i = 0; i < crowd.tradersPerRoom(); i++) {
                players.add(tavern.players().open(crowd.trader(number, i)));
            }
        }
        for (int i = 0; i < players.size(); i++) {
            market.add(rooms.get(i / crowd.tradersPerRoom()), players.get(i), players.get(i ^ 1));
        }
        for (int i = 0; i < crowd.offers(); i++) {
            market.traders.forEach(SocketlessTrader::offer);
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
        SocketlessTrader trader =
                new SocketlessTrader(this, record.player(), Waiting.on(partner).player(), room);
        Waiting.on(room.members()
                .join(trader, Arrival.of(record, null), 0, null, room.members().moveSlot()));
        traders.add(trader);
    }

    /** Called when one of the trader's offers was committed. @param bytes the size of the message about it */
    void committed(SocketlessTrader trader, int bytes) {
        committed.increment();
        resultBytes.accumulate(bytes);
        again(trader);
    }

    /** Called when the store could not take the offer just now. */
    void offerLater(SocketlessTrader trader) {
        backlog.holdBriefly(() -> again(trader));
    }

    private void again(SocketlessTrader trader) {
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
    public int resultBytes() {
        return resultBytes.intValue();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        ending = true;
        try (tavern;
                backlog) {
            backlog.open();
            boolean allIdle = idle.tryAcquire(traders.size() * crowd.offers(), TIMEOUT_SECONDS, TimeUnit.SECONDS);
            String wrong = fault;
            if (wrong != null || !allIdle) {
                throw new IOException(wrong != null ? wrong : "some trades never ended");
            }
            tavern.check(committed.sum());
        }
    }
}
