package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.RoomOptions;
import tavern.protocol.v1.ServerMessage;

/** Too much of everything: each has its answer, and only for who does it. */
class LimitsIT {
    @RegisterExtension
    final Tavern tavern = Tavern.with("limits.refusals-max=20");

    @Test
    void aFloodOfRequestsIsToldToSlowDownAndThenClosed() throws Exception {
        for (ClientMessage.Builder request : List.of(Say.chat("spam"), Say.join("r"), Say.list("", 1), Say.ping())) {
            RawClient flooder = tavern.client("flooder", Tavern.HALL);
            ByteFlood flood = new ByteFlood();
            for (int i = 0; i < 120; i++) {
                flood.add(Say.frame(flooder.seq() + 1 + i, request.clone()));
            }
            flooder.sendBytes(flood.bytes());
            flooder.seq(flooder.seq() + 120);
            Error first = flooder.expect(message -> message.getError().getCode() == ErrorCode.RATE_LIMITED)
                    .getError();
            assertThat(first.getRetryAfterMs()).isPositive();
            assertThat(flooder.closedWith()).isEqualTo(ErrorCode.FLOODING);
        }
    }

    @Test
    void aFloodOfMovesIsDroppedAndOfFramesIsClosed() throws Exception {
        RawClient mover = tavern.client("mover", Tavern.HALL);
        for (int i = 0; i < 150; i++) {
            mover.move(i, i);
        }
        assertThat(mover.answerTo(mover.ping(1)).hasPong()).isTrue();
        mover.sendBytes(Say.repeat(1_000, (byte) 0));
        assertThat(mover.closedWith()).isEqualTo(ErrorCode.FLOODING);
    }

    @Test
    void impossibleMovesAreAnsweredWithThePlaceThatHolds() throws Exception {
        RawClient mover = tavern.client("mover", Tavern.HALL);
        int[] extremes = {Integer.MIN_VALUE, -1, 1_000_000, Integer.MAX_VALUE};
        for (int x : extremes) {
            int asked = mover.move(x, x);
            ServerMessage answer = mover.answerTo(asked);
            assertThat(answer.hasMoveRejected()).isTrue();
            assertThat(answer.getMoveRejected().getX()).isBetween(0, 3_200);
        }
    }

    @Test
    @With({"room.capacity=2", "limits.rooms-max=2"})
    void roomsAndTheirNumberAreBounded() throws Exception {
        RawClient anna = tavern.client("anna", "full");
        tavern.client("ben", "full");
        RawClient carl = tavern.client("carl");
        assertThat(carl.errorTo(carl.send(Say.join("full")))).isEqualTo(ErrorCode.ROOM_FULL);
        assertThat(carl.errorTo(carl.send(Say.join("one-more")))).isEqualTo(ErrorCode.TOO_MANY_ROOMS);
        assertThat(anna.answerTo(anna.ping(1)).hasPong()).isTrue();
    }

    @Test
    @With("limits.rates.joins=100")
    void roomNamesThatHideSomethingAreRefused() throws Exception {
        RawClient anna = tavern.client("anna");
        for (String name :
                List.of("", "../../etc", "a}b{c", "a\r\nb", "a\u202eb", ".hidden", "é", "x".repeat(10_000))) {
            assertThat(anna.errorTo(anna.send(Say.join(name)))).as(name).isEqualTo(ErrorCode.BAD_NAME);
        }
        RoomOptions.Builder big = RoomOptions.newBuilder();
        for (int i = 0; i < 9; i++) {
            big.putMetadata("key" + i, "value");
        }
        assertThat(anna.errorTo(anna.send(Say.join("room", big.build())))).isEqualTo(ErrorCode.BAD_VALUE);
        RoomOptions text = RoomOptions.newBuilder().putMetadata("k", "a\u0000").build();
        assertThat(anna.errorTo(anna.send(Say.join("room", text)))).isEqualTo(ErrorCode.BAD_TEXT);
    }

    @Test
    @With({"limits.connections-per-address-max=3", "limits.uncounted-addresses="})
    void connectionsAreCountedByAddress() throws Exception {
        RawClient second = tavern.client("second");
        RawClient third = tavern.client("third");
        assertRefused();
        assertThat(third.answerTo(third.ping(1)).hasPong()).isTrue();
        second.send(Say.bye());
        second.closedWith();
        second.close();
        await().until(this::isLetIn);
    }

    @Test
    @With("limits.connections-max=2")
    void connectionsAreCountedInAll() throws Exception {
        RawClient second = tavern.client("second");
        assertRefused();
        assertThat(second.answerTo(second.ping(1)).hasPong()).isTrue();
    }

    @Test
    void aStormOfConnectionsLeavesNothingBehind() throws Exception {
        for (int i = 0; i < 300; i++) {
            RawClient storm = tavern.stranger();
            if (i % 2 == 0) {
                storm.cut();
            } else {
                storm.close();
            }
        }
        RawClient anna = tavern.client("anna", Tavern.HALL);
        assertThat(anna.answerTo(anna.ping(1)).hasPong()).isTrue();
    }

    @Test
    @With({
        "limits.outbound-bytes-max=65536",
        "limits.outbound-stalled-seconds=1",
        "limits.frames-per-second=10000",
        "limits.rates.lists=10000",
        "limits.rates.joins=100",
        "limits.resume-seconds=20"
    })
    void aSlowReaderIsClosedAndCanResumeAndNobodyElseWaits() throws Exception {
        RoomOptions.Builder wordy = RoomOptions.newBuilder();
        for (int i = 0; i < 8; i++) {
            wordy.putMetadata("key" + i, "x".repeat(128));
        }
        RawClient host = tavern.client("host");
        assertThat(host.answerTo(host.send(Say.join("wordy", wordy.build()))).hasJoined())
                .isTrue();
        RawClient slow = tavern.stranger(1_024);
        slow.login("slow");
        slow.join(Tavern.HALL);
        // Reads nothing, and asks for much: the answers pile up until the server has enough of it.
        await("the server closes").until(() -> isCutOff(slow));
        assertThat(host.answerTo(host.ping(1)).hasPong()).isTrue();
        RawClient again = tavern.resumed(slow);
        assertThat(again.welcome().getResumed()).isTrue();
    }

    private static boolean isCutOff(RawClient slow) {
        try {
            for (int i = 0; i < 1_000; i++) {
                slow.send(Say.list("", 50));
            }
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private void assertRefused() throws IOException {
        assertThat(isLetIn()).isFalse();
    }

    private boolean isLetIn() throws IOException {
        try (RawClient stranger = tavern.stranger()) {
            stranger.login("stranger");
            stranger.send(Say.bye());
            return true;
        } catch (EOFException e) {
            return false;
        }
    }

    /** Many frames in one write. */
    private static final class ByteFlood {
        private final List<byte[]> parts = new ArrayList<>();

        void add(byte[] part) {
            parts.add(part);
        }

        byte[] bytes() {
            return Say.concat(parts.toArray(byte[][]::new));
        }
    }
}
