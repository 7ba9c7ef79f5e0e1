package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.JoinRoom;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.Redirect;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.TavernServer;
import tavern.server.config.TavernConfig;
import tavern.server.store.embedded.EmbeddedStore;

/** A node of a cluster that cannot renew its leases, or loses them: P-16 and P-29. */
@Timeout(60)
final class SuspensionIT {
    /** So long that no lease comes into doubt by itself when the machine is busy for some seconds. */
    private static final int LEASE_MILLIS = 6_000;

    private final List<Deal> deals = new ArrayList<>();

    @TempDir
    Path folder;

    private LeaseFaults leases;
    private TavernServer server;
    private RawClient anna;
    private RawClient ben;

    @BeforeEach
    void start() throws Exception {
        start(true);
    }

    private void start(boolean clustered) throws Exception {
        // Places are written so rarely that only what is tested writes, or ends a room's rest.
        // Players say nothing while they wait for leases.
        TavernConfig alone = TestServer.config(folder, "room.position-flush-millis=600000", "limits.idle-seconds=120");
        TavernConfig config = TestServer.clustered(alone, clustered, LEASE_MILLIS);
        leases = new LeaseFaults(EmbeddedStore.open(config.store()));
        server = TavernServer.start(config, leases.store());
        anna = new RawClient(server.address());
        ben = new RawClient(server.address());
        anna.login("anna");
        ben.login("ben");
    }

    @AfterEach
    void stop() throws Exception {
        anna.close();
        ben.close();
        server.close();
        assertThat(new EmbeddedBooksAuditor(folder).audit(deals)).isEmpty();
    }

    @Test
    void aRoomIsSuspendedWhileItsLeaseIsUncertainAndGoesOnExactlyWhereItWas() throws Exception {
        anna.join("hall");
        Joined joined = ben.join("hall");
        UUID open = TestIds.fresh();
        anna.answerTo(anna.offer(open, "ben", RawClient.gold(1), RawClient.gold(2)));
        ben.expect(ServerMessage::hasTradeOffered);
        leases.renewals(LeaseFaults.Renewals.FAIL);
        anna.expect(ServerMessage::hasRoomSuspended);
        assertThat(ben.expect(ServerMessage::hasRoomSuspended)
                        .getRoomSuspended()
                        .getRoom())
                .isEqualTo("hall");
        leases.writes();

        unavailable(ben.answerTo(ben.chat("anybody?")));
        unavailable(ben.answerTo(ben.accept(open, "anna")));
        unavailable(anna.answerTo(anna.offer(TestIds.fresh(), "ben", RawClient.gold(1), RawClient.gold(1))));
        ben.move(0, 0);
        try (RawClient cora = new RawClient(server.address())) {
            cora.login("cora");
            unavailable(cora.answerTo(join(cora, "hall")));
        }
        assertThat(leases.writes()).isEmpty();

        leases.renewals(LeaseFaults.Renewals.WORK);
        ben.expect(ServerMessage::hasRoomResumed);
        List<ServerMessage> between = ben.skipped();
        assertThat(between).noneMatch(message -> message.hasSnapshot() || message.hasRoomSuspended());
        ServerMessage state = ben.read();
        assertThat(state.getFullState().getEntitiesList())
                .as("nobody moved meanwhile")
                .containsExactlyInAnyOrderElementsOf(joined.getState().getEntitiesList());
        int chat = ben.chat("there you are");
        anna.expect(message -> message.getChat().getClientSeq() == chat);
        deals.add(new Deal(open, "anna", "ben", RawClient.gold(1), RawClient.gold(2)));
        ben.accept(open, "anna");
        deals.get(0).tell("ben", ben.tradeResult(open).getOutcome());
        deals.get(0).tell("anna", anna.tradeResult(open).getOutcome());
        assertThat(deals.get(0).outcome()).isEqualTo(TradeOutcome.COMMITTED);
    }

    @Test
    void renewalsThatAreNeverAnsweredSuspendTheRoomToo() throws Exception {
        ben.join("hall");
        leases.renewals(LeaseFaults.Renewals.HANG);
        ben.expect(ServerMessage::hasRoomSuspended);
        leases.renewals(LeaseFaults.Renewals.WORK);
        ben.expect(ServerMessage::hasRoomResumed);
    }

    @Test
    void whoResumesInASuspendedRoomIsToldSo() throws Exception {
        ben.join("hall");
        leases.renewals(LeaseFaults.Renewals.FAIL);
        ben.expect(ServerMessage::hasRoomSuspended);
        ben.cut();
        ben = ben.resumed(server.address());
        assertThat(ben.welcome().getResumed()).isTrue();
        ben.expect(ServerMessage::hasFullState);
        ben.expect(ServerMessage::hasRoomSuspended);
        leases.renewals(LeaseFaults.Renewals.WORK);
        ben.expect(ServerMessage::hasRoomResumed);
    }

    @Test
    void whoLeavesASuspendedRoomLeavesWithoutAWriteAndTheOfferEndsWhenItIsSureAgain() throws Exception {
        anna.join("hall");
        ben.join("hall");
        UUID open = TestIds.fresh();
        anna.answerTo(anna.offer(open, "ben", RawClient.gold(1), RawClient.gold(2)));
        leases.renewals(LeaseFaults.Renewals.FAIL);
        ben.expect(ServerMessage::hasRoomSuspended);
        leases.writes();
        assertThat(anna.answerTo(anna.leave()).hasLeft()).isTrue();
        assertThat(leases.writes()).isEmpty();

        leases.renewals(LeaseFaults.Renewals.WORK);
        assertThat(ben.tradeResult(open).getOutcome()).isEqualTo(TradeOutcome.CANCELLED);
        assertThat(leases.writes()).contains("transact", "savePositions");
    }

    @Test
    void aRoomThatIsLostSendsEverybodyOutAndWritesNothingMore() throws Exception {
        anna.join("hall");
        ben.join("hall");
        UUID open = TestIds.fresh();
        anna.answerTo(anna.offer(open, "ben", RawClient.gold(1), RawClient.gold(2)));
        ben.expect(ServerMessage::hasTradeOffered);
        // The first tick with players in the room writes where they stand.
        await("the places of the first tick").until(() -> leases.writes().contains("savePositions"));
        leases.heldBy("two@127.0.0.9:4242");
        leases.renewals(LeaseFaults.Renewals.LOSE);
        closedRoom(anna);
        closedRoom(ben);

        Redirect redirect = ben.answerTo(join(ben, "hall")).getRedirect();
        assertThat(redirect)
                .isEqualTo(Redirect.newBuilder()
                        .setHost("127.0.0.9")
                        .setPort(4242)
                        .setRoom("hall")
                        .build());
        assertThat(ben.errorTo(ben.chat("still in the lobby"))).isEqualTo(ErrorCode.NOT_IN_ROOM);
        assertThat(leases.writes()).isEmpty();
    }

    @Test
    void aRoomAtRestWritesWhatIsSaidAndSeesItsLeaseGo() throws Exception {
        ben.join("hall");
        await("the places of the first tick").until(() -> leases.writes().contains("savePositions"));
        leases.awaitRenewals(2);
        ben.chat("anybody awake?");
        await("the line").until(() -> leases.writes().contains("appendChat"));
        leases.awaitRenewals(2);
        leases.renewals(LeaseFaults.Renewals.FAIL);
        ben.expect(ServerMessage::hasRoomSuspended);
        leases.renewals(LeaseFaults.Renewals.WORK);
        ben.expect(ServerMessage::hasRoomResumed);
        leases.awaitRenewals(2);
        leases.renewals(LeaseFaults.Renewals.LOSE);
        closedRoom(ben);
        assertThat(leases.writes()).isEmpty();
    }

    @Test
    void aStaleFenceSendsEverybodyOutAndNobodyHearsOfACommit() throws Exception {
        anna.join("hall");
        ben.join("hall");
        UUID id = TestIds.fresh();
        anna.answerTo(anna.offer(id, "ben", RawClient.gold(1), RawClient.gold(2)));
        ben.expect(ServerMessage::hasTradeOffered);
        leases.takeOver("hall");
        ServerMessage answer = ben.answerTo(ben.accept(id, "anna"));
        assertThat(answer.getError().getCode()).isEqualTo(ErrorCode.UNAVAILABLE);
        closedRoom(anna);
        deals.add(new Deal(id, "anna", "ben", RawClient.gold(1), RawClient.gold(2)));

        anna.join("hall");
        ben.join("hall");
        assertThat(anna.answerTo(anna.offer(id, "ben", RawClient.gold(1), RawClient.gold(2)))
                        .hasTradeOpened())
                .as("the id was never settled")
                .isTrue();
    }

    @Test
    void chatUnderAStaleFenceIsNotWrittenAndSendsEverybodyOut() throws Exception {
        ben.join("hall");
        leases.takeOver("hall");
        ben.chat("too late");
        closedRoom(ben);
        assertThat(ben.join("hall").getRecentChatList()).isEmpty();
    }

    @Test
    void whoAsksForARoomOfAnotherNodeLeavesTheOldOneAndIsToldWhereToGo() throws Exception {
        ben.join("hall");
        leases.heldBy("two@127.0.0.9:4242");
        int asked = join(ben, "cellar");
        assertThat(ben.expect(ServerMessage::hasLeft).getLeft().getRoom()).isEqualTo("hall");
        Redirect redirect = ben.answerTo(asked).getRedirect();
        assertThat(redirect.getRoom()).isEqualTo("cellar");
        assertThat(redirect.getTicket().isEmpty()).isTrue();
    }

    @Test
    void aNodeAloneSuspendsNothingAndAsksToWaitForWhatItHeldBefore() throws Exception {
        stop();
        start(false);
        leases.renewals(LeaseFaults.Renewals.FAIL);
        leases.heldBy("an-earlier-name@127.0.0.1:4242");
        ServerMessage answer = ben.answerTo(join(ben, "hall"));
        unavailable(answer);
        assertThat(answer.getError().getRetryAfterMs()).isEqualTo(5_000);
        leases.heldBy("");
        ben.join("hall");
        leases.awaitRenewals(4);
        int chat = ben.chat("on and on");
        ben.expect(message -> message.getChat().getClientSeq() == chat);
        assertThat(ben.skipped()).noneMatch(ServerMessage::hasRoomSuspended);
    }

    private static int join(RawClient client, String room) throws IOException {
        return client.send(
                ClientMessage.newBuilder().setJoinRoom(JoinRoom.newBuilder().setRoom(room)));
    }

    private static void closedRoom(RawClient client) throws IOException {
        ServerMessage error = client.expect(ServerMessage::hasError);
        assertThat(error.getError().getCode()).isEqualTo(ErrorCode.ROOM_CLOSED);
        assertThat(error.getReplyTo()).isZero();
    }

    private static void unavailable(ServerMessage answer) {
        assertThat(answer.getError().getCode()).as("%s", answer).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(answer.getError().getRetryAfterMs()).isPositive();
    }
}
