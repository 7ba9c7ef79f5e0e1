package tavern.server.feed.rabbitmq;

import static tavern.server.store.TransactionDraft.transaction;

import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.NamedAccount;
import tavern.game.Player;
import tavern.server.feed.Feed;
import tavern.server.game.Settlement;
import tavern.server.services.FairTime;
import tavern.server.store.GrantTransactions;
import tavern.server.store.OutboxEvent;
import tavern.server.store.Realm;
import tavern.server.store.Store;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.Transaction;

/** Two players who trade, as a room has it done: describe, commit, tell the feed. Never waits for the feed. */
final class Traders implements AutoCloseable {
    private final Store store;
    private final Feed feed;
    private final Realm realm;
    private final Player ann;
    private final Player bob;
    private final Queue<String> committed = new ConcurrentLinkedQueue<>();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong slowestNanos = new AtomicLong();
    private @Nullable Future<?> storm;
    private final ScheduledExecutorService room = Executors.newSingleThreadScheduledExecutor();

    Traders(Store store, Feed feed) {
        this.store = store;
        this.feed = feed;
        realm = new Realm(store);
        ann = realm.open("ann", "gold", 1_000_000);
        bob = realm.open("bob", "gold", 1_000_000);
    }

    /** So many in a row, one after another is asked for without waiting; then waits for all answers. */
    void trade(int count) {
        for (int i = 0; i < count; i++) {
            ask();
        }
        await();
    }

    /** Trades at this rate until {@link #pause}. */
    void storm(int perSecond) {
        int each = Math.max(1, perSecond / 100);
        storm = room.scheduleAtFixedRate(
                () -> {
                    for (int i = 0; i < each; i++) {
                        ask();
                    }
                },
                0,
                10,
                TimeUnit.MILLISECONDS);
    }

    /** Ends the storm and waits for all answers. */
    void pause() throws InterruptedException {
        if (storm != null) {
            storm.cancel(false);
        }
        room.shutdown();
        room.awaitTermination(10, TimeUnit.SECONDS);
        await();
    }

    private void await() {
        org.awaitility.Awaitility.await("answers of the store")
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> open.get() == 0);
    }

    /** A trade whose message goes to another place than trades do. */
    String tradeTo(String routingKey) {
        Settlement wish = Realm.wish(ann, bob, Goods.of("gold", 1), Goods.of("gold", 1));
        OutboxEvent event = feed.describe(wish, realm.roomFence(), Realm.NOW);
        return trade(
                wish, new OutboxEvent(routingKey, Objects.requireNonNull(event).body()));
    }

    /** A trade whose message has a body of the test's own. */
    String tradeWithBody(byte[] body) {
        Settlement wish = Realm.wish(ann, bob, Goods.of("gold", 1), Goods.of("gold", 1));
        return trade(wish, new OutboxEvent("trade.main.hall", body));
    }

    /** Three parties and two mints; returns the message's id. */
    String craft() {
        NamedAccount guild = new NamedAccount("guild:7");
        return publish(transaction("craft:1")
                .leg(ann.id(), bob.id(), Goods.of("gold", 3))
                .leg(bob.id(), guild, Goods.of("gold", 2))
                .leg(ann.id(), new Mint("shop"), Goods.of("gold", 1))
                .leg(new Mint("forge"), ann.id(), Goods.NONE, "sword")
                .fence(Realm.ROOM, realm.fence())
                .build());
    }

    String grant() {
        return publish(GrantTransactions.of(ann.id(), Realm.stacks("gold", 5), "g1", Realm.NOW));
    }

    private String publish(Transaction transaction) {
        OutboxEvent event = feed.describe(transaction.id().kind(), transaction.fence(), transaction.atMillis());
        Realm.await(store.transact(transaction.with(event)));
        feed.committed();
        return transaction.id().text();
    }

    /** A player who is created with a kit. */
    String newcomer() {
        OutboxEvent event = feed.describe(GrantTransactions.STARTER_KIND, null, Realm.NOW);
        Player created = Realm.await(store.openPlayer("cat", Goods.of("gold", 7), List.of(), event, Realm.NOW))
                .player();
        feed.committed();
        return "starter:" + created.id();
    }

    private String trade(Settlement wish, OutboxEvent event) {
        Realm.await(realm.ask(wish, event));
        feed.committed();
        return wish.id().toString();
    }

    private void ask() {
        long start = FairTime.nanos();
        Settlement wish = Realm.wish(ann, bob, Goods.of("gold", 1), Goods.of("gold", 1));
        OutboxEvent event = feed.describe(wish, realm.roomFence(), Realm.NOW);
        open.incrementAndGet();
        realm.ask(wish, event).whenComplete((settled, failure) -> {
            if (failure == null) {
                committed.add(settled.id().toString());
                feed.committed();
            } else if (failure instanceof StoreUnavailableException
                    || (failure instanceof CompletionException
                            && failure.getCause() instanceof StoreUnavailableException)) {
                refused.incrementAndGet();
            }
            open.decrementAndGet();
        });
        slowestNanos.accumulateAndGet(FairTime.nanos() - start, Math::max);
    }

    /** In the order of the commits. */
    List<String> committed() {
        return List.copyOf(committed);
    }

    int refused() {
        return refused.get();
    }

    long slowestMillis() {
        return TimeUnit.NANOSECONDS.toMillis(slowestNanos.get());
    }

    long outboxRows() {
        return store.stats().outboxRows();
    }

    @Override
    public void close() {
        room.shutdownNow();
    }
}
