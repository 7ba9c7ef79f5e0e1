package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.RoomOptions;

/** Too much of everything: each has its answer, and only for who does it. */
class LimitsIT {
    @RegisterExtension
    final Tavern tavern = Tavern.with("limits.refusals-max=20");

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

    private void assertRefused() throws IOException {
        assertThat(isLetIn()).isFalse();
    }

    private boolean isLetIn() throws IOException {
        try (RawClient stranger = tavern.stranger()) {
            stranger.login("stranger");
            stranger.send(Say.bye());
            return true;
        } catch (EOFException | SocketException e) {
            return false;
        }
    }
}
