package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.FullState;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Redirect;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Snapshot;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.cluster.Node;
import tavern.server.games.TestJar;
import tavern.server.games.sample.HerdGame;
import tavern.server.games.sample.HerdModule;
import tavern.server.games.sample.TableGame;
import tavern.server.games.sample.TableModule;
import tavern.server.services.TcpProxy;

/** P-108: a room moves to another server, and its players go on there as if nothing had happened. */
@Timeout(180)
final class RoomMoveIT {
    private static final Logger log = LoggerFactory.getLogger(RoomMoveIT.class);
    private static final Duration SILENCE = Duration.ofMillis(700);
    private static final Goods NOTHING = Goods.getDefaultInstance();
    private static final String ROOM = "market";

    @RegisterExtension
    static final RealmServers servers = RealmServers.with(
            "game.max-speed=1000",
            "limits.frames-per-second=100000",
            "limits.rates.pings=10000",
            "limits.rates.chats=1000",
            "limits.rates.trades=1000",
            "limits.idle-seconds=120",
            "limits.rates.customs=1000");

    private final long seed = Long.getLong("tavern.test.seed", new Random().nextLong());

    private static Node address(String id, TestServer server) {
        return new Node(id, server.address().getHostString(), server.address().getPort());
    }

    private static Traveller in(TestServer server, String player, ClientMessage.Builder join) throws IOException {
        Traveller traveller = new Traveller(server.address(), player);
        ServerMessage joined = traveller.answer(traveller.ask(join));
        assertThat(joined.hasJoined()).as("%s", joined).isTrue();
        return traveller;
    }

    private static Traveller in(TestServer server, String player) throws IOException {
        return in(server, player, Say.join(ROOM));
    }

    /** A move for which a slow machine takes too long is called off, and the room stays: then it is tried again. */
    private static void move(TestServer from, String id, TestServer to) {
        await().until(() -> from.moveRoom(ROOM, address(id, to)));
    }

    private static void awaitAt(Traveller traveller, TestServer server) throws IOException {
        while (!traveller.stations().get(traveller.stations().size() - 1).equals(server.address())) {
            traveller.read();
        }
    }

    private static void says(Traveller speaker, String text, Traveller... hearers) throws IOException {
        speaker.say(Say.chat(text));
        for (Traveller hearer : hearers) {
            hearer.expect(message -> message.getChat().getText().equals(text));
        }
    }

    private static int nearby(int place) {
        return place >= 100 ? place - 100 : place + 100;
    }

    private static Map<String, Entity> entities(FullState state) {
        Map<String, Entity> byPlayer = new HashMap<>();
        state.getEntitiesList().forEach(entity -> byPlayer.put(entity.getPlayer(), entity));
        return byPlayer;
    }

    @Test
    void playersGoOnWithTheirPlacesAndTheNumbersOfEvents() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other");
                Traveller ann = in(one, "ann");
                Traveller bob = in(one, "bob")) {
            ann.expect(ServerMessage::hasPlayerJoined);
            says(ann, "before", ann, bob);
            Entity stood = Objects.requireNonNull(
                    entities(ann.heard().get(0).getJoined().getState()).get("ann"));
            int x = nearby(stood.getX());
            int y = nearby(stood.getY());
            ann.say(Say.move(x, y));
            bob.expect(ServerMessage::hasSnapshot);
            long seen = ann.client().lastRoomSeq();

            move(one, "other", other);
            awaitAt(ann, other);
            awaitAt(bob, other);

            Map<String, Entity> anns =
                    entities(ann.expect(ServerMessage::hasFullState).getFullState());
            Map<String, Entity> bobs =
                    entities(bob.expect(ServerMessage::hasFullState).getFullState());
            assertThat(anns).isEqualTo(bobs).containsOnlyKeys("ann", "bob");
            assertThat(Objects.requireNonNull(anns.get("ann")).getId()).isEqualTo(1);
            assertThat(Objects.requireNonNull(anns.get("ann")).getX()).isEqualTo(x);
            assertThat(Objects.requireNonNull(anns.get("ann")).getY()).isEqualTo(y);
            assertThat(ann.sessions() + bob.sessions()).isEqualTo(2);
            says(bob, "after", ann, bob);
            assertThat(ann.client().lastRoomSeq()).isEqualTo(seen + 1);
            assertThat(ann.heard()).noneMatch(ServerMessage::hasJoined);
            ann.say(Say.move(nearby(x), nearby(y)));
            bob.expect(message -> message.hasSnapshot() && message.getSnapshot().getIdsCount() > 0);
            try (Traveller carl = in(other, "carl")) {
                ann.expect(ServerMessage::hasPlayerJoined);
                says(carl, "hello", ann, bob, carl);
            }
            String lease = servers.redis().ask("GET", servers.key("lease:room:" + ROOM));
            assertThat(lease).endsWith(" " + address("other", other));
            assertThat(servers.redis().ask("EXISTS", servers.key("moving:" + ROOM)))
                    .isEqualTo("0");
        }
    }

    @Test
    void whoComesToTheServerThatHadTheRoomIsSentOn() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other");
                Traveller ann = in(one, "ann");
                RawClient bob = one.client("bob")) {
            move(one, "other", other);
            awaitAt(ann, other);
            assertThat(bob.answerTo(bob.askJoin(ROOM)).getRedirect().getPort())
                    .isEqualTo(other.address().getPort());
        }
    }

    @Test
    void theSeatOfWhoGoesAnotherWayIsGivenUpAndThatOfWhoMayStillComeIsKept() throws Exception {
        String longResume = "limits.resume-seconds=600";
        try (TestServer one = servers.start("one", longResume);
                TestServer other = servers.start("other", longResume);
                Traveller ann = in(one, "ann");
                RawClient bob = one.client("bob", ROOM);
                RawClient carl = one.client("carl", ROOM)) {
            move(one, "other", other);
            bob.expect(ServerMessage::hasRedirect);
            carl.expect(ServerMessage::hasRedirect);
            // Before ann travels, which may take longer than the first server waits for those who have stayed.
            bob.send(Say.bye());
            carl.cut();
            awaitAt(ann, other);
            ann.client().patience(Duration.ofSeconds(40));
            ServerMessage left = ann.expect(ServerMessage::hasPlayerLeft);
            assertThat(left.getPlayerLeft().getPlayer()).isEqualTo("bob");
            try (RawClient again = carl.resumed(one.address())) {
                assertThat(again.welcome().getResumed()).isTrue();
                Redirect there = again.expect(ServerMessage::hasRedirect).getRedirect();
                try (RawClient back = again.moved(other.address(), there.getTicket())) {
                    assertThat(back.welcome().getResumed()).isTrue();
                    back.chat("here after all");
                    ServerMessage heard = ann.expect(
                            message -> message.hasPlayerLeft() || message.hasPlayerJoined() || message.hasChat());
                    assertThat(heard.getChat().getText()).isEqualTo("here after all");
                }
            }
        }
    }

    /** The other server may be out of its reach, or gone. */
    @Test
    void whoComesBackAgainAndAgainIsNotSentAfterTheSeatForEver() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other");
                Traveller ann = in(one, "ann")) {
            move(one, "other", other);
            RawClient client = ann.client();
            client.expect(ServerMessage::hasRedirect);
            try (RawClient second = client.resumed(one.address())) {
                second.expect(ServerMessage::hasRedirect);
                try (RawClient third = second.resumed(one.address())) {
                    assertThat(third.welcome().getResumed()).isTrue();
                    ServerMessage told = third.expect(message -> message.hasRedirect() || message.hasError());
                    assertThat(told.getError().getCode()).isEqualTo(ErrorCode.ROOM_CLOSED);
                    // That may have been lost with the connection.
                    try (RawClient fourth = third.resumed(one.address())) {
                        told = fourth.expect(message -> message.hasLeft() || message.hasError());
                        assertThat(told.getError().getCode()).isEqualTo(ErrorCode.ROOM_CLOSED);
                        assertThat(fourth.answerTo(fourth.askJoin(ROOM))
                                        .getRedirect()
                                        .getPort())
                                .isEqualTo(other.address().getPort());
                    }
                }
            }
        }
    }

    @Test
    void offersStayOpenAndTradesEndOnce() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other");
                Traveller ann = in(one, "ann");
                Traveller bob = in(one, "bob")) {
            UUID open = TestIds.fresh();
            assertThat(ann.answer(ann.ask(Say.offer(RawClient.bytes(open), "bob", RawClient.gold(10), NOTHING)))
                            .hasTradeOpened())
                    .isTrue();
            UUID underWay = TestIds.fresh();
            assertThat(ann.answer(ann.ask(Say.offer(RawClient.bytes(underWay), "bob", RawClient.gold(7), NOTHING)))
                            .hasTradeOpened())
                    .isTrue();
            // Asked again on the other server, if the room is halted before this arrives.
            bob.ask(Say.accept(underWay, "ann"));
            move(one, "other", other);
            awaitAt(ann, other);
            awaitAt(bob, other);

            bob.say(Say.accept(open, "ann"));
            for (Traveller trader : List.of(ann, bob)) {
                List<ByteString> committed = new ArrayList<>(committed(trader));
                while (committed.size() < 2) {
                    trader.read();
                    committed.addAll(committed(trader));
                }
                trader.readAll(SILENCE);
                committed.addAll(committed(trader));
                assertThat(committed).containsExactlyInAnyOrder(RawClient.bytes(open), RawClient.bytes(underWay));
            }
            assertThat(ToldHoldings.of(ann.client().readInventory()).stacks()).containsEntry("gold", 1_000L - 17);
            assertThat(ToldHoldings.of(bob.client().readInventory()).stacks()).containsEntry("gold", 1_000L + 17);
        }
    }

    /** The trades that were heard to be committed since the last call. */
    private static List<ByteString> committed(Traveller trader) {
        return trader.heard().stream()
                .filter(message -> message.getTradeResult().getOutcome() == TradeOutcome.COMMITTED)
                .map(message -> message.getTradeResult().getTradeId())
                .toList();
    }

    @Test
    void anOfferExpiresOnTheOtherServerWhenItWouldHaveHere() throws Exception {
        try (TestServer one = servers.start("one", "game.offer-seconds=2");
                TestServer other = servers.start("other", "game.offer-seconds=2");
                Traveller ann = in(one, "ann");
                Traveller bob = in(one, "bob")) {
            UUID open = TestIds.fresh();
            ann.answer(ann.ask(Say.offer(RawClient.bytes(open), "bob", RawClient.gold(10), NOTHING)));
            move(one, "other", other);
            for (Traveller trader : List.of(ann, bob)) {
                assertThat(trader.expect(ServerMessage::hasTradeResult)
                                .getTradeResult()
                                .getOutcome())
                        .isEqualTo(TradeOutcome.EXPIRED);
                // On a slow machine the offer ends before the player arrives.
                awaitAt(trader, other);
            }
        }
    }

    @Test
    void aMoveToAServerThatDoesNotAnswerIsCalledOff() throws Exception {
        try (TestServer one = servers.start("one");
                Traveller ann = in(one, "ann");
                Traveller bob = in(one, "bob")) {
            ann.expect(ServerMessage::hasPlayerJoined);
            ExecutorService threads = Executors.newSingleThreadExecutor();
            Future<Boolean> moved = threads.submit(() -> one.moveRoom(ROOM, new Node("nobody", "127.0.0.1", 9)));
            awaitOffer();
            says(ann, "meanwhile", ann, bob);
            assertThat(moved.get()).isFalse();
            threads.shutdown();
            says(bob, "after", ann, bob);
            assertThat(ann.stations()).hasSize(1);
            assertThat(servers.redis().ask("EXISTS", servers.key("moving:" + ROOM)))
                    .isEqualTo("0");
            try (Traveller carl = in(one, "carl")) {
                says(carl, "hello", ann, bob, carl);
            }
        }
    }

    private static void awaitOffer() {
        await().until(() ->
                servers.redis().ask("EXISTS", servers.key("moving:" + ROOM)).equals("1"));
    }

    @Test
    void whileTheStoreIsAwayMembersOfAHaltedRoomHearOfItAndNobodyWaitsForEverToComeIn() throws Exception {
        try (TcpProxy proxy = TcpProxy.to(servers.redis().port());
                TestServer one = servers.start(
                        "one",
                        "store.redis.uri=redis://127.0.0.1:" + proxy.port(),
                        "store.redis.command-timeout-millis=1000",
                        "cluster.lease-millis=3000");
                Traveller ann = in(one, "ann");
                RawClient bob = one.client("bob")) {
            ExecutorService threads = Executors.newSingleThreadExecutor();
            Future<Boolean> moved = threads.submit(() -> one.moveRoom(ROOM, new Node("nobody", "127.0.0.1", 9)));
            awaitOffer();
            int joining = bob.askJoin(ROOM);
            // What bob's join reads is read by then: carl asked later, over the same connection to Redis, and for more.
            one.client("carl", "elsewhere").close();
            proxy.refuse();
            try {
                ann.expect(ServerMessage::hasRoomSuspended);
                ServerMessage answer = bob.answerTo(joining);
                assertThat(answer.getError().getCode()).as("%s", answer).isEqualTo(ErrorCode.UNAVAILABLE);
                assertThat(answer.getError().getRetryAfterMs()).isPositive();
                assertThat(moved.isDone())
                        .as("while it is not known whose the room is")
                        .isFalse();
            } finally {
                proxy.resume();
            }
            ann.expect(ServerMessage::hasRoomResumed);
            assertThat(moved.get()).isFalse();
            threads.shutdown();
            says(ann, "after", ann);
            await().until(() -> bob.answerTo(bob.askJoin(ROOM)).hasJoined());
        }
    }

    @Test
    void whenAThirdServerHasTheRoomByThenItsMembersAreSentThere() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer third = servers.start("third");
                RawClient ann = one.client("ann", ROOM)) {
            ExecutorService threads = Executors.newSingleThreadExecutor();
            Future<Boolean> moved = threads.submit(() -> one.moveRoom(ROOM, new Node("nobody", "127.0.0.1", 9)));
            awaitOffer();
            // As if the lease had run out meanwhile.
            servers.redis().ask("DEL", servers.key("lease:room:" + ROOM));
            try (RawClient bob = third.client("bob", ROOM)) {
                Redirect there = ann.expect(ServerMessage::hasRedirect).getRedirect();
                assertThat(there.getPort()).isEqualTo(third.address().getPort());
                bob.chat("mine");
            }
            assertThat(moved.get()).isTrue();
            threads.shutdown();
        }
    }

    @Test
    void aGameNoticesNothingAndItsTimersRunOutOnce() throws Exception {
        TestJar.of(TableModule.class, TableGame.class).write(servers.folder().resolve("games/table.jar"));
        String[] settings = {"games.path=" + servers.folder().resolve("games"), "games.types.table.capacity=4"};
        ClientMessage.Builder join = GameRoomIT.joining(ROOM, "table", "");
        try (TestServer one = servers.start("one", settings);
                TestServer other = servers.start("other", settings);
                Traveller ann = in(one, "ann", join.clone());
                Traveller bob = in(one, "bob", join.clone())) {
            assertThat(bob.answer(bob.ask(GameRoomIT.saying(1, "put kept"))).hasTurnDone())
                    .isTrue();
            for (Traveller player : List.of(ann, bob)) {
                while (!told(player).contains("bob came")) {
                    player.read();
                }
            }
            // So late that even a slow machine is done with all that comes before it.
            assertThat(ann.answer(ann.ask(GameRoomIT.saying(1, "alarm once 10000")))
                            .hasTurnDone())
                    .isTrue();
            move(one, "other", other);
            awaitAt(ann, other);
            awaitAt(bob, other);
            assertThat(bob.answer(bob.ask(GameRoomIT.saying(2, "earn 5"))).hasTurnDone())
                    .isTrue();
            bob.ask(GameRoomIT.saying(3, "note"));
            bob.ask(GameRoomIT.saying(4, "count"));
            for (Traveller player : List.of(ann, bob)) {
                player.expect(message -> told(message).equals("alarm once"));
                player.readAll(SILENCE);
            }
            assertThat(told(ann)).containsExactly("alarm once");
            assertThat(told(bob)).containsExactly("note: kept", "1005 gold", "alarm once");
        }
    }

    @Test
    void thingsThatMoveStayWhatTheyAre() throws Exception {
        TestJar.of(HerdModule.class, HerdGame.class).write(servers.folder().resolve("games/herd.jar"));
        String[] settings = {"games.path=" + servers.folder().resolve("games"), "games.types.herd.capacity=4"};
        try (TestServer one = servers.start("one", settings);
                TestServer other = servers.start("other", settings);
                Traveller ann = in(one, "ann", GameRoomIT.joining(ROOM, "herd", ""))) {
            for (String line : List.of("spawn 3 100 200", "spawn 5 1 1", "remove 5", "set 3 14 9", "set 3 2 77")) {
                assertThat(ann.answer(ann.ask(GameRoomIT.saying(0, line))).hasTurnDone())
                        .isTrue();
            }
            // The tick that does the last line may come before the turn's answer, or after it.
            Places seen = new Places();
            ann.heard().forEach(seen::hear);
            while (seen.attributes().values().stream().noneMatch(own -> own.getOrDefault(2, 0L) == 77)) {
                seen.hear(ann.read());
            }
            move(one, "other", other);
            awaitAt(ann, other);
            List<Entity> there =
                    ann.expect(ServerMessage::hasFullState).getFullState().getEntitiesList();
            assertThat(there).extracting(Entity::getKind).containsExactly(0, HerdGame.SHEPHERD, 3);
            Entity sheep = there.get(2);
            assertThat(sheep.getX()).isEqualTo(100);
            assertThat(sheep.getY()).isEqualTo(200);
            assertThat(sheep.getAttributes(2)).isEqualTo(77);
            ann.ask(GameRoomIT.saying(0, "spawn 4 10 10"));
            Snapshot snapshot = ann.expect(message -> message.getSnapshot().getAppearedIdsCount() > 0)
                    .getSnapshot();
            assertThat(snapshot.getAppearedKindsList())
                    .as("nothing is done again")
                    .containsExactly(4);
            assertThat(there).extracting(Entity::getId).doesNotContain(snapshot.getAppearedIds(0));
        }
    }

    @Test
    void theTimeOfAGameThatIsBehindStaysBehind() throws Exception {
        TestJar.of(HerdModule.class, HerdGame.class).write(servers.folder().resolve("games/herd.jar"));
        String[] settings = {"games.path=" + servers.folder().resolve("games"), "games.types.herd.capacity=4"};
        try (TestServer one = servers.start("one", settings);
                TestServer other = servers.start("other", settings);
                Traveller ann = in(one, "ann", GameRoomIT.joining(ROOM, "herd", ""))) {
            ann.ask(GameRoomIT.saying(0, "doze 120"));
            long clock = 0;
            while (clock == 0 || System.currentTimeMillis() - clock < 2_000) {
                clock += clockAdvance(ann.expect(message -> clockAdvance(message) != 0));
            }
            ann.ask(GameRoomIT.saying(0, "doze 1"));
            move(one, "other", other);
            awaitAt(ann, other);
            Entity shepherd = ann.expect(ServerMessage::hasFullState).getFullState().getEntitiesList().stream()
                    .filter(entity -> entity.getKind() == HerdGame.SHEPHERD)
                    .findAny()
                    .orElseThrow();
            clock = shepherd.getAttributes(HerdGame.CLOCK);
            for (int tick = 0; tick < 3; tick++) {
                clock += clockAdvance(ann.expect(message -> clockAdvance(message) != 0));
            }
            assertThat(System.currentTimeMillis() - clock).isGreaterThan(1_500);
        }
    }

    private static long clockAdvance(ServerMessage message) {
        Snapshot snapshot = message.getSnapshot();
        int index = snapshot.getChangedAttributesList().indexOf(HerdGame.CLOCK);
        return index < 0 ? 0 : snapshot.getChangedValues(index);
    }

    private static String told(ServerMessage message) {
        return message.hasCustom() ? GameRoomIT.text(message.getCustom().getPayload()) : "";
    }

    private static List<String> told(Traveller player) {
        return player.heard().stream()
                .filter(ServerMessage::hasCustom)
                .map(RoomMoveIT::told)
                .toList();
    }

    @Test
    void fiftyMovesToAndFroUnderLoadLoseNothing() throws Exception {
        int moves = Integer.getInteger("tavern.it.room-moves", 50);
        int players = 6;
        ExecutorService threads = Executors.newFixedThreadPool(players);
        AtomicBoolean isOver = new AtomicBoolean();
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other")) {
            List<Traveller> travellers = new ArrayList<>();
            List<Future<List<String>>> running = new ArrayList<>();
            Random random = new Random(seed);
            for (int i = 0; i < players; i++) {
                travellers.add(in(one, "player" + i));
            }
            for (Traveller traveller : travellers) {
                Random own = new Random(random.nextLong());
                running.add(threads.submit((Callable<List<String>>) () -> play(traveller, own, isOver)));
            }
            int done = 0;
            for (int move = 0; move < moves; move++) {
                TestServer from = move % 2 == 0 ? one : other;
                TestServer to = move % 2 == 0 ? other : one;
                move(from, to == one ? "one" : "other", to);
                await().until(() -> to.sessions() == players || running.stream().anyMatch(Future::isDone));
                for (Future<List<String>> each : running) {
                    if (each.isDone()) {
                        each.get();
                    }
                }
                done++;
            }
            isOver.set(true);
            List<List<String>> heard = new ArrayList<>();
            for (Future<List<String>> each : running) {
                heard.add(each.get());
            }
            for (int i = 0; i < players; i++) {
                Traveller traveller = travellers.get(i);
                assertThat(traveller.sessions()).as("sessions of player" + i).isEqualTo(1);
                assertThat(traveller.stations()).hasSize(done + 1);
                traveller.close();
            }
            log.info("{} moves, {} lines of chat, seed {}", done, heard.get(0).size(), seed);
            assertThat(heard.get(0)).as("chat").doesNotHaveDuplicates().isNotEmpty();
            for (List<String> others : heard) {
                assertThat(others).isEqualTo(heard.get(0));
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e, e);
        } finally {
            isOver.set(true);
            threads.shutdownNow();
        }
    }

    /** Chats, trades and walks. @return the chat that was heard, once everybody has said that it is over */
    private static List<String> play(Traveller player, Random random, AtomicBoolean isOver) throws IOException {
        List<String> chat = new ArrayList<>();
        String name = player.client().welcome().getPlayer();
        int line = 0;
        int over = 0;
        boolean hasEnded = false;
        while (over < 6) {
            if (!hasEnded && isOver.get()) {
                hasEnded = true;
                player.say(Say.chat("over"));
            } else if (!hasEnded && random.nextInt(4) == 0) {
                player.say(Say.chat(name + " says " + line++));
            } else if (!hasEnded && random.nextInt(8) == 0) {
                String to = "player" + random.nextInt(6);
                player.say(Say.offer(RawClient.bytes(TestIds.fresh()), to, RawClient.gold(1), NOTHING));
            }
            player.say(Say.ping());
            ServerMessage message;
            do {
                message = player.read();
                if (message.hasChat()) {
                    over += message.getChat().getText().equals("over") ? 1 : 0;
                    chat.add(message.getChat().getPlayer() + ": "
                            + message.getChat().getText());
                } else if (message.hasTradeOffered()) {
                    ServerMessage offer = message;
                    player.say(Say.accept(
                            RawClient.uuid(offer.getTradeOffered().getTradeId()),
                            offer.getTradeOffered().getFrom()));
                }
            } while (!message.hasPong() && !message.hasRedirect());
        }
        return chat;
    }
}
