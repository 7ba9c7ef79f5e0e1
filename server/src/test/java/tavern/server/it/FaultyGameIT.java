package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.StringValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Custom;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;
import tavern.server.games.TestJar;
import tavern.server.games.sample.FaultyGame;
import tavern.server.games.sample.FaultyModule;
import tavern.server.games.sample.UnreadyModule;

/** Games with mistakes: each has its clear answer, nothing of the turn happens, and everything else goes on. */
class FaultyGameIT {
    private static final List<String> METHODS =
            List.of("open", "admit", "joined", "left", "dropped", "returned", "due", "signalled", "view", "long view");

    /** A client may be silent for longer than this. */
    private static final int GAME_MILLIS_MAX = 12_000;

    private static final List<String> FAILURES =
            List.of("throw", "mute", "overflow", "array", "class", "newer", "grow", "tell", "null");

    @TempDir
    static Path games;

    @RegisterExtension
    final Tavern tavern = Tavern.with(
                    "ops.enabled=true", "room.threads=2", "limits.rates.customs=1000", "limits.rates.pings=1000")
            .settings(FaultyGameIT::settings);

    @BeforeAll
    static void packTheGame() throws IOException {
        TestJar.of(
                        FaultyModule.class,
                        FaultyGame.class,
                        FaultyGame.MuteException.class,
                        UnreadyModule.class,
                        UnreadyModule.Deck.class)
                .saying("stop", "halt")
                .write(games.resolve("faulty.jar"));
    }

    private static String[] settings() {
        List<String> settings = new ArrayList<>(
                List.of("games.path=" + games, "games.types.faulty.game=faulty", "games.types.other.game=faulty"));
        for (String method : METHODS) {
            String type = "games.types." + type(method);
            settings.add(type + ".game=faulty");
            settings.add(type + ".settings.fails=" + method);
        }
        return settings.toArray(String[]::new);
    }

    private static String type(String method) {
        return "no-" + method.replace(' ', '-');
    }

    private RawClient in(String player, String type) throws IOException {
        RawClient client = tavern.client(player);
        join(client, type);
        return client;
    }

    /** A room of the type's own name. */
    private static Joined join(RawClient client, String type) throws IOException {
        ServerMessage answer = client.answerTo(client.send(GameRoomIT.joining(type, type, "")));
        assertThat(answer.hasJoined()).as("%s", answer).isTrue();
        return answer.getJoined();
    }

    private static ServerMessage says(RawClient client, String what) throws IOException {
        return client.answerTo(client.send(ClientMessage.newBuilder()
                .setCustom(Custom.newBuilder().setPayload(StringValue.of(what).toByteString()))));
    }

    private static void goesOnFor(RawClient client) throws IOException {
        ServerMessage answer = says(client, "say");
        assertThat(answer.hasTurnDone()).as("%s", answer).isTrue();
    }

    private static String view(Joined joined) {
        return GameRoomIT.text(joined.getView());
    }

    private void awaitLog(String text) {
        await(text).until(() -> tavern.logs().contain(text));
    }

    @Test
    void aTurnThatFailsIsAnsweredAndNothingOfItHappens() throws Exception {
        tavern.logs().expect("failure faulty-");
        RawClient ann = in("ann", "faulty");
        RawClient ben = in("ben", "faulty");
        long gold = ann.readInventory().getStacks(0).getCount();

        for (String how : FAILURES) {
            for (int time = 1; time <= 2; time++) {
                ServerMessage answer = says(ann, how);
                assertThat(answer.getError().getCode()).as(how).isEqualTo(ErrorCode.INTERNAL);
                String text = answer.getError().getText();
                String action = text.substring(text.lastIndexOf(' ') + 1);
                assertThat(action).contains("/ann#");
                assertThat(tavern.logs().contain(action)).as(how).isTrue();
            }
            goesOnFor(ben);
        }

        goesOnFor(ann);
        assertThat(ann.readInventory().getStacks(0).getCount()).isEqualTo(gold + 1);
        assertThat(ben.skipped())
                .noneMatch(message -> message.hasCustom()
                        && FAILURES.contains(GameRoomIT.text(message.getCustom().getPayload())));
        assertThat(view(join(ann, "faulty"))).isEqualTo("\n" + "say\n".repeat(FAILURES.size() + 1));
    }

    @Test
    void aRoomThatItsGameCannotOpenIsNotThere() throws Exception {
        tavern.logs().expect("failure no-open-");
        RawClient ann = tavern.client("ann", Tavern.HALL);

        for (int i = 0; i < 2; i++) {
            assertThat(ann.errorTo(ann.send(GameRoomIT.joining("no-open", "no-open", ""))))
                    .isEqualTo(ErrorCode.UNAVAILABLE);
        }

        ann.chat("still here");
        ann.expect(message -> message.getChat().getText().equals("still here"));
    }

    @Test
    void whoTheGameFailsToAdmitStaysWhereHeIs() throws Exception {
        tavern.logs().expect("failure no-admit-");
        RawClient ann = tavern.client("ann", Tavern.HALL);

        assertThat(ann.errorTo(ann.send(GameRoomIT.joining("no-admit", "no-admit", ""))))
                .isEqualTo(ErrorCode.INTERNAL);

        ann.chat("still here");
        ann.expect(message -> message.getChat().getText().equals("still here"));
    }

    @Test
    void whoTheGameFailsToSeatIsPutOut() throws Exception {
        tavern.logs().expect("failure no-joined-");
        RawClient ann = tavern.client("ann");

        ann.send(GameRoomIT.joining("no-joined", "no-joined", ""));

        ServerMessage why = ann.expect(ServerMessage::hasError);
        assertThat(why.getError().getCode()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(why.getError().getText()).isEqualTo("the game could not let you in");
        ann.expect(ServerMessage::hasLeft);
        goesOnFor(in("ben", "faulty"));
    }

    @Test
    void whoCannotBeShownTheRoomIsInItAllTheSame() throws Exception {
        tavern.logs().expect("failure no-");
        for (String type : List.of("no-view", "no-long-view")) {
            RawClient ann = tavern.client("ann");
            assertThat(join(ann, type).getView()).isEmpty();
            goesOnFor(ann);
            assertThat(tavern.logs().contain("room " + type + " failed at a view"))
                    .isTrue();
        }
    }

    @Test
    void whoLeavesIsGoneAlthoughTheGameFails() throws Exception {
        tavern.logs().expect("failure no-left-");
        RawClient ann = in("ann", "no-left");
        RawClient ben = in("ben", "no-left");

        ann.answerTo(ann.leave());

        awaitLog("room no-left failed at ");
        goesOnFor(ben);
        join(ann, "no-left");
        goesOnFor(ann);
    }

    @Test
    @With("limits.resume-seconds=30")
    void connectionsBreakAndComeBackAlthoughTheGameFails() throws Exception {
        tavern.logs().expect("failure no-");
        for (String type : List.of("no-dropped", "no-returned")) {
            RawClient ann = in("ann", type);
            RawClient ben = in("ben", type);
            ann.cut();
            RawClient again = tavern.resumed(ann);
            goesOnFor(again);
            goesOnFor(ben);
            awaitLog("room " + type + " failed at ");
        }
    }

    @Test
    void aTimerOrASignalThatFailsHoldsUpNobody() throws Exception {
        tavern.logs().expect("failure no-");
        RawClient ann = in("ann", "no-due");
        RawClient ben = in("ben", "no-signalled");

        assertThat(says(ann, "alarm").hasTurnDone()).isTrue();
        assertThat(says(ann, "signal no-signalled").hasTurnDone()).isTrue();

        awaitLog("room no-due failed at timer alarm");
        awaitLog("room no-signalled failed at signal ");
        goesOnFor(ann);
        goesOnFor(ben);
    }

    /** Rooms are on the threads in turn: the hall on the first, then one on the second, and again. */
    @ParameterizedTest
    @ValueSource(strings = {"loop", "wait"})
    void roomsOnOtherThreadsGoOnWhileAGameTakesItsTime(String how) throws Exception {
        RawClient ann = in("ann", "faulty");
        RawClient ben = in("ben", "other");
        RawClient cat = tavern.client("cat", Tavern.HALL);

        int millis = 1_500;
        while (isDoneBeforeTheOthers(how + " " + millis, ann, ben, cat)) {
            // A slow machine needs longer for what the others do.
            millis *= 2;
            assertThat(millis).as("others wait for the game").isLessThanOrEqualTo(GAME_MILLIS_MAX);
        }

        Pattern slow = Pattern.compile("in room faulty of type faulty took \\d{4,} ms");
        await("it is said").until(() -> tavern.logs().contain(slow));
        assertThat(slowCalls("faulty")).isPositive();
    }

    /** While ann's game takes its time, ben and cat play. @return whether the game was done first */
    private static boolean isDoneBeforeTheOthers(String what, RawClient ann, RawClient ben, RawClient cat)
            throws Exception {
        int asked = ann.send(GameRoomIT.saying(0, what));
        CompletableFuture<ServerMessage> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return ann.answerTo(asked);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        for (int i = 0; i < 10; i++) {
            goesOnFor(ben);
            assertThat(cat.answerTo(cat.ping(i)).hasPong()).isTrue();
        }
        cat.chat("still here");
        cat.expect(message -> message.getChat().getText().equals("still here"));
        boolean isDone = answer.isDone();
        assertThat(answer.get(30, TimeUnit.SECONDS).hasTurnDone()).isTrue();
        return isDone;
    }

    private int slowCalls(String type) throws IOException {
        String metrics =
                OpsClient.of(tavern.server().opsAddress()).get("/metrics").body();
        Matcher line = Pattern.compile("(?m)^tavern_game_calls_slow_total\\{.*type=\"" + type + "\".*} (\\d+)")
                .matcher(metrics);
        assertThat(line.find()).as(metrics).isTrue();
        return Integer.parseInt(line.group(1));
    }
}
