package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Custom;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.JoinRoom;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;
import tavern.server.games.TestJar;
import tavern.server.games.sample.TableGame;
import tavern.server.games.sample.TableModule;

/** P-80 to P-82, with a game that comes out of a jar. */
class GameRoomIT {
    @TempDir
    static Path games;

    @RegisterExtension
    final Tavern tavern = Tavern.with()
            .settings(() -> Stream.concat(Stream.of(gameSettings()), Stream.of(settings()))
                    .toArray(String[]::new));

    @BeforeAll
    static void packTheGame() throws IOException {
        packTheGame(games);
    }

    static void packTheGame(Path folder) throws IOException {
        TestJar.of(TableModule.class, TableGame.class).write(folder.resolve("table.jar"));
    }

    private static String[] gameSettings() {
        return settings(games);
    }

    static String[] settings(Path folder) {
        return new String[] {
            "games.path=" + folder,
            "games.types.cards.game=table",
            "games.types.cards.capacity=2",
            "games.types.cards.idle-close-seconds=1",
            "limits.rates.customs=1000",
            "limits.rates.joins=1000",
            "limits.rates.lists=1000"
        };
    }

    /** For the same on other services. */
    String[] settings() {
        return new String[0];
    }

    static ClientMessage.Builder joining(String room, String type, String ticket) {
        return ClientMessage.newBuilder()
                .setJoinRoom(
                        JoinRoom.newBuilder().setRoom(room).setType(type).setTicket(ByteString.copyFromUtf8(ticket)));
    }

    static Joined join(RawClient client, String room) throws IOException {
        ServerMessage answer = client.answerTo(client.send(joining(room, "cards", "")));
        assertThat(answer.hasJoined()).as("%s", answer).isTrue();
        return answer.getJoined();
    }

    static ClientMessage.Builder saying(long request, String text) {
        return ClientMessage.newBuilder()
                .setCustom(Custom.newBuilder()
                        .setRequest(request)
                        .setPayload(StringValue.of(text).toByteString()));
    }

    private static int says(RawClient client, String text) throws IOException {
        return client.send(saying(0, text));
    }

    private static void done(RawClient client, int asked) throws IOException {
        ServerMessage answer = client.expect(message -> message.getReplyTo() == asked);
        assertThat(answer.hasTurnDone()).as("%s", answer).isTrue();
        assertThat(answer.getSessionSeq()).isPositive();
    }

    private static boolean isTold(ServerMessage message, String text) {
        return message.hasCustom() && text(message.getCustom().getPayload()).equals(text);
    }

    static String text(ByteString payload) {
        try {
            return StringValue.parseFrom(payload).getValue();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @With("limits.resume-seconds=30")
    void turnsAreAnsweredAndToldAlsoAfterALostConnection() throws Exception {
        RawClient ann = tavern.client("ann");
        RawClient bob = tavern.client("bob");
        Joined joined = join(ann, "t1");
        assertThat(joined.getType()).isEqualTo("cards");
        assertThat(text(joined.getView())).isEqualTo("\n");
        join(bob, "t1");

        done(ann, says(ann, "say one"));
        bob.expect(message -> isTold(message, "ann: one"));
        ann.cut();
        bob.expect(message -> isTold(message, "ann dropped"));
        done(bob, says(bob, "say two"));
        bob.send(saying(0, "say three"));
        RawClient again = tavern.resumed(ann);
        ServerMessage missed = again.expect(ServerMessage::hasCustom);
        while (!isTold(missed, "bob: two")) {
            missed = again.expect(ServerMessage::hasCustom);
        }
        assertThat(missed.getRoomSeq()).isPositive();
        bob.expect(message -> isTold(message, "ann returned"));
    }

    @Test
    @With("limits.resume-seconds=30")
    void anAnswerThatWasNotReadComesAgain() throws Exception {
        RawClient ann = tavern.client("ann");
        RawClient bob = tavern.client("bob");
        join(ann, "t1");
        join(bob, "t1");

        int asked = says(ann, "say one");
        bob.expect(message -> isTold(message, "ann: one"));
        ann.cut();

        done(tavern.resumed(ann), asked);
    }

    @Test
    void whoIsNotAdmittedStaysWhereHeIs() throws Exception {
        RawClient ann = tavern.client("ann");
        ann.join("den");

        assertThat(ann.errorTo(ann.send(joining("t1", "cards", "stranger")))).isEqualTo(ErrorCode.NOT_ALLOWED);
        assertThat(ann.errorTo(ann.send(joining("t1", "chess", "")))).isEqualTo(ErrorCode.BAD_VALUE);
        join(tavern.client("bob"), "t1");
        join(tavern.client("cat"), "t1");
        assertThat(ann.errorTo(ann.send(joining("t1", "", "")))).isEqualTo(ErrorCode.ROOM_FULL);

        assertThat(ann.skipped()).noneMatch(ServerMessage::hasLeft);
        ann.chat("still here");
        ann.expect(message -> message.getChat().getText().equals("still here"));
    }

    @Test
    @With("limits.resume-seconds=30")
    void spectatorsOnlyWatch() throws Exception {
        RawClient ann = tavern.client("ann");
        RawClient bob = tavern.client("bob");
        join(ann, "t1");

        Joined joined = bob.answerTo(bob.send(joining("t1", "", "watch"))).getJoined();

        assertThat(joined.getSpectator()).isTrue();
        assertThat(bob.errorTo(says(bob, "say hey"))).isEqualTo(ErrorCode.NOT_ALLOWED);
        assertThat(bob.errorTo(bob.chat("hey"))).isEqualTo(ErrorCode.NOT_ALLOWED);
        bob.move(5, 5);
        done(ann, says(ann, "say one"));
        bob.expect(message -> isTold(message, "ann: one"));
        bob.cut();
        RawClient again = tavern.resumed(bob);
        done(ann, says(ann, "say two"));
        again.expect(message -> isTold(message, "ann: two"));
        again.answerTo(again.leave());
    }

    @Test
    void goodsAreToldWhereverTheirOwnersAre() throws Exception {
        RawClient ann = tavern.client("ann");
        RawClient bob = tavern.client("bob");
        bob.join("den");
        join(ann, "t1");
        long before = count(ann);
        long bobsBefore = count(bob);

        done(ann, says(ann, "earn 5"));
        assertThat(count(ann)).isEqualTo(before + 5);
        done(ann, says(ann, "gift " + bob.welcome().getPlayerId() + " 3"));

        ServerMessage told = bob.expect(ServerMessage::hasInventoryChanged);
        assertThat(told.getInventoryChanged().getReason()).isEqualTo("turn");
        assertThat(count(bob)).isEqualTo(bobsBefore + 3);
        assertThat(ann.errorTo(says(ann, "pay 1000000"))).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
        assertThat(ann.readInventory()).isEqualTo(ann.inventory());
    }

    private static long count(RawClient client) {
        return client.inventory().getStacksList().stream()
                .filter(stack -> stack.getKind().equals("gold"))
                .mapToLong(stack -> stack.getCount())
                .sum();
    }

    @Test
    void aGameSendsPlayersToOtherRoomsAndPutsThemOut() throws Exception {
        RawClient ann = tavern.client("ann");
        join(ann, "t1");

        says(ann, "send den x");
        ann.expect(
                message -> message.hasJoined() && message.getJoined().getRoom().equals("den"));
        join(ann, "t1");
        says(ann, "out");

        ServerMessage why = ann.expect(ServerMessage::hasError);
        assertThat(why.getError().getText()).isEqualTo("enough");
        ann.expect(ServerMessage::hasLeft);
        assertThat(ann.errorTo(says(ann, "say hello"))).isEqualTo(ErrorCode.NOT_IN_ROOM);
    }

    @Test
    void aRoomThatWasClosedGoesOn() throws Exception {
        RawClient ann = tavern.client("ann");
        join(ann, "t1");
        done(ann, says(ann, "say one"));
        ann.answerTo(ann.leave());
        await("the room closes").until(() -> rooms(ann).isEmpty());

        assertThat(text(join(ann, "t1").getView())).contains("one", "ann left");
    }

    private static List<String> rooms(RawClient client) throws IOException {
        ServerMessage list = client.answerTo(client.send(Say.list("t", 10)));
        return list.getRoomList().getRoomsList().stream()
                .map(room -> room.getRoom())
                .toList();
    }
}
