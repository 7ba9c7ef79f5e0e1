package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.Protocol;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.ServerMessage;

/** Concurrent logins, stolen tokens, false numbers, dead connections. */
class SessionsIT {
    @RegisterExtension
    final Tavern tavern = Tavern.with("limits.rates.joins=100");

    @Test
    void aSecondLoginReplacesTheFirstAndLeavesNoGhost() throws Exception {
        RawClient first = tavern.client("anna", Tavern.HALL);
        RawClient second = tavern.client("anna", Tavern.HALL);
        assertThat(first.closedWith()).isEqualTo(ErrorCode.SESSION_REPLACED);
        long annas = second.join(Tavern.HALL).getState().getEntitiesList().stream()
                .filter(entity -> entity.getPlayer().equals("anna"))
                .count();
        assertThat(annas).isEqualTo(1);
    }

    @Test
    void ofManyLoginsAtOnceExactlyOneLives() throws Exception {
        int logins = 8;
        ExecutorService threads = Executors.newFixedThreadPool(logins);
        try {
            for (int round = 0; round < 5; round++) {
                CyclicBarrier together = new CyclicBarrier(logins);
                List<Future<RawClient>> clients = IntStream.range(0, logins)
                        .mapToObj(i -> threads.submit(() -> {
                            RawClient client = tavern.stranger();
                            together.await();
                            client.send(Say.hello("anna"));
                            return client;
                        }))
                        .toList();
                for (Future<RawClient> client : clients) {
                    client.get().expect(message -> message.hasWelcome() || message.hasError());
                }
                // The bystander, and one anna.
                await("one session of anna").until(() -> tavern.server().sessions() == 2);
                int alive = 0;
                for (Future<RawClient> client : clients) {
                    alive += answersPing(client.get()) ? 1 : 0;
                }
                assertThat(alive).isEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean answersPing(RawClient client) throws Exception {
        try {
            client.seq(client.seq() + 1);
            int asked = client.ping(1);
            client.expect(message -> message.getReplyTo() == asked && message.hasPong());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    @With("limits.resume-seconds=30")
    void aResumeTokenIsGoodOnceAndOnlyForItsSession() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        ByteString first = anna.welcome().getResumeToken();
        anna.cut();
        RawClient again = tavern.resumed(anna);
        assertThat(again.welcome().getResumed()).isTrue();
        assertThat(again.welcome().getResumeToken()).isNotEqualTo(first);
        assertThat(again.answerTo(again.ping(1)).hasPong()).isTrue();

        RawClient thief = tavern.stranger();
        thief.send(ClientMessage.newBuilder().setHello(hello("mallory").setResumeToken(first)));
        assertThat(thief.closedWith()).isEqualTo(ErrorCode.SESSION_REPLACED);
        RawClient guesser = tavern.stranger();
        ByteString guess = ByteString.copyFrom(new byte[16]);
        assertThat(guesser.hello(hello("mallory2").setResumeToken(guess)).getResumed())
                .isFalse();
        assertThat(again.answerTo(again.ping(2)).hasPong()).isTrue();
    }

    @Test
    @With("limits.resume-seconds=30")
    void aResumeThatIsLostOnTheWayCanBeTriedAgain() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        anna.cut();
        RawClient lost = tavern.resumed(anna);
        lost.cut();
        // The second Hello is another message of the session.
        anna.seq(anna.seq() + 1);
        RawClient again = tavern.resumed(anna);
        assertThat(again.welcome().getResumed()).isTrue();
        assertThat(again.answerTo(again.ping(1)).hasPong()).isTrue();
    }

    @Test
    void numbersFromTheFutureBeginANewSession() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        anna.cut();
        RawClient liar = tavern.stranger();
        liar.seq(50);
        Hello.Builder hello = hello("anna")
                .setResumeToken(anna.welcome().getResumeToken())
                .setLastRoom(Tavern.HALL)
                .setLastRoomSeq(1L << 40);
        assertThat(liar.hello(hello).getResumed()).isFalse();
        tavern.bystander().sees(seen -> seen.getPlayerLeft().getPlayer().equals("anna"));
    }

    @Test
    @With("limits.idle-seconds=2")
    void aHalfOpenConnectionIsNoticedAndItsPlayerLeavesInTheEnd() throws Exception {
        RawClient silent = tavern.client("silent", Tavern.HALL);
        assertThat(silent.closedWith()).isEqualTo(ErrorCode.IDLE_TIMEOUT);
        tavern.bystander().sees(seen -> seen.getPlayerLeft().getPlayer().equals("silent"));
    }

    @Test
    void goodByeEndsTheSessionAtOnce() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        anna.send(Say.bye());
        assertThat(anna.closedWith()).isEqualTo(ErrorCode.OK);
        tavern.bystander().sees(seen -> seen.getPlayerLeft().getPlayer().equals("anna"));
    }

    @Test
    void aNumberThatWasUsedIsNotDoneAgainAndNumbersWrap() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        anna.sendAs(1, Say.chat("again"));
        assertThat(anna.expect(ServerMessage::hasError).getError().getCode()).isEqualTo(ErrorCode.DUPLICATE_SEQ);
        for (int seq : new int[] {Integer.MAX_VALUE, -2, -1, 0x10}) {
            anna.seq(seq - 1);
            assertThat(anna.answerTo(anna.ping(seq)).hasPong()).as("seq " + seq).isTrue();
        }
    }

    @Test
    void whatIsNotForTheLobbyIsRefusedThere() throws Exception {
        RawClient anna = tavern.client("anna");
        assertThat(anna.errorTo(anna.chat("hello"))).isEqualTo(ErrorCode.NOT_IN_ROOM);
        assertThat(anna.errorTo(anna.leave())).isEqualTo(ErrorCode.NOT_IN_ROOM);
        assertThat(anna.errorTo(anna.accept(TestIds.id(1_001), "ben"))).isEqualTo(ErrorCode.NOT_IN_ROOM);
        assertThat(anna.errorTo(anna.send(Say.whisper("nobody", "psst")))).isEqualTo(ErrorCode.NO_SUCH_PLAYER);
        anna.move(1, 1);
        assertThat(anna.answerTo(anna.ping(1)).hasPong()).isTrue();
    }

    private static Hello.Builder hello(String player) {
        return Hello.newBuilder().setProtocolVersion(Protocol.VERSION_MAX).setToken(player);
    }
}
