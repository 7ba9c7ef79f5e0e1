package tavern.server.recordings;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.RecordedSession;
import tavern.protocol.UuidV7;
import tavern.protocol.v1.Bye;
import tavern.protocol.v1.Chat;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.GetInventory;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.JoinRoom;
import tavern.protocol.v1.LeaveRoom;
import tavern.protocol.v1.ListRooms;
import tavern.protocol.v1.Move;
import tavern.protocol.v1.Ping;
import tavern.protocol.v1.RoomOptions;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeAccept;
import tavern.protocol.v1.TradeCancel;
import tavern.protocol.v1.TradeDecline;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.Whisper;
import tavern.server.it.Places;
import tavern.server.it.RawClient;
import tavern.server.it.TestServer;
import tavern.server.time.Clocks;
import tavern.server.time.MonotonicClock;

/**
 * Records each session of {@code docs/recordings} anew, from a real server, and compares: the files say what the server says
 * today. After a change that shows on the wire, renew them with {@code mvn -pl protocol,server verify -Dtest=None
 * -Dit.test=RecordingsIT -Dtavern.recordings.renew=true -Dsurefire.failIfNoSpecifiedTests=false
 * -Dfailsafe.failIfNoSpecifiedTests=false}.
 */
@Timeout(RecordingsIT.SECONDS_MAX)
class RecordingsIT {
    static final int SECONDS_MAX = 60;

    private static final Path FOLDER = Path.of("../docs/recordings");
    private static final TreeSet<String> NAMES = new TreeSet<>(List.of(
            "handshake",
            "refused",
            "rooms",
            "snapshots",
            "cells",
            "trades",
            "goods",
            "errors",
            "resume",
            "resume-refused",
            "resume-cells"));
    private static final String HALL = "hall";

    /**
     * Each recording begins at this date, by its server's clock, so that the ids in it are always the same: 1 January 2026,
     * noon in UTC.
     */
    private static final long DATE_MILLIS = 1_767_268_800_000L;

    private static final Goods NOTHING = Goods.getDefaultInstance();

    @TempDir
    Path data;

    private final List<RawClient> others = new ArrayList<>();
    private @Nullable TestServer server;
    private @Nullable SessionRecorder recorder;

    @AfterEach
    void stop() throws IOException {
        if (recorder != null) {
            recorder.close();
        }
        for (RawClient other : others) {
            other.close();
        }
        if (server != null) {
            server.close();
        }
    }

    /** There is no file that no test of this class records. */
    @Test
    void allFilesAreRecordedHereAndFitTheSchema() throws IOException {
        TreeSet<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.toList()) {
                RecordedSession session = RecordedSession.read(file);
                assertThat(file).hasFileName(session.name() + ".jsonl");
                assertThat(session.steps()).last().isInstanceOf(RecordedSession.Expected.class);
                names.add(session.name());
            }
        }
        assertThat(names).isEqualTo(NAMES);
    }

    /** P-57: no time in a file is the time at which it was made, so no file grows old. */
    @Test
    void allIdsInTheFilesCarryTheTimeOfTheirServer() throws IOException {
        for (String name : NAMES) {
            RecordedSession session = RecordedSession.read(FOLDER.resolve(name + ".jsonl"));
            for (RecordedSession.Step step : session.steps()) {
                if (step instanceof RecordedSession.Sent sent && sent.message().hasTradeOffer()) {
                    assertThat(millis(sent.message().getTradeOffer().getTradeId()))
                            .isBetween(DATE_MILLIS, DATE_MILLIS + SECONDS_MAX * 1_000);
                } else if (step instanceof RecordedSession.Heard heard
                        && heard.message().hasWelcome()) {
                    assertThat(heard.message().getWelcome().getServerTimeMs())
                            .isBetween(DATE_MILLIS, DATE_MILLIS + SECONDS_MAX * 1_000);
                }
            }
        }
    }

    private static long millis(ByteString tradeId) {
        ByteBuffer halves = tradeId.asReadOnlyByteBuffer();
        return UuidV7.millis(new UUID(halves.getLong(), halves.getLong()));
    }

    @Test
    void handshake() throws Exception {
        SessionRecorder ann = start();
        enter(ann);
        ann.answerTo(
                ann.send(ClientMessage.newBuilder().setPing(Ping.newBuilder().setNonce(42))));
        ann.expect();
        bye(ann);
        compare("handshake", "P-5 to P-11: Hello, Welcome, a Ping, Bye.");
    }

    @Test
    void refused() throws Exception {
        server = server("node.id=tavern");
        SessionRecorder nobody = new SessionRecorder(server.address(), "?");
        recorder = nobody;
        nobody.open();
        nobody.hearTheEnd();
        nobody.expect();
        compare(
                "refused",
                "P-7, P-18: a token that proves nothing; the error answers the Hello, and the connection closes.");
    }

    @Test
    void rooms() throws Exception {
        SessionRecorder ann = start();
        in(ann, HALL);
        ann.expect();
        RawClient bob = other("bob");
        bob.join(HALL);
        ann.hear(ServerMessage::hasPlayerJoined);
        bob.chat("hello, ann");
        ann.hear(ServerMessage::hasChat);
        ann.answerTo(ann.send(chat("hello, bob")));
        ann.expect();
        ann.answerTo(ann.send(ClientMessage.newBuilder().setListRooms(ListRooms.getDefaultInstance())));
        ann.answerTo(ann.send(ClientMessage.newBuilder()
                .setWhisper(Whisper.newBuilder().setTo("bob").setText("psst"))));
        bob.send(ClientMessage.newBuilder()
                .setWhisper(Whisper.newBuilder().setTo("ann").setText("yes?")));
        ann.hear(ServerMessage::hasWhisper);
        ann.expect();
        bob.leave();
        ann.hear(ServerMessage::hasPlayerLeft);
        RawClient cai = other("cai");
        cai.join(HALL);
        ann.hear(ServerMessage::hasPlayerJoined);
        ann.expect();
        ann.answerTo(ann.send(ClientMessage.newBuilder().setLeaveRoom(LeaveRoom.getDefaultInstance())));
        ann.expect();
        in(ann, "attic");
        ann.expect();
        bye(ann);
        compare(
                "rooms",
                "P-15, P-26 to P-28, P-33, P-34: rooms, who comes and goes, an id that is given again, chat,"
                        + " whispers.");
    }

    @Test
    void snapshots() throws Exception {
        SessionRecorder ann = start();
        in(ann, HALL);
        RawClient bob = other("bob");
        bob.join(HALL);
        ann.hear(ServerMessage::hasPlayerJoined);
        ann.expect();
        for (int step = 1; step <= 3; step++) {
            walk(ann, bob, step);
            walk(ann, ann, step);
        }
        ann.expect();
        // Both before one tick, if they can be.
        Places.Place at = place(ann, "ann");
        int own = ann.send(move(toTheMiddle(at.x()), at.y()));
        int bobs =
                bob.move(toTheMiddle(place(ann, "bob").x()), place(ann, "bob").y());
        ann.hearUntil(() -> place(ann, "ann").seq() == own && place(ann, "bob").seq() == bobs);
        ann.expect();
        ann.answerTo(ann.send(move(-1, -1)));
        ann.expect();
        bye(ann);
        compare(
                "snapshots",
                "P-30, P-31: moves of two players, in snapshots of one and of both, and a move that is rejected.");
    }

    @Test
    void cells() throws Exception {
        SessionRecorder ann =
                start("room.interest.from-capacity=1", "room.interest.cell-size=10", "game.max-speed=1000");
        in(ann, HALL);
        go(ann, ann, 1_600, 1_600);
        ann.expect();
        RawClient bob = other("bob");
        bob.join(HALL);
        ann.hear(ServerMessage::hasPlayerJoined);
        go(ann, bob, 1_620, 1_600);
        ann.expect();
        go(ann, bob, 1_625, 1_610);
        ann.expect();
        bob.move(2_600, 1_600);
        ann.hearUntil(() -> ann.view().place("bob") == null);
        ann.expect();
        go(ann, bob, 1_590, 1_600);
        ann.expect();
        go(ann, ann, 600, 600);
        ann.hearUntil(() -> ann.view().place("bob") == null);
        ann.expect();
        bye(ann);
        compare(
                "cells",
                "P-36 to P-38: a room of cells; a player comes into view, moves, goes out of it, comes back; a whole"
                        + " new view.");
    }

    @Test
    void trades() throws Exception {
        SessionRecorder ann = start();
        in(ann, HALL);
        RawClient bob = other("bob");
        bob.join(HALL);
        ann.hear(ServerMessage::hasPlayerJoined);
        ann.expect();
        // Committed, and asked for again.
        Goods sword = RawClient.item(ann.view().told().inventory().getItems(0).getId());
        ann.answerTo(ann.send(offer(id(1), sword, RawClient.gold(25))));
        bob.accept(id(1), "ann");
        ann.hear(message -> isResult(message, id(1)));
        ann.expect();
        ann.answerTo(ann.send(offer(id(1), sword, RawClient.gold(25))));
        ann.expect();
        // Offered by the other: accepted, declined.
        bob.offer(id(2), "ann", RawClient.gold(5), RawClient.stacks(Map.of("potion", 1L)));
        ann.hear(ServerMessage::hasTradeOffered);
        ann.answerTo(ann.send(ClientMessage.newBuilder()
                .setTradeAccept(TradeAccept.newBuilder().setFrom("bob").setTradeId(bytes(2)))));
        bob.offer(id(3), "ann", NOTHING, RawClient.gold(500));
        ann.hear(ServerMessage::hasTradeOffered);
        ann.answerTo(ann.send(ClientMessage.newBuilder()
                .setTradeDecline(TradeDecline.newBuilder().setFrom("bob").setTradeId(bytes(3)))));
        ann.expect();
        // Cancelled, by hand and because the other leaves.
        ann.answerTo(ann.send(offer(id(4), RawClient.gold(1), NOTHING)));
        ann.answerTo(ann.send(ClientMessage.newBuilder()
                .setTradeCancel(TradeCancel.newBuilder().setTradeId(bytes(4)))));
        ann.answerTo(ann.send(offer(id(5), RawClient.gold(1), NOTHING)));
        bob.leave();
        ann.hearUntil(() -> ann.view().place("bob") == null);
        if (!hasEnded(ann, id(5))) {
            ann.hear(message -> isResult(message, id(5)));
        }
        ann.expect();
        bye(ann);
        compare("trades", "P-50 to P-52: offers of both sides, committed, repeated, declined, cancelled.");
    }

    @Test
    void goods() throws Exception {
        String swords = String.join(",", Collections.nCopies(150, "sword"));
        SessionRecorder ann = start("limits.frame-bytes-max=4096", "game.starter-kit.items=[" + swords + "]");
        in(ann, HALL);
        RawClient bob = other("bob");
        bob.join(HALL);
        ann.hear(ServerMessage::hasPlayerJoined);
        ann.expect();
        // A kind that is gone, an item that goes, and one that comes.
        Goods potions = RawClient.stacks(Map.of("potion", 10L));
        Goods sword = RawClient.item(ann.view().told().inventory().getItems(0).getId());
        Goods give = potions.toBuilder().mergeFrom(sword).build();
        ann.answerTo(ann.send(offer(id(1), give, RawClient.item(bob.firstItem()))));
        bob.accept(id(1), "ann");
        ann.hear(message -> isResult(message, id(1)));
        ann.expect();
        ann.answerTo(ann.send(ClientMessage.newBuilder().setGetInventory(GetInventory.getDefaultInstance())));
        ann.expect();
        bye(ann);
        compare("goods", "P-55, P-56: an inventory in pages, a change of it, and pages that were asked for.");
    }

    @Test
    void errors() throws Exception {
        SessionRecorder ann = start("limits.rates.lists=0.01");
        RawClient cai = other("cai");
        cai.send(ClientMessage.newBuilder()
                .setJoinRoom(JoinRoom.newBuilder()
                        .setRoom("closet")
                        .setOptions(RoomOptions.newBuilder().setCapacity(1))));
        cai.expect(ServerMessage::hasJoined);
        enter(ann);
        ann.answerTo(ann.send(chat("is anybody here?")));
        ann.answerTo(ann.send(join("not a name")));
        ann.answerTo(ann.send(join("closet")));
        for (int i = 0; i < 3; i++) {
            ann.answerTo(ann.send(ClientMessage.newBuilder().setListRooms(ListRooms.getDefaultInstance())));
        }
        ann.expect();
        ann.answerTo(ann.send(join(HALL)));
        ann.answerTo(ann.send(chat("")));
        ann.answerTo(ann.send(ClientMessage.newBuilder()
                .setWhisper(Whisper.newBuilder().setTo("dan").setText("psst"))));
        ann.answerTo(ann.send(offer(id(1), RawClient.gold(1), NOTHING)));
        RawClient bob = other("bob");
        bob.join(HALL);
        ann.hear(ServerMessage::hasPlayerJoined);
        ann.answerTo(ann.send(offer(id(2), RawClient.gold(5_000), NOTHING)));
        ann.answerTo(ann.send(offer(id(3), NOTHING, NOTHING)));
        ann.answerTo(ann.send(offer(id(4), RawClient.gold(0), NOTHING)));
        ann.answerTo(ann.send(ClientMessage.newBuilder()
                .setTradeAccept(TradeAccept.newBuilder().setFrom("bob").setTradeId(bytes(5)))));
        ann.answerTo(ann.send(offer(id(6), RawClient.gold(1), NOTHING)));
        ann.answerTo(ann.send(offer(id(6), RawClient.gold(2), NOTHING)));
        ann.expect();
        RawClient elsewhere = other("ann");
        assertThat(elsewhere.isLoggedIn()).isTrue();
        ann.hearTheEnd();
        ann.expect();
        compare("errors", "P-40: requests that are refused, and the end of a session that was replaced.");
    }

    @Test
    void resume() throws Exception {
        SessionRecorder ann = start();
        RawClient bob = other("bob");
        bob.join(HALL);
        in(ann, HALL);
        said(bob, "one");
        ann.hear(ServerMessage::hasChat);
        ann.expect();
        // Two requests have arrived: one whose answer is replayed, and one whose answer is gone.
        ann.send(ClientMessage.newBuilder().setListRooms(ListRooms.getDefaultInstance()));
        ann.send(chat("two"));
        ann.lose();
        said(bob, "three");
        bob.answerTo(bob.send(ClientMessage.newBuilder()
                .setWhisper(Whisper.newBuilder().setTo("ann").setText("where are you?"))));
        RawClient cai = other("cai");
        cai.join(HALL);
        int moved = bob.move(1, 1);
        assertThat(bob.answerTo(moved).hasMoveRejected()).isTrue();
        ann.open();
        ann.hear(ServerMessage::hasReplayed);
        ann.expect();
        ann.answerTo(ann.send(chat("four")));
        ann.send(offer(id(1), RawClient.gold(1), NOTHING));
        ann.lose();
        bob.expect(ServerMessage::hasTradeOffered);
        ann.open();
        ann.hear(ServerMessage::hasReplayed);
        ann.expect();
        bye(ann);
        compare(
                "resume",
                "P-20 to P-23: a connection is lost twice, and the session goes on with all that was missed.");
    }

    @Test
    void resumeRefused() throws Exception {
        SessionRecorder ann = start("room.replay-events-max=2");
        RawClient bob = other("bob");
        bob.join(HALL);
        in(ann, HALL);
        ann.send(ClientMessage.newBuilder()
                .setWhisper(Whisper.newBuilder().setTo("bob").setText("are you there?")));
        ann.lose();
        for (int i = 0; i < 4; i++) {
            said(bob, "still here");
        }
        enter(ann);
        ann.expect();
        ann.answerTo(ann.send(join(HALL)));
        ann.expect();
        bye(ann);
        compare("resume-refused", "P-20: more was missed than is kept, so a new session begins, in the lobby.");
    }

    @Test
    void resumeCells() throws Exception {
        SessionRecorder ann =
                start("room.interest.from-capacity=1", "room.interest.cell-size=10", "game.max-speed=1000");
        in(ann, HALL);
        go(ann, ann, 1_600, 1_600);
        RawClient bob = other("bob");
        bob.join(HALL);
        ann.hear(ServerMessage::hasPlayerJoined);
        go(ann, bob, 1_620, 1_600);
        ann.expect();
        // Out of view while ann is away.
        ann.lose();
        int gone = bob.move(2_600, 1_600);
        bob.expect(message -> message.getSnapshot().getEnteredSeqsList().contains(gone));
        ann.open();
        ann.hear(ServerMessage::hasReplayed);
        ann.expect();
        go(ann, bob, 1_590, 1_600);
        ann.expect();
        // To another place in view; what follows are differences to that one.
        ann.lose();
        bob.move(1_600, 1_610);
        bob.expect(message -> message.getSnapshot().getSeqsCount() > 0);
        ann.open();
        ann.hear(ServerMessage::hasReplayed);
        ann.expect();
        go(ann, bob, 1_595, 1_620);
        ann.expect();
        bye(ann);
        compare(
                "resume-cells",
                "P-23, P-32, P-38: resumes in a room of cells; a player goes out of view meanwhile, comes back, and"
                        + " moves.");
    }

    // ---- what they do ----

    private SessionRecorder start(String... settings) throws IOException {
        server = server(Stream.concat(
                        // A room that is late would say so, and the recording would not be the same.
                        Stream.of(
                                "node.id=tavern",
                                "limits.rates.joins=100",
                                "limits.rates.chats=100",
                                "room.dilation.min=1"),
                        Stream.of(settings))
                .toArray(String[]::new));
        recorder = new SessionRecorder(server.address(), "ann");
        return recorder;
    }

    private TestServer server(String... settings) throws IOException {
        MonotonicClock monotonic = MonotonicClock.system();
        long beganMillis = monotonic.millis();
        InstantSource wall = () -> Instant.ofEpochMilli(DATE_MILLIS + monotonic.millis() - beganMillis);
        return TestServer.start(TestServer.config(data, settings), new Clocks(wall, monotonic));
    }

    private RawClient other(String player) throws IOException {
        if (server == null) {
            throw new IllegalStateException("no server");
        }
        RawClient other = server.client(player);
        others.add(other);
        return other;
    }

    /** Into the room, with a login before if there is none. */
    private static void in(SessionRecorder ann, String room) throws IOException {
        if (ann.seq() == 0) {
            enter(ann);
        }
        ann.answerTo(ann.send(join(room)));
    }

    /** A new session: the Welcome, and the pages of the inventory (P-56). */
    private static void enter(SessionRecorder ann) throws IOException {
        ann.open();
        ann.hear(ServerMessage::hasWelcome);
        ann.hear(message -> message.getInventoryPage().getLast());
    }

    private static void bye(SessionRecorder ann) throws IOException {
        ann.send(ClientMessage.newBuilder().setBye(Bye.getDefaultInstance()));
        ann.hearTheEnd();
        ann.expect();
    }

    private static void said(RawClient client, String text) throws IOException {
        int seq = client.chat(text);
        client.expect(message -> message.getChat().getClientSeq() == seq);
    }

    private static Places.Place place(SessionRecorder ann, String player) {
        Places.Place place = ann.view().place(player);
        if (place == null) {
            throw new AssertionError(player + " is not in view");
        }
        return place;
    }

    /** A small step that stays on the map. */
    private static int toTheMiddle(int x) {
        return x > 1_600 ? x - 3 : x + 3;
    }

    private static void walk(SessionRecorder ann, SessionRecorder who, int step) throws IOException {
        Places.Place at = place(ann, "ann");
        int seq = who.send(move(toTheMiddle(at.x()), at.y()));
        ann.hearUntil(() -> place(ann, "ann").seq() == seq);
        assertThat(place(ann, "ann").x()).as("step %d", step).isEqualTo(toTheMiddle(at.x()));
    }

    private static void walk(SessionRecorder ann, RawClient bob, int step) throws IOException {
        Places.Place at = place(ann, "bob");
        int seq = bob.move(toTheMiddle(at.x()), at.y());
        ann.hearUntil(() -> place(ann, "bob").seq() == seq);
        assertThat(place(ann, "bob").x()).as("step %d", step).isEqualTo(toTheMiddle(at.x()));
    }

    private static void go(SessionRecorder ann, SessionRecorder who, int x, int y) throws IOException {
        int seq = who.send(move(x, y));
        ann.hearUntil(() -> new Places.Place(x, y, seq).equals(ann.view().place("ann")));
    }

    private static void go(SessionRecorder ann, RawClient bob, int x, int y) throws IOException {
        int seq = bob.move(x, y);
        ann.hearUntil(() -> new Places.Place(x, y, seq).equals(ann.view().place("bob")));
    }

    private static ClientMessage.Builder join(String room) {
        return ClientMessage.newBuilder().setJoinRoom(JoinRoom.newBuilder().setRoom(room));
    }

    private static ClientMessage.Builder chat(String text) {
        return ClientMessage.newBuilder().setChat(Chat.newBuilder().setText(text));
    }

    private static ClientMessage.Builder move(int x, int y) {
        return ClientMessage.newBuilder().setMove(Move.newBuilder().setX(x).setY(y));
    }

    private static ClientMessage.Builder offer(UUID id, Goods give, Goods want) {
        return ClientMessage.newBuilder()
                .setTradeOffer(TradeOffer.newBuilder()
                        .setTradeId(RawClient.bytes(id))
                        .setTo("bob")
                        .setGive(give)
                        .setWant(want));
    }

    /** P-57: by the server's time, which is the same in each recording. */
    private static UUID id(int number) {
        return UuidV7.of(DATE_MILLIS, number);
    }

    private static ByteString bytes(int number) {
        return RawClient.bytes(id(number));
    }

    private static boolean isResult(ServerMessage message, UUID id) {
        return message.hasTradeResult() && message.getTradeResult().getTradeId().equals(RawClient.bytes(id));
    }

    private static boolean hasEnded(SessionRecorder ann, UUID id) {
        return ann.heard()
                .anyMatch(message ->
                        isResult(message, id) && message.getTradeResult().getOutcome() == TradeOutcome.CANCELLED);
    }

    // ---- with what is on file ----

    private void compare(String name, String about) throws IOException {
        if (recorder == null) {
            throw new IllegalStateException("nothing was recorded");
        }
        RecordedSession today = recorder.recorded(name, about);
        if (Boolean.getBoolean("tavern.recordings.renew")) {
            today.write(FOLDER);
        }
        RecordedSession onFile = RecordedSession.read(FOLDER.resolve(name + ".jsonl"));
        assertThat(today.shape()).as("renew the recordings, see above").isEqualTo(onFile.shape());
        assertThat(onFile.about()).isEqualTo(about);
    }
}
