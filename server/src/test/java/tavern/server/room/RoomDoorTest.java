package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.opentelemetry.proto.trace.v1.Status;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.UuidV7;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.cache.Players;
import tavern.server.cluster.ClusterSettings;
import tavern.server.cluster.Node;
import tavern.server.cluster.StoreLeases;
import tavern.server.feed.Feed;
import tavern.server.game.Action;
import tavern.server.game.GoodsChange;
import tavern.server.game.TavernRules;
import tavern.server.game.Terms;
import tavern.server.game.TestGame;
import tavern.server.game.TradeId;
import tavern.server.game.WordFilter;
import tavern.server.guard.ReplayBudget;
import tavern.server.it.Places;
import tavern.server.it.TraceReceiver;
import tavern.server.store.ChatLine;
import tavern.server.store.PlayerRecord;
import tavern.server.store.Realm;
import tavern.server.store.RoomStore;
import tavern.server.store.Store;
import tavern.server.store.StoreSettings;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.time.Clocks;
import tavern.server.trace.TraceSettings;
import tavern.server.trace.Traces;

/** A real room, whose members come in over connections of the test's own. */
final class RoomDoorTest {
    private static final RoomSettings SETTINGS = new RoomSettings(
            10,
            20,
            10,
            100,
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

    @TempDir
    Path folder;

    private final DefaultEventLoopGroup threads = new DefaultEventLoopGroup(1);
    private final EventExecutor loop = threads.next();

    /** No log has a share that is not counted. */
    private final ReplayBudget replay = new ReplayBudget(1_000_000, 1_000_000);

    /** The offers to bob. */
    private final BlockingQueue<ServerMessage> offered = new LinkedBlockingQueue<>();

    private final OrderOfChanges directory = new OrderOfChanges();

    /** Nothing that rooms write is stored. */
    private volatile boolean failsWrites;

    private TraceReceiver receiver;
    private Traces traces;
    private Store store;
    private Players players;
    private LosableLeases leases;
    private Rooms rooms;
    private Room room;
    private PlayerRecord ann;
    private PlayerRecord bob;
    private RoomMember annMember;
    private RoomMember bobMember;
    private final ViewClient first = new ViewClient(loop);
    private final ViewClient second = new ViewClient(loop);
    private final ViewClient bobs = new ViewClient(loop);

    @BeforeEach
    void aRoomWithTwoMembers() throws Exception {
        receiver = TraceReceiver.start();
        traces = Traces.start(new TraceSettings(receiver.url(), 1), "one", "1");
        Clocks clocks = Clocks.system();
        SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        store = EmbeddedStore.open(StoreSettings.embedded(folder, 1_000, 1_000));
        leases = new LosableLeases(StoreLeases.start(
                store,
                new ClusterSettings(false, 10_000, "", 0),
                CompletableFuture.completedFuture(new Node("one", "127.0.0.1", 1)),
                () -> true,
                clocks));
        players = new Players(store, Goods.NONE, List.of(), atMillis -> null, clocks, metrics);
        rooms = new Rooms(
                new RoomServices(
                        SETTINGS,
                        threads,
                        TestGame.SETTINGS,
                        TavernRules.factory(TestGame.SETTINGS, WordFilter.of(List.of())),
                        RoomTypes.NONE,
                        ServiceCalls.NONE,
                        store,
                        failing(store),
                        store,
                        players,
                        leases,
                        Feed.disabled(),
                        clocks,
                        replay,
                        new TurnMemory(1_000_000, metrics),
                        new RoomMetrics(metrics),
                        traces,
                        new RecordingMemory(1, 1, "", metrics)),
                directory);
        ann = Realm.await(store.openPlayer("ann", Goods.of("gold", 2), List.of(), null, 0));
        bob = Realm.await(store.openPlayer("bob", Goods.of("potion", 2), List.of(), null, 0));
        annMember = new Silent(ann.player());
        bobMember = new Partner(bob.player(), offered);
        room = Realm.await(rooms.open(new RoomId("hall"), RoomOptions.DEFAULT, null));
        join(annMember, ann, 1, first);
        join(bobMember, bob, 1, bobs);
    }

    @AfterEach
    void close() {
        Realm.await(rooms.drain());
        rooms.close();
        leases.close();
        store.close();
        traces.close();
        receiver.close();
        threads.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private RoomStore failing(RoomStore real) {
        return (RoomStore) Proxy.newProxyInstance(
                RoomStore.class.getClassLoader(),
                new Class<?>[] {RoomStore.class},
                (proxy, method, arguments) ->
                        failsWrites && Set.of("appendChat", "savePositions").contains(method.getName())
                                ? CompletableFuture.failedFuture(new StoreUnavailableException("away", 1))
                                : method.invoke(real, arguments));
    }

    private MoveSlot join(RoomMember member, PlayerRecord player, int seq, ViewClient outlet) {
        MoveSlot moves = room.members().moveSlot();
        assertThat(Realm.await(room.members().join(member, Arrival.of(player, null), seq, outlet, moves)))
                .isEqualTo(Joining.SEATED);
        return moves;
    }

    private void bobSays(String text) {
        room.offer(bobMember, new Action.Chat(bob.player().id(), 1, text, 0));
        await(text).until(() -> hears(bobs, text));
    }

    private boolean hears(ViewClient client, String text) throws Exception {
        return events(client).stream()
                .anyMatch(message -> message.getChat().getText().equals(text));
    }

    private List<ServerMessage> events(ViewClient client) throws Exception {
        return loop.submit(() -> List.copyOf(client.events())).get();
    }

    /** Two come in the same turn, and between them the room becomes another server's. */
    @Test
    void whoHasSatDownIsShownTheRoomBeforeItIsLost() throws Exception {
        PlayerRecord carl = Realm.await(store.openPlayer("carl", Goods.NONE, List.of(), null, 0));
        PlayerRecord dan = Realm.await(store.openPlayer("dan", Goods.NONE, List.of(), null, 0));
        ViewClient carls = new ViewClient(loop);
        AtomicBoolean hadJoined = new AtomicBoolean();
        RoomMember carlMember = (RoomMember) Proxy.newProxyInstance(
                RoomMember.class.getClassLoader(), new Class<?>[] {RoomMember.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("answer")) {
                        // As a session's answers, behind what the room has sent.
                        loop.execute(() -> hadJoined.set(carls.events().stream().anyMatch(ServerMessage::hasJoined)));
                    }
                    if (method.getName().equals("player")) {
                        leases.lose();
                    }
                    return method.invoke(new Silent(carl.player()), arguments);
                });
        List<CompletionStage<Joining>> joinings = loop.submit(() -> Stream.of(
                                Map.entry(carlMember, carl), Map.entry(new Silent(dan.player()), dan))
                        .map(each -> room.members()
                                .join(
                                        each.getKey(),
                                        Arrival.of(each.getValue(), null),
                                        5,
                                        each.getValue() == carl ? carls : new ViewClient(loop),
                                        room.members().moveSlot()))
                        .toList())
                .get();
        assertThat(Realm.await(joinings.get(1))).isEqualTo(Joining.CLOSED);
        Realm.await(joinings.get(0));
        assertThat(events(carls).stream().filter(ServerMessage::hasJoined)).hasSize(hadJoined.get() ? 1 : 0);
    }

    /** P-27: in a crowd that comes at once, each would otherwise be a write to everybody. */
    @Test
    void whoeverComesRightAfterAnotherIsShownInTogether() throws Exception {
        PlayerRecord carl = Realm.await(store.openPlayer("carl", Goods.NONE, List.of(), null, 0));
        PlayerRecord dan = Realm.await(store.openPlayer("dan", Goods.NONE, List.of(), null, 0));
        ViewClient carls = new ViewClient(loop);
        ViewClient dans = new ViewClient(loop);
        loop.submit(first::takeFlushes).get();
        int before = events(first).size();
        List<CompletionStage<Joining>> joinings = loop.submit(() -> List.of(
                        room.members()
                                .join(
                                        new Silent(carl.player()),
                                        Arrival.of(carl, null),
                                        5,
                                        carls,
                                        room.members().moveSlot()),
                        room.members()
                                .join(
                                        new Silent(dan.player()),
                                        Arrival.of(dan, null),
                                        6,
                                        dans,
                                        room.members().moveSlot())))
                .get();
        for (CompletionStage<Joining> joining : joinings) {
            assertThat(Realm.await(joining)).isEqualTo(Joining.SEATED);
        }
        bobSays("welcome both");
        List<ServerMessage> heard = events(first).subList(before, events(first).size());
        assertThat(heard)
                .extracting(ServerMessage::getBodyCase)
                .startsWith(
                        ServerMessage.BodyCase.PLAYER_JOINED,
                        ServerMessage.BodyCase.PLAYER_JOINED,
                        ServerMessage.BodyCase.CHAT);
        assertThat(events(carls).get(0).getRoomSeq()).isEqualTo(heard.get(1).getRoomSeq());
        for (ViewClient newcomer : List.of(carls, dans)) {
            List<ServerMessage> told = events(newcomer);
            assertThat(told.get(0).getJoined().getState().getEntitiesCount()).isEqualTo(4);
            assertThat(told).noneMatch(ServerMessage::hasPlayerJoined);
            assertThat(told.get(1).getChat().getText()).isEqualTo("welcome both");
            assertThat(told.get(1).getRoomSeq()).isEqualTo(told.get(0).getRoomSeq() + 1);
        }
    }

    /** P-26. */
    @Test
    void aJoinOverAnotherConnectionTakesTheSeatOver() throws Exception {
        MoveSlot moves = join(annMember, ann, 2, second);
        ServerMessage joined = events(second).get(0);
        assertThat(joined.getReplyTo()).isEqualTo(2);
        assertThat(joined.getJoined().getState().getEntitiesCount()).isEqualTo(2);
        int before = events(first).size();
        bobSays("who hears me");
        assertThat(hears(second, "who hears me")).isTrue();
        assertThat(events(first)).hasSize(before);

        int self = joined.getJoined().getSelf();
        Places.Place at = loop.submit(
                        () -> Objects.requireNonNull(second.inView().get(self)))
                .get();
        loop.submit(() -> moves.put(7, at.x() > TestGame.MAP_WIDTH / 2 ? at.x() - 1 : at.x() + 1, at.y()))
                .get();
        await("she moves over the new connection")
                .until(() ->
                        loop.submit(() -> Objects.requireNonNull(second.inView().get(self))
                                                .seq())
                                        .get()
                                == 7);
    }

    /** The connection was lost when the join was asked for; a resume was quicker to the seat. */
    @Test
    void aJoinThatKnowsOfNoConnectionLeavesTheSeatsAsItIs() throws Exception {
        MoveSlot moves = room.members().moveSlot();
        assertThat(Realm.await(room.members().join(annMember, Arrival.of(ann, null), 2, null, moves)))
                .isEqualTo(Joining.SEATED);
        assertThat(events(first)).last().matches(ServerMessage::hasJoined, "the answer to the join");
        bobSays("who hears me");
        assertThat(hears(first, "who hears me")).isTrue();
    }

    @Test
    void theEndOfAConnectionThatIsNoLongerTheSeatsChangesNothing() throws Exception {
        join(annMember, ann, 2, second);
        room.members().detach(annMember, first);
        bobSays("who hears me");
        assertThat(hears(second, "who hears me")).isTrue();
        room.members().detach(annMember, second);
        bobSays("and now");
        assertThat(hears(second, "and now")).isFalse();
    }

    @Test
    void aDissolvedRoomGivesItsReplayBudgetBack() {
        bobSays("something to replay");
        assertThat(replay.borrowedBytes()).isPositive();
        Realm.await(room.dissolve("good night"));
        assertThat(replay.borrowedBytes()).isZero();
    }

    @Test
    void aRoomThatClosesBecauseItIsEmptyGivesItsReplayBudgetBack() {
        bobSays("something to replay");
        Realm.await(room.members().leave(annMember));
        Realm.await(room.members().leave(bobMember));
        assertThat(replay.borrowedBytes()).isPositive();
        await("closed").until(() -> rooms.size() == 0);
        assertThat(replay.borrowedBytes()).isZero();
    }

    private void isStored(String line) {
        assertThat(Realm.await(store.chat(room.id(), 10)).lines())
                .extracting(ChatLine::text)
                .containsExactly(line);
        for (PlayerRecord player : List.of(ann, bob)) {
            assertThat(Realm.await(store.position(room.id(), player.player().id())))
                    .isPresent();
        }
    }

    @Test
    void aRoomThatIsShutDownWritesAgainWhatFailed() throws Exception {
        failsWrites = true;
        bobSays("good night");
        CompletableFuture<Void> ended = room.end().toCompletableFuture();
        assertThat(ended).as("while the store is away").failsWithin(300, TimeUnit.MILLISECONDS);
        failsWrites = false;
        Realm.await(ended);
        isStored("good night");
    }

    @Test
    void aRoomThatIsShutDownDoesNotWaitForAStoreThatStaysAway() {
        failsWrites = true;
        bobSays("good night");
        assertThat(room.end().toCompletableFuture()).succeedsWithin(10, TimeUnit.SECONDS);
    }

    @Test
    void aRoomThatClosesBecauseItIsEmptyWritesAgainWhatFailed() throws Exception {
        failsWrites = true;
        bobSays("good night");
        Realm.await(room.members().leave(annMember));
        Realm.await(room.members().leave(bobMember));
        assertThat(Realm.await(room.closeIfEmpty())).isTrue();
        CompletableFuture<RoomId> gone = room.gone().toCompletableFuture();
        assertThat(gone).as("while the store is away").failsWithin(300, TimeUnit.MILLISECONDS);
        failsWrites = false;
        Realm.await(gone);
        isStored("good night");
    }

    @Test
    void aRoomThatIsShutDownInDoubtWritesOnceItIsCertainAgain() throws Exception {
        failsWrites = true;
        bobSays("good night");
        leases.doubt(true);
        failsWrites = false;
        CompletableFuture<Void> ended = room.end().toCompletableFuture();
        assertThat(ended).as("while it is uncertain").failsWithin(300, TimeUnit.MILLISECONDS);
        leases.doubt(false);
        Realm.await(ended);
        isStored("good night");
    }

    private void halt() {
        Realm.await(room.move().begin());
        Realm.await(room.move().halt(5_000));
    }

    private boolean hasHeard(ViewClient client, ServerMessage.BodyCase what) throws Exception {
        return events(client).stream().anyMatch(message -> message.getBodyCase() == what);
    }

    /** P-29 and P-108. */
    @Test
    void aRoomThatStandsStillTellsWhetherItIsCertainWhoseItIs() {
        halt();
        leases.doubt(true);
        await("the doubt").until(() -> hasHeard(first, ServerMessage.BodyCase.ROOM_SUSPENDED));
        leases.doubt(false);
        await("the end of it").until(() -> hasHeard(first, ServerMessage.BodyCase.ROOM_RESUMED));
        leases.doubt(true);
        room.move().callOff();
        leases.doubt(false);
        bobSays("still here");
    }

    /** Until it is known where its members are to go. */
    @Test
    void aRoomThatStandsStillSendsNobodyOutWhenAnotherServerHasIt() {
        halt();
        leases.lose();
        int looks = leases.looks();
        await("some ticks").until(() -> leases.looks() >= looks + 3);
        assertThat(room.info().players()).isEqualTo(2);
        room.move().complete();
        assertThat(Realm.await(room.gone())).isEqualTo(room.id());
    }

    @Test
    void aJoinThatARoomHasNotComeToInTimeIsNotDoneLater() {
        PlayerRecord carl = Realm.await(store.openPlayer("carl", Goods.NONE, List.of(), null, 0));
        RoomMember carlMember = new Silent(carl.player());
        halt();
        assertThat(Realm.await(room.members()
                        .join(
                                carlMember,
                                Arrival.of(carl, null),
                                3,
                                new ViewClient(loop),
                                room.members().moveSlot())))
                .isEqualTo(Joining.HELD_UP);
        room.move().callOff();
        bobSays("that is over");
        assertThat(room.info().players()).isEqualTo(2);
        join(carlMember, carl, 4, new ViewClient(loop));
        assertThat(room.info().players()).isEqualTo(3);
    }

    /** P-55. */
    @Test
    void whoLeavesWhileTradesAreUnderWayHearsOfThemInTheOrderOfTheirVersions() throws Exception {
        long before = Realm.await(players.open("ann")).inventory().version();
        List<TradeId> trades = List.of(annOffersGold(1), annOffersGold(2));
        CompletableFuture<Void> bothCommitted = new CompletableFuture<>();
        CompletableFuture<Void> queued = new CompletableFuture<>();
        // The room waits until all of this is in its mailbox: a result cannot come before she leaves.
        room.command(() -> await("the leaving").until(queued::isDone));
        room.command(() -> trades.forEach(
                trade -> room.apply(new Action.AcceptTrade(bob.player().id(), 1, trade), bobMember, 1)));
        // Waits on the room's thread, so that the results of both find that she has left.
        room.members().leave(annMember).thenRun(() -> {
            await("both commits").until(() -> versionOfAnn() == before + 2);
            bothCommitted.complete(null);
        });
        queued.complete(null);
        Realm.await(bothCommitted);
        await("both are told").until(() -> directory.results(ann.player().id()) == 2);
        Realm.await(room.ask(Room::id));
        assertThat(directory.versions(ann.player().id()))
                .contains(before + 1, before + 2)
                .isSorted();
    }

    @Test
    void aRequestThatTheRoomDoesNotTakeHasFailedInItsTrace() {
        CompletableFuture<Void> full = new CompletableFuture<>();
        room.command(() -> await("the full mailbox").until(full::isDone));
        for (int i = 0; i <= SETTINGS.mailboxCapacity(); i++) {
            room.offer(bobMember, new Action.Chat(bob.player().id(), i + 1, "", 0));
        }
        full.complete(null);
        Realm.await(room.dissolve("enough"));
        room.offer(bobMember, new Action.Chat(bob.player().id(), 1_000, "", 0));
        traces.close();
        await("all spans").until(() -> receiver.spans("Chat").size() == SETTINGS.mailboxCapacity() + 2);
        assertThat(receiver.spans("Chat").stream()
                        .filter(span -> span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR))
                .extracting(span -> span.getStatus().getMessage())
                .containsExactly("BUSY", "ROOM_CLOSED");
    }

    private long versionOfAnn() {
        PlayerRecord known = players.known("ann");
        return known == null ? -1 : known.inventory().version();
    }

    private TradeId annOffersGold(int seq) throws InterruptedException {
        long now = System.currentTimeMillis();
        TradeId trade = new TradeId(ann.player().id(), UuidV7.of(now, seq));
        Terms swap = new Terms(Goods.of("gold", 1), Goods.of("potion", 1));
        room.offer(annMember, new Action.OfferTrade(ann.player().id(), seq, trade, "bob", swap, now));
        assertThat(offered.poll(10, TimeUnit.SECONDS)).as("offer %s", seq).isNotNull();
        return trade;
    }

    /** Keeps the offers that come in. */
    private static final class Partner implements RoomMember {
        private final Player player;
        private final BlockingQueue<ServerMessage> offered;

        Partner(Player player, BlockingQueue<ServerMessage> offered) {
            this.player = player;
            this.offered = offered;
        }

        @Override
        public Player player() {
            return player;
        }

        @Override
        public void answer(ServerMessage message) {}

        @Override
        public void deliver(ServerMessage.Builder message) {
            if (message.hasTradeOffered()) {
                offered.add(message.build());
            }
        }

        @Override
        public void behind(Runnable task) {
            task.run();
        }

        @Override
        public void expel(ErrorCode code, String text) {}

        @Override
        public String action(int seq) {
            return player.name() + "." + seq;
        }

        @Override
        public void send(RoomId to, ByteString ticket) {}

        @Override
        public void said(Room room, String text) {}

        @Override
        public void left(Room room) {}

        @Override
        public CompletionStage<Void> freeze() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void thaw() {}

        @Override
        public void moved(Room from, Node to) {}
    }

    /** No player is in another room; those who left hear of changes in the order in which they are told here. */
    private static final class OrderOfChanges implements PlayerDirectory {
        @Override
        public CompletionStage<Boolean> isComing(Player player, RoomId room) {
            return CompletableFuture.completedFuture(false);
        }

        private final List<Told> told = new CopyOnWriteArrayList<>();

        private record Told(PlayerId player, long version, boolean inResult) {}

        @Override
        public void deliver(PlayerId player, ServerMessage.Builder message) {
            if (message.getTradeResult().hasChange()) {
                told.add(new Told(player, message.getTradeResult().getChange().getVersion(), true));
            }
        }

        @Override
        public void goodsChanged(PlayerId player, GoodsChange change, @Nullable Room teller, String reason) {
            told.add(new Told(player, change.version(), false));
        }

        long results(PlayerId player) {
            return told.stream()
                    .filter(each -> each.player().equals(player) && each.inResult())
                    .count();
        }

        List<Long> versions(PlayerId player) {
            return told.stream()
                    .filter(each -> each.player().equals(player))
                    .map(Told::version)
                    .toList();
        }
    }
}
