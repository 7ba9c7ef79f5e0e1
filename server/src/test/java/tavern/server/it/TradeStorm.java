package tavern.server.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** A crowd that trades in several rooms at once. */
final class TradeStorm implements AutoCloseable {
    /** Settings of a server that accepts requests at any rate, and waits for traders, who say nothing while they wait. */
    static final String[] NO_LIMITS = {
        "limits.idle-seconds=120",
        "limits.frames-per-second=100000",
        "limits.rates.trades=10000",
        "limits.rates.joins=1000",
        "limits.rates.lists=1000",
        "limits.rates.pings=1000"
    };

    private static final int ROOMS = 5;
    private static final int TRADERS_IN_ROOM = 4;
    private static final int END_SECONDS_MAX = 60;
    private static final int HELD_MIN = 3;

    private final TraderDeals market;
    private final List<TestTrader> traders = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(ROOMS * TRADERS_IN_ROOM);
    private final List<Future<TestTrader>> running = new ArrayList<>();

    TradeStorm(Random random) {
        this("trader", new TraderDeals(Duration.ofSeconds(30), Duration.ZERO), random);
    }

    /**
     * A slower storm that tolerates parts that do not answer for a while.
     *
     * @param crowd what the traders' names begin with; several crowds can trade in the same rooms
     */
    static TradeStorm patient(String crowd, Random random) {
        return new TradeStorm(crowd, new TraderDeals(Duration.ofSeconds(60), Duration.ofMillis(150)), random);
    }

    private TradeStorm(String crowd, TraderDeals market, Random random) {
        this.market = market;
        for (int room = 0; room < ROOMS; room++) {
            List<String> names = names(crowd, room);
            for (String name : names) {
                List<String> others =
                        names.stream().filter(other -> !other.equals(name)).toList();
                traders.add(new TestTrader(name, "room" + room, others, market, random.nextLong()));
            }
        }
    }

    private static List<String> names(String crowd, int room) {
        return IntStream.range(0, TRADERS_IN_ROOM)
                .mapToObj(number -> crowd + room + "-" + number)
                .toList();
    }

    static List<String> rooms() {
        return IntStream.range(0, ROOMS).mapToObj(room -> "room" + room).toList();
    }

    TraderDeals market() {
        return market;
    }

    List<TestTrader> traders() {
        return traders;
    }

    void enter(InetSocketAddress server) throws IOException {
        for (TestTrader trader : traders) {
            trader.enter(server);
        }
    }

    void begin() {
        traders.forEach(trader -> running.add(threads.submit(trader)));
    }

    /** Keeps some offers open, to be accepted once the store does not answer: new offers are refused by then. */
    void holdAccepts() {
        market.holdAccepts();
        await("some are about to accept").until(() -> market.held() >= HELD_MIN);
    }

    /** Sends the accepts that were held back, and waits until the outcome of one of them is unknown. */
    void acceptUnheard() {
        long before = market.unheard();
        market.releaseAccepts();
        await("somebody accepts, and does not hear how it ended").until(() -> market.unheard() > before);
    }

    /** Ends the storm by cutting all connections, which leaves the trades under way in doubt. */
    void cut() throws IOException {
        for (TestTrader trader : traders) {
            trader.cut();
        }
    }

    /** Waits until all traders have lost their connections. @throws Exception the failure of any of them */
    void awaitEnd() throws Exception {
        for (Future<TestTrader> trader : running) {
            trader.get(END_SECONDS_MAX, TimeUnit.SECONDS);
        }
        running.clear();
    }

    /** On new connections, everybody learns all outcomes, and the inventories must agree. @return the number of doubts */
    int settleDoubts() throws IOException {
        int doubts = askAgain();
        traders.forEach(TestTrader::checkWelcome);
        return doubts;
    }

    /** On new connections, everybody learns how each trade ended. @return the number of doubts */
    int askAgain() throws IOException {
        int doubts = 0;
        for (TestTrader trader : traders) {
            doubts += trader.repeatOffersInDoubt();
        }
        for (TestTrader trader : traders) {
            trader.repeatAnswersInDoubt();
        }
        return doubts;
    }

    /** After {@link #askAgain} and another {@link #enter}, checks that everybody owns what their trades amount to. */
    void checkAccounts() {
        traders.forEach(TestTrader::checkAccount);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
