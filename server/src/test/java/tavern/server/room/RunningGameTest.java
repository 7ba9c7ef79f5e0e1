package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.DefaultEventLoopGroup;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.GameType;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RefusedException;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.cache.Players;
import tavern.server.cluster.ClusterSettings;
import tavern.server.cluster.Leases;
import tavern.server.cluster.Node;
import tavern.server.cluster.StoreLeases;
import tavern.server.feed.Feed;
import tavern.server.game.Action;
import tavern.server.game.GoodsChange;
import tavern.server.game.TavernRules;
import tavern.server.game.TestGame;
import tavern.server.game.WordFilter;
import tavern.server.games.Games;
import tavern.server.games.GamesSettings;
import tavern.server.games.TestJar;
import tavern.server.games.sample.TableModule;
import tavern.server.guard.ReplayBudget;
import tavern.server.store.ForeignValueException;
import tavern.server.store.Leg;
import tavern.server.store.PlayerRecord;
import tavern.server.store.Put;
import tavern.server.store.Realm;
import tavern.server.store.RoomTurn;
import tavern.server.store.Store;
import tavern.server.store.StoreSettings;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionId;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.time.Clocks;
import tavern.server.trace.Traces;

/** Rooms with the game of {@link tavern.server.games.sample.TableGame} on a real store, which may fall silent. */
final class RunningGameTest {
    private static final RoomSettings SETTINGS = new RoomSettings(
            10,
            20,
            10,
            500,
            5,
            100,
            60,
            60,
            100_000,
            10,
            100,
            1_000,
            10,
            10,
            10,
            0,
            new RoomSettings.Interest(1_000, 80),
            1_000);
    private static final long TURN_BYTES = 200_000;
    private static final RoomId TABLE = new RoomId("table");
    private static final RoomType TYPE = new RoomType(
            "cards", TableModule.table(), 2, true, true, 1, Map.of(), false, true, false, 0, 1, true, true, 50);
    private static final RoomOptions OPTIONS = new RoomOptions(0, false, Map.of("first", "once"), "cards");

    @TempDir
    Path folder;

    private final DefaultEventLoopGroup threads = new DefaultEventLoopGroup(1);
    private final Changes directory = new Changes();

    /** So many transactions are answered by a failure, after or without having been carried out. */
    private final AtomicInteger lostAnswers = new AtomicInteger();

    private final AtomicInteger lostRequests = new AtomicInteger();

    /** Transactions begin, their answers come, and players are read, when these complete. */
    private volatile CompletableFuture<Void> requests = CompletableFuture.completedFuture(null);

    private volatile CompletableFuture<Void> answers = CompletableFuture.completedFuture(null);
    /** What reads wait for once an answer is lost. */
    private volatile @Nullable CompletableFuture<Void> readsAfterLoss;

    private volatile CompletableFuture<Void> reads = CompletableFuture.completedFuture(null);

    /** What is committed does not reach the replicas. */
    private volatile boolean isUnsafe;

    /** Values cannot be written, although the store works. */
    private volatile boolean isSpoilt;

    private final AtomicInteger transactions = new AtomicInteger();

    /** Calls of the method are not carried out before this is completed. */
    private final CompletableFuture<Void> heard = new CompletableFuture<>();

    private volatile String unheard = "";
    private volatile RoomTypes types = name -> "cards".equals(name) ? TYPE : null;
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private Store store;
    private Leases leases;
    private Players players;
    private RoomServices services;
    private Rooms rooms;
    private Guest ann;
    private Guest bob;

    @BeforeEach
    void open() {
        Clocks clocks = Clocks.system();
        store = EmbeddedStore.open(StoreSettings.embedded(folder, 1_000, 1_000));
        leases = StoreLeases.start(
                store,
                new ClusterSettings(false, 10_000, "", 0),
                CompletableFuture.completedFuture(new Node("one", "127.0.0.1", 1)),
                () -> true,
                clocks);
        Store silent = silent(store);
        players = new Players(silent, Goods.NONE, List.of(), atMillis -> null, clocks, metrics);
        services = new RoomServices(
                SETTINGS,
                threads,
                TestGame.SETTINGS,
                TavernRules.factory(TestGame.SETTINGS, WordFilter.of(List.of())),
                name -> types.find(name),
                ServiceCalls.NONE,
                silent,
                silent,
                silent,
                players,
                leases,
                Feed.disabled(),
                clocks,
                new ReplayBudget(1_000_000, 1_000_000),
                new TurnMemory(TURN_BYTES, metrics),
                new RoomMetrics(metrics),
                Traces.off(),
                new RecordingMemory(1_000_000, 2_000_000, "test", metrics));
        rooms = new Rooms(services, directory);
        ann = guest("ann");
        bob = guest("bob");
    }

    @AfterEach
    void close() {
        Realm.await(rooms.drain());
        rooms.close();
        leases.close();
        store.close();
        threads.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Store silent(Store real) {
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(unheard) && !heard.isDone()) {
                        return heard.thenCompose(now -> ask(real, method, arguments));
                    }
                    return switch (method.getName()) {
                        case "transact" -> transact(real, (Transaction) arguments[0]);
                        case "openPlayer", "findPlayer" -> reads.thenCompose(now -> ask(real, method, arguments));
                        default -> call(real, method, arguments);
                    };
                });
    }

    private CompletionStage<?> transact(Store real, Transaction transaction) {
        transactions.incrementAndGet();
        if (lostRequests.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return CompletableFuture.failedFuture(new StoreUnavailableException("not now", 1));
        }
        if (isSpoilt && !transaction.puts().isEmpty()) {
            return CompletableFuture.failedFuture(new ForeignValueException("not a value of ours"));
        }
        boolean isLost = lostAnswers.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        CompletableFuture<Void> after = readsAfterLoss;
        if (isLost && after != null) {
            reads = after;
        }
        return requests.thenCompose(now -> real.transact(transaction))
                .thenCompose(result -> answers.thenApply(now -> result))
                .thenCompose(result -> isLost || (isUnsafe && result.isCommitted())
                        ? CompletableFuture.failedFuture(new StoreUnavailableException("not heard", 1))
                        : CompletableFuture.completedFuture(result));
    }

    private static CompletionStage<?> ask(Store real, Method method, @Nullable Object[] arguments) {
        try {
            return (CompletionStage<?>) call(real, method, arguments);
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Object call(Store real, Method method, @Nullable Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Guest guest(String name) {
        return new Guest(Realm.await(players.open(name)).player());
    }

    private Room room() {
        return room(TABLE);
    }

    private Room room(RoomId id) {
        return Realm.await(rooms.open(id, OPTIONS, null));
    }

    private Joining join(Room room, Guest guest, String ticket, @Nullable ViewClient ears) {
        PlayerRecord record = Realm.await(players.open(guest.player().name()));
        var values = Realm.await(
                KeptValues.read(store, guest.player().id(), room.game().keeps()));
        Arrival arrival = new Arrival(record, null, values, ByteString.copyFromUtf8(ticket));
        return Realm.await(
                room.members().join(guest, arrival, 1, ears, room.members().moveSlot()));
    }

    private Room annsTable() {
        Room room = room();
        assertThat(join(room, ann, "", null)).isEqualTo(Joining.SEATED);
        return room;
    }

    private ViewClient ears() {
        return new ViewClient(threads.next());
    }

    private List<String> told(ViewClient ears) throws Exception {
        return threads.next()
                .submit(() -> ears.events().stream()
                        .filter(ServerMessage::hasCustom)
                        .map(Guest::text)
                        .toList())
                .get();
    }

    /** The lines that the game remembers, as the store has them. */
    private List<String> kept(RoomId room) {
        byte[] state = Realm.await(store.game(room)).orElseThrow().state();
        String all = new String(state, StandardCharsets.UTF_8);
        List<String> lines = new ArrayList<>();
        for (String line : all.split("\n", -1)) {
            lines.add(line);
        }
        return lines;
    }

    private long gold(Guest guest) {
        return Realm.await(store.findPlayer(guest.player().id()))
                .orElseThrow()
                .inventory()
                .count("gold");
    }

    /** Restarts the server, as far as rooms are concerned. */
    private void reopen() {
        Realm.await(rooms.drain());
        rooms.close();
        rooms = new Rooms(services, directory);
    }

    // ---- turns ----

    @Test
    void aTurnIsToldOnceItIsKept() throws Exception {
        Room room = room();
        ViewClient ears = ears();
        assertThat(join(room, ann, "", ears)).isEqualTo(Joining.SEATED);

        ann.isDone(ann.says(room, "say hello"));

        assertThat(kept(TABLE)).contains("hello");
        await().untilAsserted(() -> assertThat(told(ears)).containsExactly("ann came", "ann: hello"));
        ann.isDone(ann.says(room, "hint psst"));
        ann.hears(message -> message.hasCustom() && Guest.text(message).equals("psst"));
    }

    @Test
    void turnsOfAllRoomsTogetherAreBoundedInBytes() {
        Room room = annsTable();
        Room other = room(new RoomId("other"));
        assertThat(join(other, bob, "", null)).isEqualTo(Joining.SEATED);
        requests = new CompletableFuture<>();
        int first = ann.says(room, "say hello");
        String hint = "hint " + "x".repeat(5_000);
        int last = first;
        for (int i = 0; i < 60; i++) {
            last = ann.says(room, hint);
        }

        ann.isRefused(last, ErrorCode.BUSY);
        bob.isRefused(bob.says(other, "say hello"), ErrorCode.BUSY);

        requests.complete(null);
        ann.isDone(first);
        await().untilAsserted(() ->
                assertThat(metrics.get("tavern.turns.bytes").gauge().value()).isZero());
        bob.isDone(bob.says(other, "say hello"));
    }

    @Test
    void othersAreToldWithoutTheOne() {
        Room room = annsTable();
        join(room, bob, "", null);

        ann.isDone(ann.says(room, "others psst"));

        bob.hears(message -> message.hasCustom() && Guest.text(message).equals("psst"));
        assertThat(ann.heard())
                .noneMatch(message -> message.hasCustom() && Guest.text(message).equals("psst"));
    }

    /** The texts of the game's events and views, as they came. */
    private List<String> inOrder(ViewClient ears) throws Exception {
        return threads.next()
                .submit(() -> ears.events().stream()
                        .map(message -> message.hasJoined()
                                ? "view " + message.getJoined().getView().toStringUtf8()
                                : message.hasReplayed() ? "replayed" : Guest.text(message))
                        .filter(text -> !text.isEmpty())
                        .toList())
                .get();
    }

    /** Each turn is answered behind what it tells. */
    private void turns(Room room, Guest guest, String... texts) {
        int lag = guest.lag();
        int tells = 0;
        for (String text : texts) {
            guest.says(room, text);
            tells += text.startsWith("hint") ? 2 : 1;
        }
        int expected = lag + tells;
        await().until(() -> guest.lag() >= expected);
    }

    /** P-80. The member's own thread is slow, so that all he is told personally is late. */
    @Test
    void theViewFitsWhatIsToldWhenTheRoomIsJoinedAgain() throws Exception {
        Room room = room();
        ViewClient ears = ears();
        join(room, ann, "", ears);
        ann.lagBehind(ears);

        turns(room, ann, "hint before", "say line1");
        join(room, ann, "", ears);
        turns(room, ann, "hint after", "say line2");
        assertThat(inOrder(ears)).contains("ann: line1").doesNotContain("before", "ann: line2");
        ann.catchUp();

        List<String> heard = inOrder(ears);
        assertThat(heard.get(0)).startsWith("view");
        int shownAgain = heard.lastIndexOf(heard.stream()
                .filter(text -> text.startsWith("view"))
                .reduce((first, second) -> second)
                .orElseThrow());
        assertThat(heard.get(shownAgain)).contains("line1").doesNotContain("line2");
        assertThat(heard.subList(0, shownAgain)).contains("before", "ann: line1");
        assertThat(heard.subList(shownAgain, heard.size())).contains("after", "ann: line2");
    }

    /** P-20, P-80: the client knows nothing of the room. */
    @Test
    void theViewFitsWhatIsToldAroundAResume() throws Exception {
        Room room = room();
        ViewClient ears = ears();
        join(room, ann, "", ears);
        room.members().detach(ann, ears);
        ViewClient next = ears();
        ann.lagBehind(next);

        turns(room, ann, "hint before", "say line1");
        room.members().resume(ann, next, room.members().moveSlot(), -1, new Resumption() {
            @Override
            public void accepted() {}

            @Override
            public void refused(Resumption.Refusal why) {
                throw new AssertionError(why);
            }
        });
        turns(room, ann, "hint after", "say line2");
        assertThat(inOrder(next)).isEmpty();
        ann.catchUp();

        List<String> heard = inOrder(next);
        assertThat(heard.get(0)).isEqualTo("before");
        assertThat(heard.get(1)).startsWith("view").contains("line1").doesNotContain("line2");
        assertThat(heard.get(2)).isEqualTo("replayed");
        assertThat(heard).contains("after", "ann: line2").doesNotContain("ann: line1");
    }

    @Test
    void whatIsRefusedOrFailsIsAnswered() {
        Room room = annsTable();

        ann.isRefused(ann.says(room, "refuse"), ErrorCode.BAD_VALUE);
        ann.isRefused(ann.says(room, "nonsense"), ErrorCode.INTERNAL);
        ann.isDone(ann.says(room, "say still"));
    }

    @Test
    void aRequestIsCarriedOutOnce() {
        Room room = annsTable();

        ann.isDone(ann.asks(room, 7, "earn 5"));
        ann.isDone(ann.asks(room, 7, "earn 5"));

        assertThat(gold(ann)).isEqualTo(5);
    }

    @Test
    void goodsAreToldBeforeTheAnswer() {
        Room room = annsTable();

        int earned = ann.says(room, "earn 5");
        ann.isDone(earned);

        List<ServerMessage> heard = ann.heard().stream()
                .filter(message -> message.hasInventoryChanged() || message.hasTurnDone())
                .toList();
        assertThat(heard).hasSize(2);
        assertThat(heard.get(0).getInventoryChanged().getReason()).isEqualTo("turn");
        assertThat(heard.get(0).getInventoryChanged().getChange().getCounts(0).getCount())
                .isEqualTo(5);
        assertThat(Realm.await(players.open("ann")).inventory().count("gold")).isEqualTo(5);
        ann.isDone(ann.says(room, "count"));
        ann.hears(message -> message.hasCustom() && Guest.text(message).equals("5 gold"));
    }

    @Test
    void goodsOfSomebodyElsewhereAreToldThere() {
        Room room = annsTable();

        ann.isDone(ann.says(room, "gift " + bob.player().id() + " 3"));

        assertThat(directory.heard).containsExactly(bob.player().id() + " turn");
        assertThat(Realm.await(players.open("bob")).inventory().count("gold")).isEqualTo(3);
    }

    @Test
    void whoHasNotEnoughIsRefusedAndOthersGoOn() {
        Room room = annsTable();

        int early = ann.says(room, "say early");
        int poor = ann.says(room, "pay 100");
        int late = ann.says(room, "say late");

        ann.isDone(early);
        ann.isRefused(poor, ErrorCode.TRADE_INSUFFICIENT);
        ann.isDone(late);
        assertThat(kept(TABLE)).containsSubsequence("early", "late");
    }

    // ---- a store that is silent ----

    @Test
    void anAnswerThatIsLostIsAskedForAgain() {
        Room room = annsTable();
        lostAnswers.set(1);

        int earned = ann.says(room, "earn 5");
        int said = ann.says(room, "say after");

        ann.isDone(earned);
        ann.isDone(said);
        assertThat(gold(ann)).isEqualTo(5);
        assertThat(Realm.await(players.open("ann")).inventory().count("gold")).isEqualTo(5);
    }

    @Test
    void turnsThatDidNotReachTheStoreAreSentAgainInTheirOrder() {
        Room room = annsTable();
        lostRequests.set(3);
        List<Integer> numbers = new ArrayList<>();

        for (int i = 0; i < 20; i++) {
            numbers.add(ann.says(room, "say line" + i));
        }

        numbers.forEach(ann::isDone);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            expected.add("line" + i);
        }
        assertThat(kept(TABLE)).containsSubsequence(expected);
        assertThat(kept(TABLE).stream().filter(line -> line.startsWith("line"))).hasSize(20);
    }

    @Test
    void aRoomWhoseFirstTurnIsLostOpensAllTheSame() {
        lostRequests.set(1);

        annsTable();

        assertThat(kept(TABLE)).isNotEmpty();
    }

    @Test
    void aRoomWhoseTurnsDoNotFitTheStoreIsOpenedAnew() {
        Room room = annsTable();
        ann.isDone(ann.says(room, "say mine"));
        var now = Realm.await(store.game(TABLE)).orElseThrow();
        Realm.await(store.transact(Transaction.turn(
                new RoomTurn(TABLE, "cards", now.revision(), now.revision() + 1_000, now.state(), Long.MAX_VALUE),
                room.lease().fence(),
                List.of(),
                List.of(),
                List.of(),
                1)));

        ann.says(room, "say lost");

        ann.hears(message -> message.getError().getCode() == ErrorCode.ROOM_CLOSED);
        Realm.await(room.gone());
        assertThat(ann.isOut()).isTrue();
        Room next = annsTable();
        ann.isDone(ann.says(next, "say again"));
        assertThat(kept(TABLE)).contains("mine", "again").doesNotContain("lost");
    }

    @Test
    void nothingIsToldThatIsNotSafe() {
        Room room = annsTable();
        isUnsafe = true;
        int before = transactions.get();

        CompletableFuture<Void> answered = new CompletableFuture<>();
        answers = answered;
        int one = ann.says(room, "say one");
        int two = ann.says(room, "say two");
        // Both are on their way before the first answer: afterwards nothing new is.
        await().until(() -> transactions.get() >= before + 2);
        answered.complete(null);
        // The store is looked at twice, and has both.
        await().until(() -> transactions.get() >= before + 4);
        assertThat(kept(TABLE)).contains("one", "two");
        assertThat(isAnswered(one)).isFalse();
        assertThat(isAnswered(two)).isFalse();
        isUnsafe = false;

        ann.isDone(one);
        ann.isDone(two);
    }

    private boolean isAnswered(int number) {
        return ann.heard().stream().anyMatch(message -> message.getReplyTo() == number);
    }

    @Test
    void aTurnWhoseAnswerWasLostIsOverOnceItsGoodsAreKnown() {
        Room room = annsTable();
        CompletableFuture<Void> read = new CompletableFuture<>();
        readsAfterLoss = read;
        lostAnswers.set(1);
        int before = transactions.get();

        int first = ann.says(room, "welcome");
        await().until(() -> transactions.get() >= before + 2);
        for (int i = 0; i < 20; i++) {
            Realm.await(room.ask(Room::isOpen));
        }
        int second = ann.says(room, "welcome");
        Realm.await(room.ask(Room::isOpen));
        read.complete(null);

        ann.isDone(first);
        ann.isDone(second);
        assertThat(gold(ann)).isEqualTo(5);
    }

    @Test
    void aTurnThatTheStoreCannotCarryOutDoesNotStopTheRoom() {
        Room room = annsTable();
        isSpoilt = true;

        int put = ann.says(room, "put one");
        int said = ann.says(room, "say after");

        ann.isRefused(put, ErrorCode.INTERNAL);
        ann.isDone(said);
    }

    // ---- goods that change meanwhile ----

    /** Somebody gives ann gold without telling this server. */
    private void grant(long count) {
        Realm.await(store.transact(new Transaction(
                TransactionId.undated("test:" + count),
                List.of(new Leg(new Mint("test"), ann.player().id(), Goods.of("gold", count), List.of())),
                List.of(),
                List.of(),
                null,
                new byte[0],
                false,
                1)));
    }

    @Test
    void goodsOfATurnCountAtOnceAlsoWhenAChangeBeforeThemWasNotHeardOf() {
        Room room = annsTable();
        grant(1);
        reads = new CompletableFuture<>();

        ann.isDone(ann.says(room, "earn 5"));
        ann.isDone(ann.says(room, "count"));
        reads.complete(null);

        ann.hears(message -> message.hasCustom() && Guest.text(message).equals("6 gold"));
    }

    @Test
    void goodsOfATurnCountOnceAlsoWhenTheyAreHeardOfBeforeItsAnswer() {
        Room room = annsTable();
        answers = new CompletableFuture<>();
        int earned = ann.says(room, "earn 5");
        await().until(() -> gold(ann) == 5);

        room.act(new Action.InventoryRead(
                ann.player().id(),
                Realm.await(store.findPlayer(ann.player().id())).orElseThrow().inventory()));
        int counted = ann.says(room, "count");
        Realm.await(room.ask(Room::isOpen));
        answers.complete(null);

        ann.isDone(earned);
        ann.isDone(counted);
        ann.hears(message -> message.hasCustom() && Guest.text(message).equals("5 gold"));
    }

    @Test
    void whatOthersGiveMeanwhileCountsOnceTheTurnIsOver() {
        Room room = annsTable();
        ann.isDone(ann.says(room, "earn 5"));
        grant(2);
        room.act(new Action.InventoryRead(
                ann.player().id(),
                Realm.await(store.findPlayer(ann.player().id())).orElseThrow().inventory()));

        ann.isDone(ann.says(room, "earn 1"));
        ann.isDone(ann.says(room, "count"));

        ann.hears(message -> message.hasCustom() && Guest.text(message).equals("8 gold"));
    }

    @Test
    void whoLeavesStillHasWhatHisTurnsNeed() {
        Room room = annsTable();
        ann.isDone(ann.says(room, "earn 5"));
        requests = new CompletableFuture<>();
        ann.says(room, "put one");
        ann.says(room, "put two"); // waits for the one before
        ann.says(room, "pay 5");

        CompletionStage<Void> left = room.members().leave(ann);
        Realm.await(room.ask(Room::isOpen));
        requests.complete(null);

        Realm.await(left);
        assertThat(gold(ann)).isZero();
    }

    // ---- values ----

    @Test
    void aLeaveIsOverOnceItsTurnsAre() {
        Room room = annsTable();
        requests = new CompletableFuture<>();
        ann.says(room, "put one");

        CompletionStage<Void> left = room.members().leave(ann);
        Realm.await(room.ask(Room::isOpen));
        assertThat(ann.isOut()).isTrue();
        assertThat(left.toCompletableFuture()).isNotDone();
        requests.complete(null);

        Realm.await(left);
        assertThat(Realm.await(store.kept(ann.player().id(), "note"))).isPresent();
        assertThat(kept(TABLE)).contains("ann left");
    }

    @Test
    void valuesAreKept() {
        Room room = annsTable();

        int first = ann.says(room, "put one");
        int second = ann.says(room, "put two");
        ann.isDone(first);
        ann.isDone(second);
        reopen();
        ann = guest("ann");
        Room next = annsTable();
        ann.isDone(ann.says(next, "note"));

        ann.hears(message -> message.hasCustom() && Guest.text(message).equals("note: two"));
        ann.isDone(ann.says(next, "put three"));
    }

    @Test
    void aValueThatSomebodyElseHasChangedIsReadAgain() {
        Room room = annsTable();
        PlayerId id = ann.player().id();
        Realm.await(store.transact(new Transaction(
                TransactionId.undated("test:1"),
                List.of(),
                List.of(new Put(id, "note", new byte[] {10, 1, 'x'}, 0)),
                List.of(),
                null,
                new byte[0],
                false,
                1)));

        ann.isRefused(ann.says(room, "put one"), ErrorCode.UNAVAILABLE);

        ann.isDone(ann.says(room, "put two"));
    }

    // ---- coming and going ----

    @Test
    void theGameSaysWhoComesIn() {
        Room room = room();

        assertThatThrownBy(() -> join(room, ann, "stranger", null)).hasStackTraceContaining("not you, ann");
        assertThat(join(room, ann, "broken", null)).isEqualTo(Joining.FAILED);
        assertThat(Realm.await(room.game().admits(ann, ByteString.EMPTY))).isEqualTo(Joining.SEATED);
        assertThat(room.info().players()).isZero();
    }

    @Test
    void spectatorsHearAllAndMayDoNothing() throws Exception {
        Room room = annsTable();
        ViewClient ears = ears();
        join(room, bob, "watch", ears);

        ann.isDone(ann.says(room, "say hello"));
        bob.isRefused(bob.says(room, "say hey"), ErrorCode.NOT_ALLOWED);

        assertThat(room.info().players()).isEqualTo(1);
        await().untilAsserted(() -> assertThat(told(ears)).contains("ann: hello"));
        ServerMessage joined = threads.next().submit(() -> ears.events().get(0)).get();
        assertThat(joined.getJoined().getSpectator()).isTrue();
        assertThat(joined.getJoined().getSelf()).isZero();
        assertThat(joined.getJoined().getType()).isEqualTo("cards");
        assertThat(joined.getJoined().getView().toStringUtf8()).contains("once");
        assertThat(joined.getJoined().getState().getEntitiesList()).hasSize(1);
        Realm.await(room.members().leave(bob));
        assertThat(kept(TABLE)).doesNotContain("bob left");
    }

    @Test
    void seatsAndPlacesToWatchAreBounded() {
        Room room = annsTable();
        join(room, bob, "", null);
        Guest late = guest("late");

        assertThat(join(room, late, "", null)).isEqualTo(Joining.FULL);
        assertThat(Realm.await(room.game().admits(late, ByteString.EMPTY))).isEqualTo(Joining.FULL);
        for (int i = 0; i < 4; i++) {
            assertThat(join(room, guest("watcher" + i), "watch", null)).isEqualTo(Joining.SEATED);
        }
        assertThat(join(room, late, "watch", null)).isEqualTo(Joining.FULL);
    }

    @Test
    void whoIsPutOutHearsWhy() {
        Room room = annsTable();

        ann.says(room, "out");

        ann.hears(ServerMessage::hasLeft);
        assertThat(ann.heard()).anyMatch(message -> message.getError().getText().equals("enough"));
        assertThat(ann.isOut()).isTrue();
        await().until(() -> kept(TABLE).contains("ann left"));
    }

    @Test
    void whoIsSentGoesToTheOtherRoom() {
        Room room = annsTable();

        ann.isDone(ann.says(room, "send inn please"));

        await().until(() -> ann.sentTo().contains("inn please"));
    }

    @Test
    void whoWasThereWhenTheServerStoppedHasLeft() {
        Room room = annsTable();
        ann.isDone(ann.says(room, "say hello"));

        reopen();
        room();

        await().until(() -> kept(TABLE).contains("ann left"));
        assertThat(kept(TABLE)).containsSubsequence("hello", "ann left");
    }

    // ---- types ----

    @Test
    void aRoomIsNotOfTwoTypes() {
        annsTable();

        refused(() -> Realm.await(rooms.open(TABLE, RoomOptions.ofType("chess"), null)), ErrorCode.BAD_VALUE);
        refused(
                () -> Realm.await(rooms.open(new RoomId("new"), RoomOptions.ofType("chess"), null)),
                ErrorCode.BAD_VALUE);
        assertThat(Realm.await(rooms.open(TABLE, RoomOptions.DEFAULT, null))
                        .info()
                        .type())
                .isEqualTo("cards");
    }

    @Test
    void aRoomWhoseTypeIsGoneWaitsForIt() {
        annsTable();
        reopen();
        RoomTypes before = types;
        types = RoomTypes.NONE;

        refused(() -> Realm.await(rooms.open(TABLE, RoomOptions.DEFAULT, null)), ErrorCode.UNAVAILABLE);

        types = before;
        assertThat(room().info().type()).isEqualTo("cards");
    }

    private static void refused(ThrowingCallable asking, ErrorCode code) {
        assertThatThrownBy(asking)
                .satisfies(thrown -> assertThat(causes(thrown))
                        .anyMatch(cause -> cause instanceof RefusedException refused && refused.code() == code));
    }

    private static List<Throwable> causes(Throwable thrown) {
        List<Throwable> all = new ArrayList<>();
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            all.add(cause);
        }
        return all;
    }

    @Test
    void whatATypeDoesNotHaveIsRefused() {
        Room room = annsTable();

        room.offer(ann, new Action.Chat(ann.player().id(), 5, "hello", 1));

        ann.isRefused(5, ErrorCode.UNSUPPORTED);
    }

    @Test
    void aRoomKeepsWhatItsFirstOpenerChose() {
        Realm.await(rooms.open(TABLE, new RoomOptions(0, true, Map.of("first", "once"), "cards"), null));
        reopen();

        Room room = Realm.await(rooms.open(TABLE, new RoomOptions(0, false, Map.of("a", "b"), "cards"), null));

        assertThat(room.info().metadata()).isEqualTo(Map.of("first", "once"));
        assertThat(room.info().unlisted()).isTrue();
        assertThat(rooms.list(new RoomQuery("", "", 10, Map.of())).rooms()).isEmpty();
    }

    // ---- other versions of a game ----

    /** @return forgotten when nobody uses the game any more */
    private WeakReference<Object> annPlaysFirstVersion() {
        RoomType first = TYPE.withGame(TableModule.table());
        types = name -> first;
        ann.isDone(ann.says(annsTable(), "say first"));
        return new WeakReference<>(first.game().game());
    }

    private void use(GameType<?, ?, ?> next) {
        Realm.await(rooms.useGames(Map.of("cards", next), () -> types = name -> TYPE.withGame(next)));
    }

    @Test
    void aVersionOfAGameThatWasReplacedIsForgotten() {
        WeakReference<Object> first = annPlaysFirstVersion();

        use(TableModule.table());

        ann.isDone(ann.says(room(), "say second"));
        await().until(() -> {
            System.gc();
            return first.get() == null;
        });
    }

    @Test
    void aRoomThatWaitsForTheStoreDoesNotHoldUpOtherVersionsOfGames() {
        annsTable();
        unheard = "game";
        CompletionStage<Room> opening = rooms.open(new RoomId("slow"), OPTIONS, null);
        AtomicInteger published = new AtomicInteger();

        assertThatThrownBy(() -> Realm.await(
                        rooms.useGames(Map.of("cards", TableModule.table()), published::incrementAndGet, 50)))
                .hasStackTraceContaining("nothing was changed: not all rooms have answered within 50 ms");

        assertThat(published).hasValue(0);
        heard.complete(null);
        Realm.await(opening);
        use(TableModule.table());
    }

    @Test
    void afterAReloadThatBreaksOffThereCanBeAnother() throws Exception {
        Path jars = Files.createDirectory(folder.resolve("jars"));
        AtomicInteger loads = new AtomicInteger();
        Games games =
                Games.load(new GamesSettings(jars, new TreeMap<>(), 0, new GamesSettings.Recordings(1, 1)), () -> {
                    if (loads.incrementAndGet() == 1) {
                        throw new AssertionError("as if");
                    }
                    return Instant.EPOCH;
                });
        TestJar.pot().write(jars.resolve("pot.jar"));

        assertThatThrownBy(() -> games.reload(rooms)).hasMessage("as if");

        assertThat(Realm.await(games.reload(rooms))).contains("loaded pot.jar");
    }

    // ---- time, and other rooms ----

    @Test
    void noTimerRunsOutInARoomThatEnds() {
        Room room = annsTable();
        ann.isDone(ann.says(room, "alarm tea 3000"));
        long dueMillis = Realm.await(store.game(TABLE)).orElseThrow().dueMillis();
        unheard = "transact";
        ann.says(room, "say last");
        CompletableFuture<Void> drained = rooms.drain();

        // Some ticks later.
        await().until(() -> System.currentTimeMillis() > dueMillis + 300);
        heard.complete(null);

        Realm.await(drained);
        assertThat(kept(TABLE)).contains("last", "ann left").doesNotContain("alarm tea");
    }

    @Test
    void aTimerRunsOutInARoomThatNobodyIsIn() {
        Room room = annsTable();
        ann.isDone(ann.says(room, "alarm tea 100"));
        Realm.await(room.members().leave(ann));

        await().until(() -> kept(TABLE).contains("alarm tea"));
    }

    @Test
    void aRoomThatIsClosedIsOpenedForItsTimer() {
        Room room = annsTable();
        ann.isDone(ann.says(room, "alarm tea 2000"));
        reopen();
        try (DueRooms due = DueRooms.start(rooms, services)) {
            await().until(() -> kept(TABLE).contains("alarm tea"));
        }
    }

    @Test
    void aSignalOpensTheRoomThatItGoesTo() {
        RoomId inn = new RoomId("inn");
        room(inn);
        reopen();
        Room room = annsTable();

        ann.isDone(ann.says(room, "signal inn one"));
        ann.isDone(ann.says(room, "signal inn two"));

        await().until(() -> kept(inn).contains("table sent two"));
        assertThat(kept(inn)).containsSubsequence("table sent one", "table sent two");
        assertThat(kept(inn).stream().filter(line -> line.equals("table sent one")))
                .hasSize(1);
    }

    @Test
    void aSignalToARoomThatNeverWasIsDropped() {
        Room room = annsTable();

        ann.isDone(ann.says(room, "signal nowhere one"));
        Realm.await(room.members().leave(ann));

        Realm.await(room.gone());
        await().until(() -> Realm.await(store.dueRooms(Long.MAX_VALUE - 1, 10)).isEmpty());
    }

    /** Remembers who was told of goods. */
    private static final class Changes implements PlayerDirectory {
        @Override
        public CompletionStage<Boolean> isComing(Player player, RoomId room) {
            return CompletableFuture.completedFuture(false);
        }

        private final List<String> heard = new CopyOnWriteArrayList<>();

        @Override
        public void deliver(PlayerId player, ServerMessage.Builder message) {}

        @Override
        public void goodsChanged(PlayerId player, GoodsChange change, @Nullable Room teller, String reason) {
            heard.add(player + " " + reason);
        }
    }
}
