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
 * A player who trades as fast as the answers come, never forgets a trade, and asks again about those whose end it did
 * not hear. One thread at a time.
 */
final class Trader implements Callable<Trader> {
    private static final Logger log = LoggerFactory.getLogger(Trader.class);
    private static final int OFFERS_OPEN = 3;
    private static final int DECLINED_PERCENT = 10;
    private static final int COUNT_MAX = 5;
    private static final int REFUSED_ASKED = 30;
    private static final Duration RESOLVED_WITHIN = Duration.ofSeconds(30);

    private final String name;
    private final String room;
    private final List<String> others;
    private final Market market;
    private final Random random;
    private final Map<Integer, Deal> offers = new HashMap<>();
    /** Guarded by itself: an accept that was held back is sent from another thread. */
    private final Map<Integer, Deal> accepts = new HashMap<>();

    private @Nullable RawClient client;
    private @Nullable Holdings holdings;
    private @Nullable Holdings welcomed;
    private @Nullable Account account;
    private @Nullable Account welcomedAccount;
    private boolean drained;
    private ErrorCode goodbye = ErrorCode.OK;

    Trader(String name, String room, List<String> others, Market market, long seed) {
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
        goodbye = ErrorCode.OK;
        Inventory told = client.login(name).getInventory();
        welcomed = Holdings.of(told);
        welcomedAccount = Account.of(told);
        if (holdings == null) {
            believe(welcomed);
            account = Account.of(told);
        }
        client.join(room);
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
    public Trader call() throws IOException {
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
            // Where a message was cut short, or a write failed, the server is gone just as well.
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
            case INVENTORY_CHANGED -> take(message.getInventoryChanged().getInventory());
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
                                ServerMessage.BodyCase.SNAPSHOT);
        }
    }

    private void offer() throws IOException {
        if (drained) {
            return;
        }
        String partner = others.get(random.nextInt(others.size()));
        Goods give = someOf(holdings().itemList());
        Goods want = someOf(market.itemsOf(partner));
        Deal deal = new Deal(new UUID(random.nextLong(), random.nextLong()), name, partner, give, want);
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
        // Whoever reads the answer finds what it is about.
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
            // Where the store's first answer was lost, what they own now comes by itself, as InventoryChanged.
            assertThat(result.hasInventory() || market.unavailable() > 0)
                    .as("inventory with %s", deal)
                    .isTrue();
            take(result.getInventory());
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
        Deal offered = offers.get(asked);
        Deal accepted = accepted(asked);
        if (isNotNow(error)) {
            market.countUnavailable();
            assertThat(error.getRetryAfterMs()).as("%s", error).isPositive();
            if (offered != null) {
                offered.refuse();
                offerIn(error.getRetryAfterMs());
            } else if (accepted != null) {
                // May be carried out all the same: the outcome follows.
                market.countUnheard();
            }
        } else if (error.getCode() == ErrorCode.ROOM_CLOSED || error.getCode() == ErrorCode.NOT_IN_ROOM) {
            // The server stops and everybody has left; what is under way comes as an event. Draining may be on its way.
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

    /** The pong to a later ping is what makes the next offer. */
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

    /** As the proposer: repeats the offers whose end is not known. What comes up as new is cancelled. @return how many */
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

    /** As the partner, once all proposers know: accepts again, whatever was answered before. @return how many */
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

    /** The answer that is about the trade: while the store is silent, the question is asked again. */
    private ServerMessage answerTo(Callable<Integer> question) {
        return await(name + " learns how a trade ended")
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .atMost(RESOLVED_WITHIN)
                .until(() -> client().answerTo(question.call()), answer -> !isNotNow(answer.getError()));
    }

    /** Once all trades are known: what the server said at the last login is what they amount to. */
    void checkAccount() {
        Account expected = Objects.requireNonNull(account).after(market.deals(), name);
        assertThat(welcomedAccount).as("what %s owns", name).isEqualTo(expected);
    }

    private ServerMessage acceptAgain(Deal deal) {
        return answerTo(() -> client().accept(deal.id(), deal.from()));
    }

    /** What was told, and what was learned since, must be what the server said at the new login. */
    void checkWelcome() {
        assertThat(welcomed).as("what %s owns", name).isEqualTo(holdings);
    }

    /** Repeats trades that ended long ago: the same is told, and with other terms nothing. */
    void repeatSomeEnded(int count) throws IOException {
        List<Deal> ended = market.deals(deal -> deal.involves(name) && deal.told(name) != null);
        for (int i = 0; i < Math.min(count, ended.size()); i++) {
            Deal deal = ended.get(random.nextInt(ended.size()));
            int asked = deal.from().equals(name) ? repeatOffer(deal) : client().accept(deal.id(), deal.from());
            tell(resultIn(client().answerTo(asked), deal));
            if (deal.from().equals(name)) {
                int forged = client().offer(deal.id(), deal.to(), deal.give(), RawClient.gold(COUNT_MAX + 1));
                assertThat(client().errorTo(forged)).isEqualTo(ErrorCode.TRADE_ID_REUSED);
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

    private void take(Inventory told) {
        if (told.getVersion() > holdings().version()) {
            believe(Holdings.of(told));
        }
    }

    private void believe(Holdings next) {
        holdings = next;
        market.own(name, next.itemList());
    }

    private Holdings holdings() {
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
