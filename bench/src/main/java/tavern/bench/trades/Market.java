package tavern.bench.trades;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
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
    /** Rows that may wait for the broker; past it offers are held back, so that what is measured can go on for ever. */
    private static final long BACKLOG_MAX = 10_000;

    private static final int HELD_MILLIS = 2;
    private static final int PATIENCE_SECONDS = 60;

    private final LocalTavern tavern;
    private final Crowd crowd;
    private final List<Trader> traders = new ArrayList<>();
    private final Queue<Trader> held = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService later =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "held-offers"));
    private final LongAdder committed = new LongAdder();
    private final Semaphore idle = new Semaphore(0);
    private volatile boolean ending;
    private volatile @Nullable String fault;

    private Market(LocalTavern tavern, Crowd crowd) {
        this.tavern = tavern;
        this.crowd = crowd;
    }

    /** Blocks until all are in their rooms and have begun. @param tavern closed with the market */
    static Market open(LocalTavern tavern, Crowd crowd) throws IOException {
        Market market = new Market(tavern, crowd);
        for (int room = 0; room < crowd.rooms(); room++) {
            market.fill(new RoomId("room-" + room));
        }
        for (int i = 0; i < crowd.offers(); i++) {
            market.traders.forEach(Trader::offer);
        }
        market.later.scheduleWithFixedDelay(market::release, HELD_MILLIS, HELD_MILLIS, TimeUnit.MILLISECONDS);
        return market;
    }

    private void fill(RoomId id) throws IOException {
        Room room = Waiting.on(tavern.rooms().open(id, RoomOptions.DEFAULT));
        List<CompletableFuture<PlayerRecord>> players = new ArrayList<>();
        for (int i = 0; i < crowd.tradersPerRoom(); i++) {
            players.add(tavern.players().open(id.name() + "-trader-" + i));
        }
        for (int i = 0; i < players.size(); i++) {
            PlayerRecord record = Waiting.on(players.get(i));
            PlayerRecord partner = Waiting.on(players.get(i ^ 1));
            Trader trader = new Trader(this, record.player(), partner.player(), room);
            Waiting.on(room.join(trader, record, null, 0));
            traders.add(trader);
        }
    }

    /** One of the trader's offers has come to a good end. */
    void committed(Trader trader) {
        committed.increment();
        if (tavern.outboxRows() > BACKLOG_MAX) {
            held.add(trader);
        } else {
            again(trader);
        }
    }

    /** The store or the outbox has no room just now. */
    void offerLater(Trader trader) {
        held.add(trader);
    }

    private void release() {
        while (!held.isEmpty() && (ending || tavern.outboxRows() <= BACKLOG_MAX)) {
            Trader trader = held.poll();
            if (trader != null) {
                again(trader);
            }
        }
    }

    private void again(Trader trader) {
        if (ending) {
            idle.release();
        } else {
            trader.offer();
        }
    }

    void fault(String what) {
        fault = what;
    }

    @Override
    public long done() {
        return committed.sum() - tavern.outboxRows();
    }

    @Override
    public long lag() {
        return tavern.outboxRows();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        ending = true;
        try (tavern) {
            boolean allIdle = idle.tryAcquire(traders.size() * crowd.offers(), PATIENCE_SECONDS, TimeUnit.SECONDS);
            String wrong = fault;
            if (wrong != null || !allIdle) {
                throw new IOException(wrong != null ? wrong : "some trades never ended");
            }
            tavern.check(committed.sum());
        } finally {
            later.shutdownNow();
        }
    }
}
