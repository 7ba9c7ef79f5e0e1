package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.UuidV7;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeCancel;
import tavern.protocol.v1.TradeDecline;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TradeResult;

/**
 * A player who trades as fast as the answers come, remembers every trade, and asks again about those whose outcome it did
 * not hear. For one thread at a time.
 */
final class TestTrader implements Callable<TestTrader> {
    private static final Logger log = LoggerFactory.getLogger(TestTrader.class);
    private static final int OFFERS_OPEN = 3;
    private static final int DECLINED_PERCENT = 10;
    private static final int COUNT_MAX = 5;
    private static final int REFUSED_ASKED = 30;
    private static final Duration RESOLVED_WITHIN = Duration.ofSeconds(30);

    private final String name;
    private final String room;
    private final List<String> others;
    private final TraderDeals market;
    private final Random random;
    private final Map<Integer, Deal> offers = new HashMap<>();
    /** Guarded by itself: an accept that was held back is sent from another thread. */
    private final Map<Integer, Deal> accepts = new HashMap<>();

    private @Nullable RawClient client;
    private @Nullable ToldHoldings holdings;
    private @Nullable ToldHoldings welcomed;
    private @Nullable ExpectedAccount account;
    private @Nullable ExpectedAccount welcomedAccount;
    private boolean drained;

    /** The seq of the request for the pages that are under way, or 0. */
    private int inventoryAsked;

    private ErrorCode goodbye = ErrorCode.OK;

    TestTrader(String name, String room, List<String> others, TraderDeals market, long seed) {
        this.name = name;
        this.room = room;
        this.others = others;
        this.market = market;
        this.random = new Random(seed);
    }

    /** Logs in and joins. */
    void enter(InetSocketAddress server) throws IOException {
        client = new RawClient(server);
        client.patience(market.patience());
        offers.clear();
        synchronized (accepts) {
            accepts.clear();
        }
        drained = false;
        inventoryAsked = 0;
        goodbye = ErrorCode.OK;
        client.login(name);
        Inventory told = client.inventory();
        welcomed = ToldHoldings.of(told);
        welcomedAccount = ExpectedAccount.of(told);
        if (holdings == null) {
            believe(welcomed);
            account = ExpectedAccount.of(told);
        }
        // A busy machine may have the store silent for a moment.
        ServerMessage joined = answerTo(() -> client().askJoin(room));
        assertThat(joined.hasJoined()).as("%s", joined).isTrue();
    }

    /** Closes the connection, which ends the storm for this trader. */
    void cut() throws IOException {
        client().close();
    }

    String name() {
        return name;
    }

    /** Whether the server said that it was about to stop. */
    boolean wasDrained() {
        return drained;
    }

    /** The last error that was about the connection. */
    ErrorCode goodbye() {
        return goodbye;
    }

    // ---- the storm ----

    /** Trades until the connection ends. */
    @Override
    public TestTrader call() throws IOException {
        try {
            for (int i = 0; i < OFFERS_OPEN; i++) {
                offer();
            }
            while (true) {
                on(client().read());
            }
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            // A message that was cut short and a write that failed also mean that the server is gone.
            client().close();
            return this;
        }
    }

    private void on(ServerMessage message) throws IOException {
        switch (message.getBodyCase()) {
            case TRADE_OFFERED ->
                answer(market.deal(uuid(message.getTradeOffered().getTradeId())));
            case TRADE_RESULT -> ended(message.getTradeResult());
            case PONG -> offer();
            case INVENTORY_CHANGED -> take();
            case INVENTORY_PAGE -> {
                if (message.getInventoryPage().getLast()) {
                    inventoryAsked = 0;
                    take();
                }
            }
            case DRAINING -> drained = true;
            case ERROR -> refused(message.getReplyTo(), message.getError());
            default ->
                assertThat(message.getBodyCase())
                        .isIn(
                                ServerMessage.BodyCase.TRADE_OPENED,
                                ServerMessage.BodyCase.PLAYER_JOINED,
                                ServerMessage.BodyCase.PLAYER_LEFT,
                                ServerMessage.BodyCase.FULL_STATE,
                                ServerMessage.BodyCase.ROOM_SUSPENDED,
                                ServerMessage.BodyCase.ROOM_RESUMED,
                                ServerMessage.BodyCase.REDIRECT,
                                ServerMessage.BodyCase.SNAPSHOT,
                                ServerMessage.BodyCase.TICK_RATE);
        }
    }

    private void offer() throws IOException {
        if (drained) {
            return;
        }
        String partner = others.get(random.nextInt(others.size()));
        Goods give = someOf(holdings().itemList());
        Goods want = someOf(market.itemsOf(partner));
        Deal deal = new Deal(UuidV7.of(System.currentTimeMillis(), random.nextLong()), name, partner, give, want);
        market.open(deal);
        offers.put(client().offer(deal.id(), partner, give, want), deal);
    }

    private Goods someOf(List<Long> items) {
        int choice = random.nextInt(4);
        if (choice == 0 && !items.isEmpty()) {
            return RawClient.item(items.get(random.nextInt(items.size())));
        }
        return RawClient.stacks(Map.of(choice == 1 ? "potion" : "gold", 1L + random.nextInt(COUNT_MAX)));
    }

    private void answer(Deal deal) throws IOException {
        if (random.nextInt(100) < DECLINED_PERCENT) {
            decline(deal);
        } else if (market.holdsAccepts()) {
            RawClient present = client();
            market.hold(() -> {
                try {
                    accept(present, deal);
                } catch (IOException e) {
                    log.trace("{} was cut meanwhile", name, e);
                }
            });
        } else {
            accept(client(), deal);
        }
    }

    private void accept(RawClient present, Deal deal) throws IOException {
        // So that the thread that reads the answer finds the deal.
        synchronized (accepts) {
            accepts.put(present.accept(deal.id(), deal.from()), deal);
        }
    }

    private @Nullable Deal accepted(int asked) {
        synchronized (accepts) {
            return accepts.get(asked);
        }
    }

    private void decline(Deal deal) throws IOException {
        client().send(ClientMessage.newBuilder()
                .setTradeDecline(
                        TradeDecline.newBuilder().setFrom(deal.from()).setTradeId(RawClient.bytes(deal.id()))));
    }

    private void ended(TradeResult result) throws IOException {
        Deal deal = tell(result);
        if (result.getOutcome() == TradeOutcome.COMMITTED) {
            // Where the store's first answer was lost, InventoryChanged says that the goods are to be asked for.
            assertThat(result.hasChange() || market.unavailable() > 0)
                    .as("change with %s", deal)
                    .isTrue();
            take();
        }
        if (deal.from().equals(name)) {
            if (result.getOutcome() == TradeOutcome.COMMITTED) {
                market.countCommit();
            }
            offerNext();
        }
    }

    private void refused(int asked, Error error) throws IOException {
        if (asked == 0) {
            goodbye = error.getCode();
            if (goodbye == ErrorCode.ROOM_CLOSED) {
                // Another server runs the room.
                client().close();
            }
            return;
        }
        if (asked == inventoryAsked) {
            // The next change asks again.
            inventoryAsked = 0;
            return;
        }
        Deal offered = offers.get(asked);
        Deal accepted = accepted(asked);
        if (isNotNow(error)) {
            market.countUnavailable();
            assertThat(error.getRetryAfterMs()).as("%s", error).isPositive();
            if (offered != null) {
                offered.refuse();
                offerIn(error.getRetryAfterMs());
            } else if (accepted != null) {
                // The trade may have been carried out: the outcome follows.
                market.countUnheard();
            }
        } else if (error.getCode() == ErrorCode.ROOM_CLOSED || error.getCode() == ErrorCode.NOT_IN_ROOM) {
            // The server stops, and everybody has left. Outcomes come as events, perhaps before Draining does.
            if (offered != null) {
                offered.refuse();
            }
        } else if (offered != null) {
            assertThat(error.getCode()).as("%s: %s", offered, error).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
            offered.refuse();
            offerNext();
        } else if (accepted != null && error.getCode() == ErrorCode.TRADE_INSUFFICIENT) {
            decline(accepted);
        }
    }

    private static boolean isNotNow(Error error) {
        return error.getCode() == ErrorCode.UNAVAILABLE;
    }

    private void offerNext() throws IOException {
        if (market.pause().isZero()) {
            offer();
        } else {
            offerIn(market.pause().toMillis());
        }
    }

    /** Sends a ping later, whose pong triggers the next offer. */
    private void offerIn(long millis) {
        RawClient present = client();
        CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS).execute(() -> {
            try {
                present.ping(millis);
            } catch (IOException e) {
                log.trace("{} was cut meanwhile", name, e);
            }
        });
    }

    // ---- after a crash ----

    /** As the proposer, repeats offers with an unknown outcome, and cancels those that open anew. @return how many */
    int repeatOffersInDoubt() throws IOException {
        List<Deal> inDoubt = market.deals(deal -> deal.from().equals(name) && deal.isInDoubtFor(name));
        for (Deal deal : inDoubt) {
            ServerMessage answer = answerTo(() -> repeatOffer(deal));
            if (answer.hasTradeOpened()) {
                answer = answerTo(() -> cancel(deal));
            }
            if (answer.hasTradeResult()) {
                learn(answer.getTradeResult());
            } else {
                assertThat(answer.getError().getCode())
                        .as("%s: %s", deal, answer)
                        .isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
                deal.refuse();
            }
        }
        return inDoubt.size();
    }

    /** As the partner, accepts again once all proposers know the outcomes. @return how many */
    int repeatAnswersInDoubt() throws IOException {
        List<Deal> inDoubt = market.deals(deal -> deal.to().equals(name) && deal.isInDoubtFor(name));
        for (Deal deal : inDoubt) {
            learn(resultIn(acceptAgain(deal), deal));
        }
        List<Deal> refused = market.deals(deal -> deal.to().equals(name) && deal.isRefused());
        for (int i = 0; i < Math.min(REFUSED_ASKED, refused.size()); i++) {
            ServerMessage answer = acceptAgain(refused.get(random.nextInt(refused.size())));
            assertThat(answer.getError().getCode()).as("%s", answer).isEqualTo(ErrorCode.TRADE_NOT_FOUND);
        }
        return inDoubt.size();
    }

    /** Repeats the question while the store is silent, and returns the answer. */
    private ServerMessage answerTo(Callable<Integer> question) {
        return await("an answer to " + name)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .atMost(RESOLVED_WITHIN)
                .until(() -> client().answerTo(question.call()), answer -> !isNotNow(answer.getError()));
    }

    /** Once all outcomes are known, checks that the inventory of the last login is what the trades amount to. */
    void checkAccount() {
        ExpectedAccount expected = Objects.requireNonNull(account).after(market.deals(), name);
        assertThat(welcomedAccount).as("what %s owns", name).isEqualTo(expected);
    }

    private ServerMessage acceptAgain(Deal deal) {
        return answerTo(() -> client().accept(deal.id(), deal.from()));
    }

    /** Checks that the inventory of the new login is what this trader was told and has learned since. */
    void checkWelcome() {
        assertThat(welcomed).as("what %s owns", name).isEqualTo(holdings);
    }

    /** Repeats trades that ended long ago: the answer is the first outcome, and other terms are refused. */
    void repeatSomeEnded(int count) {
        List<Deal> ended = market.deals(deal -> deal.involves(name) && deal.told(name) != null);
        for (int i = 0; i < Math.min(count, ended.size()); i++) {
            Deal deal = ended.get(random.nextInt(ended.size()));
            boolean proposed = deal.from().equals(name);
            tell(resultIn(proposed ? answerTo(() -> repeatOffer(deal)) : acceptAgain(deal), deal));
            if (proposed) {
                Goods other = RawClient.gold(COUNT_MAX + 1);
                ServerMessage answer = answerTo(() -> client().offer(deal.id(), deal.to(), deal.give(), other));
                assertThat(answer.getError().getCode()).as("%s", answer).isEqualTo(ErrorCode.TRADE_ID_REUSED);
            }
        }
    }

    private static TradeResult resultIn(ServerMessage answer, Deal deal) {
        assertThat(answer.hasTradeResult())
                .as("%s is answered %s", deal, answer)
                .isTrue();
        return answer.getTradeResult();
    }

    private int repeatOffer(Deal deal) throws IOException {
        return client().offer(deal.id(), deal.to(), deal.give(), deal.want());
    }

    private int cancel(Deal deal) throws IOException {
        return client().send(ClientMessage.newBuilder()
                .setTradeCancel(TradeCancel.newBuilder().setTradeId(RawClient.bytes(deal.id()))));
    }

    private void learn(TradeResult result) {
        Deal deal = tell(result);
        if (result.getOutcome() == TradeOutcome.COMMITTED) {
            boolean proposed = deal.from().equals(name);
            believe(holdings().after(proposed ? deal.give() : deal.want(), proposed ? deal.want() : deal.give()));
        }
    }

    private Deal tell(TradeResult result) {
        Deal deal = market.deal(uuid(result.getTradeId()));
        assertThat(result.getFrom()).isEqualTo(deal.from());
        assertThat(result.getTo()).isEqualTo(deal.to());
        deal.tell(name, result.getOutcome());
        return deal;
    }

    private void take() throws IOException {
        if (client().isInventoryWhole()) {
            believe(ToldHoldings.of(client().inventory()));
        } else if (inventoryAsked == 0) {
            inventoryAsked = client().askInventory();
        }
    }

    private void believe(ToldHoldings next) {
        holdings = next;
        market.own(name, next.itemList());
    }

    private ToldHoldings holdings() {
        if (holdings == null) {
            throw new IllegalStateException(name + " never entered");
        }
        return holdings;
    }

    private RawClient client() {
        if (client == null) {
            throw new IllegalStateException(name + " never entered");
        }
        return client;
    }

    private static UUID uuid(ByteString bytes) {
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
