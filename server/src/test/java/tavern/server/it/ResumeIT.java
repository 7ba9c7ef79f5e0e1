package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.Protocol;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;

/** P-20 to P-24: clients that lie about what they saw, or come back twice. */
class ResumeIT {
    private static final Goods NOTHING = Goods.getDefaultInstance();

    @RegisterExtension
    final Tavern tavern = Tavern.with("limits.rates.joins=100", "limits.resume-seconds=30");

    @Test
    void ofTwoConnectionsThatResumeTheSameSessionOneLives() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 20; round++) {
                RawClient anna = tavern.client("anna", Tavern.HALL);
                anna.cut();
                CyclicBarrier together = new CyclicBarrier(2);
                List<Future<RawClient>> both = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    both.add(threads.submit(() -> {
                        RawClient again = tavern.successor(anna);
                        together.await();
                        again.send(ClientMessage.newBuilder().setHello(anna.helloAgain()));
                        return again;
                    }));
                }
                RawClient one = both.get(0).get();
                RawClient other = both.get(1).get();
                await("one of them lives, round " + round).until(() -> isAlive(one) != isAlive(other));
                RawClient living = isAlive(one) ? one : other;
                assertThat(living.welcome().getLastClientSeq()).isEqualTo(anna.seq());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Returns whether the client gets answers, even if only that the other one has used its number. */
    private static boolean isAlive(RawClient client) throws IOException {
        try {
            if (!client.isLoggedIn()) {
                client.welcomed();
            }
            int asked = client.ping(1);
            client.expect(message -> message.getReplyTo() == asked);
            return true;
        } catch (EOFException | SocketException e) {
            return false;
        }
    }

    @Test
    void whoResumesWhileTheOldConnectionLivesTakesItsPlace() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient again = tavern.resumed(anna);
        assertThat(again.welcome().getResumed()).isTrue();
        assertThat(anna.closedWith()).isEqualTo(ErrorCode.OK);
        int said = again.chat("moved over");
        assertThat(again.expect(ServerMessage::hasChat).getChat().getClientSeq())
                .isEqualTo(said);
    }

    @Test
    void eventsThatNeverWereBeginANewSession() throws Exception {
        for (long number : new long[] {1, 1L << 40, Long.MAX_VALUE, -1}) {
            RawClient anna = tavern.client("anna", Tavern.HALL);
            anna.cut();
            RawClient liar = tavern.successor(anna);
            assertThat(liar.hello(anna.helloAgain().setLastSessionSeq(number)).getResumed())
                    .as("session_seq %d", number)
                    .isFalse();
        }
    }

    @Test
    void aRoomThatWasNeverJoinedIsToldAnew() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        anna.cut();
        RawClient again = tavern.successor(anna);
        Hello.Builder elsewhere = anna.helloAgain().setLastRoom("../elsewhere").setLastRoomSeq(1L << 40);
        assertThat(again.hello(elsewhere).getResumed()).isTrue();
        assertThat(again.expect(ServerMessage::hasJoined).getJoined().getRoom()).isEqualTo(Tavern.HALL);
    }

    @Test
    void aSessionThatWasReplacedCannotComeBack() throws Exception {
        RawClient first = tavern.client("anna", Tavern.HALL);
        RawClient second = tavern.client("anna", Tavern.HALL);
        assertThat(first.closedWith()).isEqualTo(ErrorCode.SESSION_REPLACED);
        RawClient third = tavern.resumed(first);
        assertThat(third.welcome().getResumed()).isFalse();
        assertThat(second.closedWith()).isEqualTo(ErrorCode.SESSION_REPLACED);
    }

    @Test
    @With({"room.replay-events-max=0", "limits.replay-events-max=0"})
    void whereNothingIsKeptOnlyWhoMissedNothingResumes() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        int said = anna.chat("all is heard");
        anna.expect(message -> message.getChat().getClientSeq() == said);
        anna.cut();
        RawClient again = tavern.resumed(anna);
        assertThat(again.welcome().getResumed()).isTrue();
        assertThat(again.answerTo(again.ping(1)).hasPong()).isTrue();
        again.cut();
        tavern.client("ben", Tavern.HALL);
        assertThat(tavern.resumed(again).welcome().getResumed()).isFalse();
    }

    @Test
    void tokensOfAnyShapeAreOnlyUnknown() throws Exception {
        for (int bytes : new int[] {1, 15, 17, 3_000}) {
            RawClient guesser = tavern.stranger();
            Hello.Builder hello = Hello.newBuilder()
                    .setProtocolVersion(Protocol.VERSION_MAX)
                    .setToken("guesser")
                    .setResumeToken(ByteString.copyFrom(new byte[bytes]));
            assertThat(guesser.hello(hello).getResumed()).isFalse();
        }
    }

    @Test
    void aPartnerWhoDroppedOutHearsOfTheOfferAndOfItsEnd() throws Exception {
        UUID id = TestIds.id(3_003);
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        ben.cut();
        assertThat(anna.answerTo(anna.offer(id, "ben", RawClient.gold(1), NOTHING))
                        .hasTradeOpened())
                .isTrue();
        anna.send(Say.cancel(id));
        assertThat(anna.tradeResult(id).getOutcome()).isEqualTo(TradeOutcome.CANCELLED);
        RawClient again = tavern.resumed(ben);
        assertThat(again.expect(ServerMessage::hasTradeOffered)
                        .getTradeOffered()
                        .getFrom())
                .isEqualTo("anna");
        assertThat(again.tradeResult(id).getOutcome()).isEqualTo(TradeOutcome.CANCELLED);
        assertThat(again.answerTo(again.accept(id, "anna")).getTradeResult().getOutcome())
                .isEqualTo(TradeOutcome.CANCELLED);
    }

    @Test
    void aHelloThatIsLateDoesNotTouchTheSessionThatLives() throws Exception {
        for (boolean isHeard : new boolean[] {false, true}) {
            RawClient anna = tavern.client("anna", Tavern.HALL);
            anna.cut();
            RawClient late = tavern.successor(anna);
            RawClient again = tavern.successor(anna);
            again.seq(again.seq() + 1);
            assertThat(again.hello(anna.helloAgain()).getResumed()).isTrue();
            if (isHeard) {
                assertThat(again.answerTo(again.ping(1)).hasPong()).isTrue();
            }
            late.send(ClientMessage.newBuilder().setHello(anna.helloAgain()));
            assertThat(late.closedWith()).isEqualTo(ErrorCode.SESSION_REPLACED);
            goesOn(again);
        }
    }

    @Test
    void aTokenThatWasUsedUpIsAnsweredWithoutALookAtTheLoginToken() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient again = tavern.resumed(anna);
        assertThat(again.answerTo(again.ping(1)).hasPong()).isTrue();
        for (String token : List.of("", "no name at all", "ben")) {
            RawClient late = tavern.successor(anna);
            late.send(ClientMessage.newBuilder().setHello(anna.helloAgain().setToken(token)));
            assertThat(late.closedWith()).as(token).isEqualTo(ErrorCode.SESSION_REPLACED);
        }
        goesOn(again);
    }

    @Test
    void ofTheSameHelloTwiceTheSecondGetsTheSessionUnlessTheFirstIsInUse() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        anna.cut();
        RawClient first = tavern.resumed(anna);
        RawClient second = tavern.resumed(anna);
        assertThat(second.welcome().getResumed()).isTrue();
        assertThat(second.welcome().getSession()).isEqualTo(first.welcome().getSession());
        assertThat(second.welcome().getLastClientSeq())
                .isEqualTo(first.welcome().getLastClientSeq());
        assertThat(first.closedWith()).isEqualTo(ErrorCode.OK);
        goesOn(second);
        RawClient third = tavern.successor(anna);
        third.send(ClientMessage.newBuilder().setHello(anna.helloAgain()));
        assertThat(third.closedWith()).isEqualTo(ErrorCode.SESSION_REPLACED);
        goesOn(second);
    }

    @Test
    void aHelloThatCannotBeExactWaitsForTheConnectionThatLivesOrReplacesItOpenly() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient other = tavern.successor(anna);
        Hello.Builder unseen = anna.helloAgain().setLastSessionSeq(1L << 40);
        int asked = other.send(ClientMessage.newBuilder().setHello(unseen));
        assertThat(other.errorTo(asked)).isEqualTo(ErrorCode.BUSY);
        asked = other.send(ClientMessage.newBuilder().setHello(anna.helloAgain().setLastRoomSeq(1L << 40)));
        assertThat(other.errorTo(asked)).isEqualTo(ErrorCode.BUSY);
        goesOn(anna);
        assertThat(other.login("anna").getResumed()).isFalse();
        assertThat(anna.closedWith()).isEqualTo(ErrorCode.SESSION_REPLACED);
    }

    @Test
    void aResumeThatMeetsALeaveOrAJoinGoesOn() throws Exception {
        RawClient anna = tavern.client("anna");
        for (int round = 0; round < 20; round++) {
            anna.send(round % 2 == 0 ? Say.join(Tavern.HALL) : Say.leave());
            anna = tavern.resumed(anna);
            assertThat(anna.welcome().getResumed()).as("round %d", round).isTrue();
            anna.expect(ServerMessage::hasReplayed);
        }
    }

    private static void goesOn(RawClient client) throws Exception {
        int said = client.chat("still here");
        client.expect(message -> message.getChat().getClientSeq() == said);
    }

    @Test
    void aMarkEndsWhatWasMissedInARoomAndInTheLobby() throws Exception {
        RawClient anna = tavern.client("anna");
        RawClient ben = tavern.client("ben");
        for (String room : List.of("", Tavern.HALL)) {
            if (!room.isEmpty()) {
                anna.join(room);
            }
            anna.cut();
            ben.answerTo(ben.send(Say.whisper("anna", "one more")));
            anna = tavern.resumed(anna);
            anna.expect(ServerMessage::hasReplayed);
            List<ServerMessage> missed = anna.skipped();
            assertThat(missed).filteredOn(ServerMessage::hasWhisper).as(room).hasSizeLessThanOrEqualTo(1);
            assertThat(missed.stream().anyMatch(ServerMessage::hasFullState)).isEqualTo(!room.isEmpty());
        }
    }

    @Test
    void goodByeMakesTheTokenWorthless() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        anna.send(Say.bye());
        assertThat(anna.closedWith()).isEqualTo(ErrorCode.OK);
        assertThat(tavern.resumed(anna).welcome().getResumed()).isFalse();
    }
}
