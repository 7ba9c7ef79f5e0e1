package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;

/** P-10: the numbers of messages, at the ends of their range too. */
class SequenceIT {
    @RegisterExtension
    final Tavern tavern = Tavern.with("limits.rates.joins=100", "limits.resume-seconds=30");

    @Test
    void aSessionCountsOnFromWhateverNumberItBeganWith() throws Exception {
        for (int first : new int[] {1, 77, Integer.MAX_VALUE, Integer.MIN_VALUE, -2, -1}) {
            RawClient anna = tavern.stranger();
            anna.seq(first - 1);
            anna.sendAs(first, Say.hello("anna"));
            anna.seq(first);
            assertThat(anna.welcomed().getLastClientSeq()).isZero();
            assertThat(anna.answerTo(anna.ping(1)).hasPong()).isTrue();
            anna.sendAs(first, Say.ping());
            assertThat(anna.errorTo(first)).isEqualTo(ErrorCode.DUPLICATE_SEQ);
            int last = anna.seq();
            anna.cut();
            RawClient again = tavern.resumed(anna);
            assertThat(again.welcome().getResumed()).as("first seq %d", first).isTrue();
            assertThat(again.welcome().getLastClientSeq()).isEqualTo(last);
            assertThat(again.answerTo(again.ping(2)).hasPong()).isTrue();
        }
    }

    @Test
    void zeroIsNoNumber() throws Exception {
        RawClient stranger = tavern.stranger();
        stranger.sendAs(0, Say.hello("anna"));
        assertThat(stranger.closedWith()).isEqualTo(ErrorCode.BAD_MESSAGE);
        for (ClientMessage.Builder message : new ClientMessage.Builder[] {Say.ping(), Say.move(1, 1), Say.bye()}) {
            RawClient anna = tavern.client("anna", Tavern.HALL);
            anna.sendAs(0, message);
            assertThat(anna.closedWith()).isEqualTo(ErrorCode.BAD_MESSAGE);
        }
    }

    @Test
    void aRoomEventThatIsStillToComeWasNotSeen() throws Exception {
        for (long ahead : new long[] {1, 1L << 40}) {
            assertCannotResume(ahead, true);
        }
        for (long seen : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            assertCannotResume(seen, false);
        }
    }

    private void assertCannotResume(long number, boolean isAhead) throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        anna.cut();
        RawClient liar = tavern.successor(anna);
        long seen = isAhead ? anna.lastRoomSeq() + number : number;
        assertThat(liar.hello(anna.helloAgain().setLastRoomSeq(seen)).getResumed())
                .as("last_room_seq %s", Long.toUnsignedString(seen))
                .isFalse();
        assertThat(liar.answerTo(liar.ping(1)).hasPong()).isTrue();
        assertThat(liar.skipped()).noneMatch(ServerMessage::hasJoined);
    }
}
