package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.UuidV7;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TradeResult;
import tavern.server.TavernServer;
import tavern.server.config.TavernConfig;
import tavern.server.store.Grant;
import tavern.server.store.IdTooNewException;
import tavern.server.store.Realm;
import tavern.server.store.Sanction;
import tavern.server.store.Store;
import tavern.server.store.TransactionDraft;
import tavern.server.store.embedded.EmbeddedStore;

/** What happens to one player happens one after another, however late the store answers. */
@Timeout(180)
class LaneIT {
    private static final String SLOW = "slow";

    /** How many requests may wait behind one that takes a while (P-17). */
    private static final int WAITING_MAX = 64;

    @TempDir
    Path folder;

    private final List<RawClient> clients = new ArrayList<>();
    private @Nullable HeldStore held;
    private @Nullable TavernServer server;

    private void start(String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of(
                "limits.rates.joins=1000",
                "limits.rates.chats=1000",
                "limits.rates.whispers=1000",
                "limits.rates.pings=1000"));
        all.addAll(List.of(settings));
        TavernConfig config = TestServer.config(folder, all.toArray(String[]::new));
        held = new HeldStore(EmbeddedStore.open(config.store()));
        server = TavernServer.start(config, held.store());
    }

    @AfterEach
    void stop() throws Exception {
        held().letAllGo();
        for (RawClient client : clients) {
            client.close();
        }
        server().close();
    }

    private HeldStore held() {
        return Objects.requireNonNull(held);
    }

    private TavernServer server() {
        return Objects.requireNonNull(server);
    }

    private RawClient stranger() throws IOException {
        RawClient client = new RawClient(server().address());
        clients.add(client);
        return client;
    }

    private RawClient client(String player) throws IOException {
        RawClient client = stranger();
        client.login(player);
        return client;
    }

    /** Asks to join, and returns when the player's lane has heard of it. */
    private static int waits(RawClient client, RawClient whisperer, String room) throws IOException {
        int asked = client.send(Say.join(room));
        client.answerTo(client.ping(1));
        int whisper = whisperer.send(Say.whisper(client.welcome().getPlayer(), "are you there"));
        assertThat(whisperer.answerTo(whisper).hasWhisperDelivered()).isTrue();
        return asked;
    }

    private static PlayerId id(RawClient client) {
        return new PlayerId(client.welcome().getPlayerId());
    }

    // ---- rooms that are slow to open or to close ----

    @Test
    void whoWaitsForARoomIsSeatedInTheOrderInWhichTheyCame() throws Exception {
        start();
        RawClient whisperer = client("whisperer");
        List<RawClient> waiting = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            waiting.add(client("player" + i));
            names.add("player" + i);
        }
        held().hold("chat");
        for (RawClient client : waiting) {
            waits(client, whisperer, SLOW);
        }
        held().letGo("chat");
        RawClient first = waiting.get(0);
        List<String> seated = new ArrayList<>(List.of("player0"));
        assertThat(first.expect(ServerMessage::hasJoined).getJoined().getState().getEntitiesCount())
                .isEqualTo(1);
        while (seated.size() < names.size()) {
            seated.add(first.expect(ServerMessage::hasPlayerJoined)
                    .getPlayerJoined()
                    .getEntity()
                    .getPlayer());
        }
        assertThat(seated).isEqualTo(names);
    }

    @Test
    void theJoinOfASessionThatWasReplacedNeverUnseatsTheLivingOne() throws Exception {
        start();
        RawClient whisperer = client("whisperer");
        held().hold("chat");
        RawClient dead = client("anna");
        waits(dead, whisperer, SLOW);
        RawClient living = client("anna");
        assertThat(dead.closedWith()).isEqualTo(ErrorCode.SESSION_REPLACED);
        int asked = waits(living, whisperer, SLOW);
        living.skipped();
        held().letGo("chat");
        assertThat(living.answerTo(asked).hasJoined()).isTrue();
        int said = living.chat("I am in");
        living.expect(message -> message.getChat().getClientSeq() == said);
        living.answerTo(living.ping(2));
        assertThat(living.skipped())
                .noneMatch(message -> message.hasJoined() || message.hasError() || message.hasLeft());
    }

    @Test
    void aRoomThatIsClosingIsOpenedAnewForWhoeverJoinsMeanwhile() throws Exception {
        start("ops.enabled=true");
        RawClient whisperer = client("whisperer");
        RawClient carl = client("carl");
        RawClient ben = client("ben");
        carl.join("den");
        held().hold("savePositions");
        OpsClient admin = OpsClient.of(Objects.requireNonNull(server().opsAddress()), folder, "admin");
        CompletableFuture<Integer> closing = CompletableFuture.supplyAsync(() -> {
            try {
                return admin.post("/api/v1/rooms/den/close", "{\"reason\": \"a test\"}")
                        .status();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        carl.expect(message -> message.getError().getCode() == ErrorCode.ROOM_CLOSED);
        int asked = waits(ben, whisperer, "den");
        await().until(() -> held().held("savePositions") > 0);
        held().letGo("savePositions");
        assertThat(ben.answerTo(asked).hasJoined()).isTrue();
        assertThat(closing.get()).isEqualTo(200);
    }

    // ---- logins ----

    @Test
    void whoIsBannedWhileTheRecordIsOnItsWayIsNotLetIn() throws Exception {
        start();
        RawClient before = client("anna");
        PlayerId anna = id(before);
        before.send(Say.bye());
        before.closedWith();
        await().until(() -> server().sessions() == 0);
        held().listener().playerChanged(anna);
        held().holdAnswers("openPlayer");
        RawClient banned = stranger();
        banned.send(Say.hello("anna"));
        await().until(() -> held().held("openPlayer") == 1);
        // On another server.
        held().real()
                .sanction(
                        anna,
                        new Sanction(Sanction.Kind.BAN, Sanction.FOR_EVER_MILLIS, "a test"),
                        Sanction.none(Sanction.Kind.BAN))
                .toCompletableFuture()
                .get();
        held().listener().playerChanged(anna);
        held().letGo("openPlayer");
        assertThat(banned.closedWith()).isEqualTo(ErrorCode.BANNED);
    }

    @Test
    void whoIsMutedWhileAJoinIsOnItsWayIsMutedInTheRoom() throws Exception {
        start();
        RawClient anna = client("anna");
        held().holdAnswers("position");
        anna.send(Say.join("hall"));
        await().until(() -> held().held("position") == 1);
        held().holdAnswers("openPlayer");
        // On another server.
        held().real()
                .sanction(
                        id(anna),
                        new Sanction(Sanction.Kind.MUTE, Sanction.FOR_EVER_MILLIS, ""),
                        Sanction.none(Sanction.Kind.MUTE))
                .toCompletableFuture()
                .get();
        held().listener().playerChanged(id(anna));
        await().until(() -> held().held("openPlayer") == 1);
        // The store answers in order: by now the record has been read again.
        held().real()
                .openPlayer("ben", tavern.game.Goods.NONE, List.of(), null, 0)
                .toCompletableFuture()
                .get();
        held().letGo("openPlayer");
        held().letGo("position");
        assertThat(anna.errorTo(anna.send(Say.chat("hello")))).isEqualTo(ErrorCode.MUTED);
    }

    @Test
    void theGoodsOfAJoinAreThoseOfTheMomentTheSeatIsTaken() throws Exception {
        start();
        RawClient anna = client("anna");
        long item = anna.inventory().getItems(0).getId();
        client("ben").join("hall");
        held().holdAnswers("position");
        int asked = anna.send(Say.join("hall"));
        await().until(() -> held().held("position") == 1);
        // On another server: she gets gold, and loses an item.
        Grant grant = new Grant(new TreeMap<>(Map.of("gold", 500L)), List.of(), new TreeSet<>(Set.of(item)));
        Realm.grant(held().real(), id(anna), grant, "gift", 0)
                .toCompletableFuture()
                .get();
        held().listener().playerChanged(id(anna));
        anna.expect(ServerMessage::hasInventoryChanged);
        held().letGo("position");
        assertThat(anna.answerTo(asked).hasJoined()).isTrue();
        Goods nothing = Goods.getDefaultInstance();
        ServerMessage refused = anna.offered(TestIds.id(761), "ben", RawClient.item(item), nothing);
        assertThat(refused.getError().getCode()).as("%s", refused).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
        ServerMessage opened = anna.offered(TestIds.id(762), "ben", RawClient.gold(1_500), nothing);
        assertThat(opened.hasTradeOpened()).as("%s", opened).isTrue();
    }

    /** P-26: a room is joined anew, and its member goes over to another connection before the seat is reached. */
    @Test
    void aJoinOfTheSameRoomThatAResumeOvertakesIsAnsweredOverTheNewConnection() throws Exception {
        start();
        RawClient anna = client("anna");
        RawClient ben = client("ben");
        anna.join("hall");
        ben.join("hall");
        held().holdAnswers("position");
        int asked = anna.send(Say.join("hall"));
        await().until(() -> held().held("position") == 1);
        anna.cut();
        RawClient again = anna.resumed(server().address());
        clients.add(again);
        assertThat(again.welcome().getResumed()).isTrue();
        held().letGo("position");
        assertThat(again.answerTo(asked).getJoined().getState().getEntitiesCount())
                .isEqualTo(2);
        int said = ben.chat("are you there");
        again.expect(message -> message.getChat().getText().equals("are you there"));
        ben.expect(message -> message.getChat().getClientSeq() == said);
        int answer = again.chat("I am");
        ben.expect(message -> message.getChat().getText().equals("I am"));
        again.expect(message -> message.getChat().getClientSeq() == answer);
    }

    @Test
    void anOutageTakesNeitherTheTimeForAHelloNorATokenThatIsGoodForOneLogin() throws Exception {
        start(
                "limits.hello-seconds=5",
                "auth.mode=jwt",
                "auth.jwt.secret=" + TestTokens.SECRET,
                "auth.jwt.single-use=true",
                "auth.failures-max=1");
        String token = TestTokens.good("anna");
        held().hold("openPlayer");
        RawClient anna = stranger();
        // The server asks the store every three seconds.
        await("an outage that is longer than the time for a Hello").until(() -> {
            assertThat(anna.errorTo(anna.send(Say.hello(token)))).isEqualTo(ErrorCode.UNAVAILABLE);
            return held().held("openPlayer") == 3;
        });
        held().letAllGo();
        await().until(() -> {
            int asked = anna.send(Say.hello(token));
            return anna.answerTo(asked).hasWelcome();
        });
        RawClient again = stranger();
        again.send(Say.hello(token));
        assertThat(again.closedWith()).isEqualTo(ErrorCode.AUTH_FAILED);
    }

    @Test
    void afterAnUnavailableHelloTheClientHasItsTimeAnewAndNoMore() throws Exception {
        start("limits.hello-seconds=1");
        held().hold("openPlayer");
        RawClient anna = stranger();
        assertThat(anna.errorTo(anna.send(Say.hello("anna")))).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(anna.closedWith()).isEqualTo(ErrorCode.HELLO_TIMEOUT);
    }

    // ---- requests behind one that takes a while ----

    @Test
    void requestsInOneWriteAreCarriedOutInTheirOrder() throws Exception {
        start();
        RawClient anna = client("anna");
        int first = anna.seq() + 1;
        anna.sendBytes(Say.concat(
                Say.frame(first, Say.join("hall")),
                Say.frame(first + 1, Say.chat("in the hall")),
                Say.frame(first + 2, Say.leave()),
                Say.frame(first + 3, Say.chat("in no room")),
                Say.frame(first + 4, Say.join("cellar")),
                Say.frame(first + 5, Say.chat("in the cellar")),
                Say.frame(first + 6, Say.join("hall")),
                Say.frame(first + 7, Say.leave())));
        anna.seq(first + 7);
        assertThat(anna.answerTo(first).getJoined().getRoom()).isEqualTo("hall");
        anna.expect(message -> message.getChat().getClientSeq() == first + 1);
        assertThat(anna.answerTo(first + 2).getLeft().getRoom()).isEqualTo("hall");
        assertThat(anna.errorTo(first + 3)).isEqualTo(ErrorCode.NOT_IN_ROOM);
        assertThat(anna.answerTo(first + 4).getJoined().getRoom()).isEqualTo("cellar");
        anna.expect(message -> message.getChat().getClientSeq() == first + 5);
        assertThat(anna.answerTo(first + 6).getJoined().getRoom()).isEqualTo("hall");
        assertThat(anna.answerTo(first + 7).getLeft().getRoom()).isEqualTo("hall");
    }

    @Test
    void moreThanMayWaitBehindAJoinIsBusyAndTheRestIsDone() throws Exception {
        start();
        RawClient anna = client("anna");
        held().hold("chat");
        int join = anna.send(Say.join(SLOW));
        int first = anna.seq() + 1;
        for (int i = 0; i < WAITING_MAX; i++) {
            anna.chat("line " + i);
        }
        assertThat(anna.errorTo(anna.chat("one too many"))).isEqualTo(ErrorCode.BUSY);
        assertThat(anna.answerTo(anna.ping(1)).hasPong()).isTrue();
        held().letGo("chat");
        assertThat(anna.answerTo(join).hasJoined()).isTrue();
        for (int i = 0; i < WAITING_MAX; i++) {
            int said = first + i;
            anna.expect(message -> message.getChat().getClientSeq() == said);
        }
    }

    @Test
    void whatThrowsIsAnsweredAndWhatWaitsBehindItIsDone() throws Exception {
        start();
        RawClient anna = client("anna");
        Goods nothing = Goods.getDefaultInstance();
        held().holdAnswers("findOutcome");
        int first = anna.offer(TestIds.id(78_001), "ben", RawClient.gold(5), nothing);
        await().until(() -> held().held("findOutcome") == 1);
        int second = anna.offer(TestIds.id(78_002), "ben", RawClient.gold(5), nothing);
        int join = anna.send(Say.join("hall"));
        int said = anna.chat("behind it");
        anna.answerTo(anna.ping(1));
        held().breakDown("findOutcome");
        held().letGoHeld("findOutcome");
        assertThat(anna.errorTo(first)).isEqualTo(ErrorCode.NOT_IN_ROOM);
        assertThat(anna.errorTo(second)).isEqualTo(ErrorCode.INTERNAL);
        assertThat(anna.answerTo(join).hasJoined()).isTrue();
        anna.expect(message -> message.getChat().getClientSeq() == said);
    }

    @Test
    void whatWaitsBehindAJoinIsDoneThoughTheConnectionIsLost() throws Exception {
        start();
        RawClient anna = client("anna");
        RawClient ben = client("ben");
        RawClient whisperer = client("whisperer");
        held().hold("chat");
        anna.send(Say.join(SLOW));
        int said = anna.chat("still coming");
        anna.answerTo(anna.ping(1));
        anna.cut();
        int bens = waits(ben, whisperer, SLOW);
        held().letGo("chat");
        Joined joined = ben.answerTo(bens).getJoined();
        if (joined.getRecentChatCount() == 0) {
            ben.expect(message -> message.getChat().getText().equals("still coming"));
        } else {
            assertThat(joined.getRecentChat(0).getText()).isEqualTo("still coming");
        }
        RawClient again = anna.resumed(server().address());
        clients.add(again);
        assertThat(again.welcome().getResumed()).isTrue();
        assertThat(again.welcome().getLastClientSeq()).isEqualTo(said + 1);
        assertThat(again.expect(ServerMessage::hasJoined).getJoined().getRoom()).isEqualTo(SLOW);
        assertThat(again.expect(ServerMessage::hasReplayed).hasReplayed()).isTrue();
    }

    @Test
    void whoResumesWhileARoomOpensIsSeatedOverTheNewConnection() throws Exception {
        start();
        RawClient anna = client("anna");
        RawClient whisperer = client("whisperer");
        held().hold("chat");
        waits(anna, whisperer, SLOW);
        RawClient again = anna.resumed(server().address());
        clients.add(again);
        assertThat(again.welcome().getResumed()).isTrue();
        assertThat(anna.closedWith()).isEqualTo(ErrorCode.OK);
        again.expect(ServerMessage::hasReplayed);
        held().letGo("chat");
        assertThat(again.expect(ServerMessage::hasJoined).getJoined().getRoom()).isEqualTo(SLOW);
        int said = again.chat("over the new one");
        again.expect(message -> message.getChat().getClientSeq() == said);
    }

    // ---- more than the store takes ----

    @Test
    void moreThanTheStoreTakesIsUnavailableForAWhile() throws Exception {
        start("store.operations-in-flight-max=3", "limits.rates.trades=100");
        RawClient anna = client("anna");
        anna.join("hall");
        CountDownLatch letGo = new CountDownLatch(1);
        try {
            keepReader(held().real(), letGo);
            // Writes of her join may take one of the three places for a moment, which another question takes then.
            await("all places are taken")
                    .during(Duration.ofMillis(200))
                    .until(() -> held().real()
                            .knowsRoom(new RoomId("waits"))
                            .toCompletableFuture()
                            .isCompletedExceptionally());
            ServerMessage refused = anna.answerTo(anna.send(Say.cancel(TestIds.id(80_003))));
            assertThat(refused.getError().getCode()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(refused.getError().getRetryAfterMs()).isPositive();
        } finally {
            letGo.countDown();
        }
        await("the store has caught up")
                .pollInterval(Duration.ofMillis(100)) // no more often than she may
                .until(() -> anna.errorTo(anna.send(Say.cancel(TestIds.id(80_009)))) == ErrorCode.TRADE_NOT_FOUND);
    }

    /** Keeps the thread on which the embedded store reads, so that whatever it is asked stays in flight. */
    private static void keepReader(Store store, CountDownLatch until) {
        Thread test = Thread.currentThread();
        CompletableFuture<Void> kept = new CompletableFuture<>();
        while (!kept.isDone()) {
            CompletionStage<Boolean> asked = store.knowsRoom(new RoomId("any")).thenApply(known -> {
                if (Thread.currentThread() == test) {
                    return false; // The answer was there before anybody could wait for it.
                }
                kept.complete(null);
                try {
                    until.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return true;
            });
            CompletableFuture.anyOf(kept, asked.toCompletableFuture()).join();
        }
    }

    // ---- trades that end elsewhere ----

    @Test
    void whoAsksAgainWhileTheTradeIsBeingSettledIsNotToldThatThereIsNone() throws Exception {
        start();
        RawClient anna = client("anna");
        RawClient ben = client("ben");
        anna.join("hall");
        ben.join("hall");
        UUID id = TestIds.id(79_001);
        Goods nothing = Goods.getDefaultInstance();
        anna.answerTo(anna.offer(id, "ben", RawClient.gold(5), nothing));
        ben.expect(ServerMessage::hasTradeOffered);
        held().hold("transact");
        ben.accept(id, "anna");
        await().until(() -> held().held("transact") > 0);
        anna.answerTo(anna.leave());
        ben.join("cellar");
        // From the lobby, and from another room.
        assertThat(anna.errorTo(anna.offer(id, "ben", RawClient.gold(5), nothing)))
                .isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(anna.errorTo(anna.send(Say.cancel(id)))).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(ben.errorTo(ben.accept(id, "anna"))).isEqualTo(ErrorCode.UNAVAILABLE);
        held().letGo("transact");
        assertThat(anna.tradeResult(id).getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
        assertThat(ben.tradeResult(id).getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
        assertThat(anna.answerTo(anna.offer(id, "ben", RawClient.gold(5), nothing))
                        .getTradeResult()
                        .getOutcome())
                .isEqualTo(TradeOutcome.COMMITTED);
    }

    /** The room must not ask for ever, and the goods of both are free for other trades. */
    @Test
    void aTradeThatTheStoreWillNeverCarryOutFails() throws Exception {
        start();
        Exception malformed = new IllegalArgumentException("it is malformed");
        assertRefusedForGood(malformed, ErrorCode.TRADE_BAD_GOODS, "anna", "ben");
        Exception tooNew = new IdTooNewException(TransactionDraft.id("trade:1", 1), 1_000_000);
        assertRefusedForGood(tooNew, ErrorCode.TRADE_ID_TOO_NEW, "cleo", "dan");
    }

    private void assertRefusedForGood(Exception why, ErrorCode expected, String proposer, String partner)
            throws Exception {
        RawClient anna = client(proposer);
        RawClient ben = client(partner);
        anna.join("hall");
        ben.join("hall");
        UUID id = TestIds.fresh();
        Goods nothing = Goods.getDefaultInstance();
        anna.answerTo(anna.offer(id, partner, RawClient.gold(1_000), nothing));
        ben.expect(ServerMessage::hasTradeOffered);
        held().refuse("transact", why);
        ben.accept(id, proposer);
        TradeResult annas = anna.tradeResult(id);
        assertThat(annas.getOutcome()).isEqualTo(TradeOutcome.FAILED);
        assertThat(annas.getReason()).isEqualTo(expected);
        assertThat(ben.tradeResult(id).getOutcome()).isEqualTo(TradeOutcome.FAILED);
        held().letGo("transact");
        UUID next = TestIds.fresh();
        anna.answerTo(anna.offer(next, partner, RawClient.gold(1_000), nothing));
        ben.expect(ServerMessage::hasTradeOffered);
        ben.accept(next, proposer);
        assertThat(anna.tradeResult(next).getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
    }

    /** The room must not ask for ever, and the goods of both are free for other trades. */
    @Test
    void aTradeWhoseOutcomeTheStoreMayHaveForgottenFails() throws Exception {
        start();
        RawClient anna = client("anna");
        RawClient ben = client("ben");
        anna.join("hall");
        ben.join("hall");
        UUID id = TestIds.fresh();
        Goods nothing = Goods.getDefaultInstance();
        anna.answerTo(anna.offer(id, "ben", RawClient.gold(5), nothing));
        ben.expect(ServerMessage::hasTradeOffered);
        long born = UuidV7.millis(id) + 1;
        Store store = held().real();
        Realm.await(store.transact(
                TransactionDraft.transaction("test:newer").born(born).build()));
        await("the time of the newer id to be over").until(() -> System.currentTimeMillis() > born + 1);
        Realm.await(store.forgetOutcomes(0, System.currentTimeMillis(), 10));

        ben.accept(id, "anna");
        assertThat(anna.tradeResult(id).getOutcome()).isEqualTo(TradeOutcome.FAILED);
        TradeResult bens = ben.tradeResult(id);
        assertThat(bens.getOutcome()).isEqualTo(TradeOutcome.FAILED);
        assertThat(bens.getReason()).isEqualTo(ErrorCode.TRADE_ID_TOO_OLD);
        UUID next = TestIds.fresh();
        anna.answerTo(anna.offer(next, "ben", RawClient.gold(5), nothing));
        ben.expect(ServerMessage::hasTradeOffered);
        ben.accept(next, "anna");
        assertThat(anna.tradeResult(next).getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
    }

    @Test
    void whoAsksAgainFromTheLobbyGetsTheFirstOutcome() throws Exception {
        start();
        RawClient anna = client("anna");
        RawClient ben = client("ben");
        anna.join("hall");
        ben.join("hall");
        UUID id = TestIds.id(77_001);
        Goods nothing = Goods.getDefaultInstance();
        anna.answerTo(anna.offer(id, "ben", RawClient.gold(5), nothing));
        ben.expect(ServerMessage::hasTradeOffered);
        ben.answerTo(ben.accept(id, "anna"));
        anna.tradeResult(id);
        anna.answerTo(anna.leave());
        ben.answerTo(ben.leave());
        assertThat(anna.answerTo(anna.offer(id, "ben", RawClient.gold(5), nothing))
                        .getTradeResult()
                        .getOutcome())
                .isEqualTo(TradeOutcome.COMMITTED);
        assertThat(ben.answerTo(ben.accept(id, "anna")).getTradeResult().getOutcome())
                .isEqualTo(TradeOutcome.COMMITTED);
        assertThat(anna.errorTo(anna.offer(id, "ben", RawClient.gold(6), nothing)))
                .isEqualTo(ErrorCode.TRADE_ID_REUSED);
        assertThat(anna.errorTo(anna.offer(TestIds.id(77_002), "ben", RawClient.gold(5), nothing)))
                .isEqualTo(ErrorCode.NOT_IN_ROOM);
        assertThat(ben.errorTo(ben.accept(TestIds.id(77_003), "anna"))).isEqualTo(ErrorCode.NOT_IN_ROOM);
        assertThat(anna.errorTo(anna.accept(id, "anna"))).isEqualTo(ErrorCode.TRADE_NOT_FOUND);
    }
}
