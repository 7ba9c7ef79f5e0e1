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
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;

/** P-20 to P-24, for clients that lie about what they saw or come back twice. */
class ResumeIT {
    private static final Goods NOTHING = Goods.getDefaultInstance();

    @RegisterExtension
    final Tavern tavern = Tavern.with("limits.rates.joins=100", "limits.resume-seconds=10");

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
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Whether it gets answers, if only that its number was used by the other. */
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
                    .setProtocolVersion(1)
                    .setToken("guesser")
                    .setResumeToken(ByteString.copyFrom(new byte[bytes]));
            assertThat(guesser.hello(hello).getResumed()).isFalse();
        }
    }

    @Test
    void aPartnerWhoDroppedOutHearsOfTheOfferAndOfItsEnd() throws Exception {
        UUID id = new UUID(3, 3);
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
    void goodByeMakesTheTokenWorthless() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        anna.send(Say.bye());
        assertThat(anna.closedWith()).isEqualTo(ErrorCode.OK);
        assertThat(tavern.resumed(anna).welcome().getResumed()).isFalse();
    }
}
