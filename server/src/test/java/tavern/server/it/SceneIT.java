package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ServerMessage;
import tavern.server.games.TestJar;
import tavern.server.games.sample.HerdGame;
import tavern.server.games.sample.HerdModule;

/** P-83 to P-86, with a game that comes out of a jar. */
class SceneIT {
    private static final int SHEEP = 3;
    private static final int WOLF = 4;

    /** As many players as make a room of cells. */
    private static final int MANY = 60;

    @TempDir
    static Path games;

    @RegisterExtension
    final Tavern tavern = Tavern.with().settings(() -> new String[] {
        "games.path=" + games,
        "games.types.herd.capacity=4",
        "games.types.herd.idle-close-seconds=1",
        "games.types.plain.game=herd",
        "games.types.plain.capacity=" + MANY,
        "games.types.few.game=herd",
        "games.types.few.npcs=2",
        "games.types.slow.game=herd",
        "games.types.slow.tick-hz=5",
        "ops.enabled=true",
        "ops.port=0",
        "room.capacity=" + MANY,
        "room.interest.from-capacity=" + MANY,
        "room.interest.cell-size=20",
        "game.max-speed=200",
        "limits.rates.customs=1000",
        "limits.rates.joins=1000",
        "limits.rates.lists=1000"
    });

    /** A player, and what he knows. */
    private static final class Herder {
        RawClient client;
        final Places places = new Places();
        final List<ServerMessage> told = new ArrayList<>();
        int self;

        Herder(RawClient client) {
            this.client = client;
        }

        Herder in(String room, String type) throws IOException {
            ServerMessage joined = client.answerTo(client.send(GameRoomIT.joining(room, type, "")));
            assertThat(joined.hasJoined()).as("%s", joined).isTrue();
            hear(joined);
            self = joined.getJoined().getSelf();
            return this;
        }

        void says(String line) throws IOException {
            int asked = client.send(GameRoomIT.saying(0, line));
            hearUntil(message -> message.getReplyTo() == asked && message.hasTurnDone());
        }

        void hear(ServerMessage message) {
            places.hear(message);
            if (message.hasCustom()) {
                told.add(message);
            }
        }

        ServerMessage hearUntil(Predicate<ServerMessage> wanted) throws IOException {
            while (true) {
                ServerMessage message = client.read();
                hear(message);
                if (wanted.test(message)) {
                    return message;
                }
            }
        }

        void hearUntilIt(BooleanSupplier isSo) throws IOException {
            while (!isSo.getAsBoolean()) {
                hear(client.read());
            }
        }

        boolean sees(int kind) {
            return places.npcs().containsValue(kind);
        }

        int first(int kind) {
            return places.npcs().entrySet().stream()
                    .filter(entry -> entry.getValue() == kind)
                    .findFirst()
                    .orElseThrow()
                    .getKey();
        }

        Places.Place place(int kind) {
            return Objects.requireNonNull(places.inView().get(first(kind)));
        }

        Places.Place own() {
            return Objects.requireNonNull(places.inView().get(self));
        }

        Map<Integer, Long> attributes(int kind) {
            return places.attributes().getOrDefault(first(kind), new TreeMap<>());
        }

        /** The time by the game's next slow tick. */
        long clockTold() throws IOException {
            long before = attributes(HerdGame.SHEPHERD).getOrDefault(HerdGame.CLOCK, 0L);
            hearUntilIt(() -> attributes(HerdGame.SHEPHERD).getOrDefault(HerdGame.CLOCK, 0L) != before);
            return attributes(HerdGame.SHEPHERD).getOrDefault(HerdGame.CLOCK, before);
        }

        boolean isTold(String text) {
            return told.stream()
                    .anyMatch(message ->
                            GameRoomIT.text(message.getCustom().getPayload()).equals(text));
        }
    }

    @BeforeAll
    static void packTheGame() throws IOException {
        TestJar.of(HerdModule.class, HerdGame.class).write(games.resolve("herd.jar"));
    }

    @BeforeEach
    void aSlowMachineMayDelayATick() {
        tavern.logs().expect("a tick of the game in room ");
    }

    private Herder herder(String name) throws IOException {
        return new Herder(tavern.client(name));
    }

    @Test
    @With("limits.resume-seconds=30")
    void anNpcIsSeenByWhoIsThereByWhoComesLaterAndByWhoReturns() throws Exception {
        Herder ann = herder("ann").in("meadow", "herd");
        ann.says("spawn 3 100 200");
        ann.says("set 3 2 77");
        ann.says("set 0 1 -5");
        ann.hearUntilIt(() -> ann.sees(SHEEP) && ann.attributes(SHEEP).equals(Map.of(2, 77L)));
        assertThat(ann.place(SHEEP)).isEqualTo(new Places.Place(100, 200, 0));
        assertThat(ann.first(SHEEP)).isGreaterThan(4);
        ann.hearUntilIt(() ->
                ann.places.attributes().getOrDefault(ann.self, new TreeMap<>()).equals(Map.of(1, -5L)));

        Herder bob = herder("bob").in("meadow", "herd");
        assertThat(bob.places.npcs()).isEqualTo(ann.places.npcs()).containsValues(SHEEP, HerdGame.SHEPHERD);
        assertThat(bob.attributes(SHEEP)).isEqualTo(Map.of(2, 77L));
        assertThat(bob.places.attributes()).isEqualTo(ann.places.attributes());

        bob.client.cut();
        ann.says("place 3 150 250");
        ann.says("set 3 2 70");
        ann.says("set 3 7 -922337");
        ann.says("spawn 4 10 10");
        ann.hearUntilIt(() -> ann.sees(WOLF));
        bob.client = tavern.resumed(bob.client);
        bob.hearUntil(ServerMessage::hasReplayed);
        assertThat(bob.places.npcs()).isEqualTo(ann.places.npcs());
        assertThat(bob.place(SHEEP)).isEqualTo(new Places.Place(150, 250, 0));

        ann.says("set 3 2 0");
        ann.says("remove 4");
        ann.hearUntilIt(() -> !ann.sees(WOLF));
        bob.hearUntilIt(() -> !bob.sees(WOLF) && bob.places.attributes().equals(ann.places.attributes()));
        assertThat(bob.attributes(SHEEP)).containsOnlyKeys(7);
    }

    @Test
    void aRoomThatIsOpenedAgainMakesItsSceneAnew() throws Exception {
        Herder ann = herder("ann").in("meadow", "herd");
        ann.says("spawn 3 100 200");
        ann.says("set 3 2 77");
        ann.hearUntilIt(() -> ann.sees(SHEEP) && ann.attributes(SHEEP).equals(Map.of(2, 77L)));
        ann.client.answerTo(ann.client.leave());

        Herder bob = herder("bob").in("meadow", "herd");
        // On a slow machine the room may have closed before bob came, and its scene is made anew.
        bob.hearUntilIt(() -> bob.sees(SHEEP));
        assertThat(bob.place(SHEEP)).isEqualTo(new Places.Place(100, 200, 0));

        bob.client.answerTo(bob.client.leave());
        await("the room closes")
                .until(() -> bob.client
                                .answerTo(bob.client.send(Say.list("meadow", 10)))
                                .getRoomList()
                                .getRoomsCount()
                        == 0);
        Herder cat = herder("cat").in("meadow", "herd");
        cat.hearUntilIt(() -> cat.sees(SHEEP) && cat.attributes(SHEEP).equals(Map.of(2, 77L)));
    }

    /** P-112: what moves, moves by the room's time. */
    @Test
    void aGameWhoseTicksTakeTooLongSeesItsTimePassMoreSlowly() throws Exception {
        Herder ann = herder("ann").in("meadow", "herd");
        ann.says("doze 70");
        ann.hearUntil(message -> message.hasTickRate() && message.getTickRate().getPermille() <= 750);
        long clockBefore = ann.clockTold();
        long before = System.nanoTime();
        long passedMillis = 0;
        long shownMillis = 0;
        while (shownMillis < 2_000) {
            shownMillis = ann.clockTold() - clockBefore;
            passedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
        }
        assertThat((double) shownMillis / passedMillis).isBetween(0.35, 0.85);
        ann.says("doze 0");
    }

    @Test
    void inARoomOfCellsOnlyThoseWhoAreNearSeeAnNpc() throws Exception {
        Herder ann = herder("ann").in("plain", "plain");
        ann.says("place 0 100 100");
        ann.says("spawn 3 150 150");
        ann.says("set 3 1 8");
        ann.hearUntilIt(() -> ann.sees(SHEEP) && ann.attributes(SHEEP).equals(Map.of(1, 8L)));

        // Eight cells away, and back.
        ann.says("place 3 2800 2800");
        ann.hearUntilIt(() -> !ann.sees(SHEEP));
        ann.says("set 3 1 9");
        ann.says("place 3 120 120");
        ann.hearUntilIt(() -> ann.sees(SHEEP) && ann.attributes(SHEEP).equals(Map.of(1, 9L)));
        assertThat(ann.place(SHEEP)).isEqualTo(new Places.Place(120, 120, 0));

        // Who goes there sees another one.
        ann.says("spawn 4 2810 2810");
        ann.says("set 4 0 3");
        assertThat(ann.sees(WOLF)).isFalse();
        ann.says("place 0 2805 2800");
        ann.hearUntilIt(() -> ann.sees(WOLF) && ann.attributes(WOLF).equals(Map.of(0, 3L)));
        assertThat(ann.sees(SHEEP)).isFalse();
        assertThat(ann.own()).isEqualTo(new Places.Place(2805, 2800, 0));
    }

    @Test
    void aTickThatThrowsIsLoggedAndTheRoomGoesOn() throws Exception {
        tavern.logs().expect("failed at a tick of the game");
        Herder ann = herder("ann").in("meadow", "herd");
        ann.says("throw");
        ann.says("spawn 3 100 200");
        ann.hearUntilIt(() -> ann.sees(SHEEP));
        await().until(() -> tavern.logs().contain("room meadow failed at a tick of the game"));
    }

    @Test
    void aTickThatTakesTooLongIsLoggedAndCounted() throws Exception {
        Herder ann = herder("ann").in("meadow", "herd");
        ann.says("think 60");
        ann.says("spawn 3 100 200");
        ann.hearUntilIt(() -> ann.sees(SHEEP));
        await().until(() -> tavern.logs().contain("a tick of the game in room meadow of type herd took "));
        assertThat(OpsClient.of(tavern.server().opsAddress()).get("/metrics").body())
                .containsPattern("tavern_game_ticks_slow_total\\{type=\"herd\"\\} [1-9]");
    }

    @Test
    void theGameHasASayInMoves() throws Exception {
        Herder ann = herder("ann").in("meadow", "herd");
        ann.says("place 0 1590 500");
        ann.says("wall");
        ann.hearUntilIt(() -> ann.own().x() == 1_590);
        int well = ann.client.move(1_600, 500);
        ann.hearUntilIt(() -> ann.own().equals(new Places.Place(1_600, 500, well)));
        // More often than a player who cheats would be put out for.
        for (int i = 0; i < 40; i++) {
            int bad = ann.client.move(1_601, 500);
            ServerMessage answer = ann.hearUntil(message -> message.getReplyTo() == bad);
            assertThat(answer.getMoveRejected().getX()).isEqualTo(1_600);
            assertThat(answer.getMoveRejected().getY()).isEqualTo(500);
        }
    }

    @Test
    void whoseMoveTheGameFailsToCheckIsToldWhereHeStands() throws Exception {
        tavern.logs().expect("failed at the check of a move");
        Herder ann = herder("ann").in("meadow", "herd");
        ann.says("place 0 1000 500");
        ann.says("bog");
        ann.hearUntilIt(() -> ann.own().x() == 1_000);
        int bad = ann.client.move(1_001, 500);
        ServerMessage answer = ann.hearUntil(message -> message.getReplyTo() == bad);
        assertThat(answer.getMoveRejected().getX()).isEqualTo(1_000);
        int good = ann.client.move(999, 500);
        ann.hearUntilIt(() -> ann.own().equals(new Places.Place(999, 500, good)));
    }

    @Test
    void aTypeOfRoomsMayTickLessOften() throws Exception {
        Herder ann = new Herder(tavern.client("ann")).in("meadow", "slow");
        ann.says("spawn 3 100 100");
        for (int x = 200; x < 1_000; x += 100) {
            ann.says("place 3 " + x + " 100");
            ServerMessage snapshot = ann.hearUntil(ServerMessage::hasSnapshot);
            assertThat(snapshot.getSnapshot().getTick() % 4).isZero();
        }
    }

    @Test
    void whoIsNearIsFoundWhereTheSnapshotsShowHim() throws Exception {
        Herder ann = herder("ann").in("meadow", "herd");
        Herder bob = herder("bob").in("meadow", "herd");
        ann.says("place 0 1000 1000");
        ann.says("spawn 3 1003 1004");
        ann.says("spawn 3 1003 1005");
        ann.says("near 5");
        ann.hearUntilIt(
                () -> ann.sees(SHEEP) && ann.attributes(HerdGame.SHEPHERD).getOrDefault(HerdGame.NEAR, 0L) == 1);
        bob.hearUntilIt(() -> bob.sees(SHEEP));
    }

    @Test
    void aTurnThatATickBeginsIsToldToAll() throws Exception {
        Herder ann = herder("ann").in("meadow", "herd");
        ann.says("later found");
        ann.hearUntilIt(() -> ann.isTold("later: found"));
        assertThat(ann.told.get(0).getRoomSeq()).isPositive();
    }

    @Test
    @With("limits.resume-seconds=30")
    void aVolatileEventHasNoNumberAndIsNotToldAgain() throws Exception {
        Herder ann = herder("ann").in("meadow", "herd");
        Herder bob = herder("bob").in("meadow", "herd");
        bob.client.cut();
        ann.says("hint boo");
        ann.hearUntilIt(() -> ann.isTold("boo"));
        assertThat(ann.told.get(0).getRoomSeq()).isZero();
        assertThat(ann.told.get(0).getSessionSeq()).isZero();
        bob.client = tavern.resumed(bob.client);
        ann.says("later found");
        bob.hearUntilIt(() -> bob.isTold("later: found"));
        assertThat(bob.isTold("boo")).isFalse();
    }

    @Test
    void aRoomHasAsManyNpcsAsItsTypeAllows() throws Exception {
        Herder ann = herder("ann").in("meadow", "few");
        ann.says("spawn 3 1 1");
        ann.says("spawn 4 1 1");
        ann.says("set 3 0 1");
        ann.hearUntilIt(() -> ann.sees(SHEEP) && ann.attributes(SHEEP).equals(Map.of(0, 1L)));
        assertThat(ann.places.npcs()).hasSize(2);
        assertThat(ann.sees(WOLF)).isFalse();
    }
}
