package tavern.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tavern.bench.wire.Varints;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.FullState;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.Pong;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Snapshot;
import tavern.protocol.v1.Welcome;

/** Frames encoded by hand are readable by the protocol's generated classes, and the other way round. */
final class TavernPlayerTest {
    private static final int SELF = 7;
    private static final int WATCHED = 3;

    private final EmbeddedChannel place = new EmbeddedChannel();
    private final LoadLoop loop = new LoadLoop(place.eventLoop(), new InetSocketAddress("127.0.0.1", 1), 20, "s1-");
    private final TavernPlayer watched = new TavernPlayer(loop, "s1-r0", "", "s1-0", 0);
    private final TavernPlayer player = new TavernPlayer(loop, "s1-r0", "", "s1-1", 1);
    private final EmbeddedChannel channel = new EmbeddedChannel();

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
        place.finishAndReleaseAll();
    }

    @Test
    void itSaysHelloAndJoins() throws InvalidProtocolBufferException {
        channel.pipeline().addLast(player);
        channel.pipeline().fireChannelActive();
        assertThat(sent().getHello().getToken()).isEqualTo("s1-1");

        hear(ServerMessage.newBuilder().setWelcome(Welcome.getDefaultInstance()));
        assertThat(sent().getJoinRoom().getRoom()).isEqualTo("s1-r0");
        assertThat(player.hasJoined()).isFalse();

        hear(joined());
        assertThat(player.hasJoined()).isTrue();
    }

    @Test
    void itMovesWithinTheMapAndCountsOn() throws InvalidProtocolBufferException {
        join();
        int seq = 2;
        int x = 100;
        int y = 200;
        for (int i = 0; i < 500; i++) {
            player.move(10, i);
            ClientMessage message = sent();
            assertThat(message.getSeq()).isEqualTo(++seq);
            assertThat(message.getMove().getX()).isBetween(0, 3_200).isCloseTo(x, offset(16));
            assertThat(message.getMove().getY()).isBetween(0, 3_200).isCloseTo(y, offset(16));
            x = message.getMove().getX();
            y = message.getMove().getY();
        }
        assertThat(loop.counts().movesSent()).isEqualTo(500);
    }

    @Test
    void chatAndPingAreReadAsSuch() throws InvalidProtocolBufferException {
        join();

        player.chat(0);
        assertThat(sent().getChat().getText()).isEqualTo("well met, traveller");
        player.ping();
        assertThat(sent().getPing().getNonce()).isEqualTo(4);
        hear(ServerMessage.newBuilder().setReplyTo(4).setPong(Pong.newBuilder().setNonce(4)));

        assertThat(loop.counts().pongs()).isEqualTo(1);
    }

    @Test
    void updatesAreCountedButForItsOwn() throws InvalidProtocolBufferException {
        join();

        hear(ServerMessage.newBuilder()
                .setSnapshot(Snapshot.newBuilder()
                        .setTick(500)
                        .addAllIds(List.of(2, 5, 300))
                        .addAllXs(List.of(-8, 160, 1))
                        .addAllYs(List.of(0, -1, 300))
                        .addAllSeqs(List.of(2, 1, 1))));

        assertThat(loop.counts().updates()).isEqualTo(2);
        assertThat(loop.counts().snapshots()).isEqualTo(1);
        assertThat(loop.counts().samples()).isZero();
    }

    @Test
    void aMoveOfWhoIsWatchedIsTimedByItsNumber() throws InvalidProtocolBufferException {
        player.watch(watched);
        EmbeddedChannel other = new EmbeddedChannel(watched);
        watched.standAt(0, 0, 3_200, 3_200, 160);
        join();
        for (int i = 0; i < 10; i++) {
            watched.move(10, System.nanoTime());
        }

        // The player was known with number 4; 4 + 6 is the last of its ten messages.
        hear(snapshot(WATCHED, 6));
        assertThat(loop.counts().samples()).isEqualTo(1);
        // A number that was never sent is not timed.
        hear(snapshot(WATCHED, 90));
        assertThat(loop.counts().samples()).isEqualTo(1);
        other.finishAndReleaseAll();
    }

    @Test
    void chatOfTheSwarmIsTimedByItsSender() throws InvalidProtocolBufferException {
        player.watch(watched);
        join();
        hear(ServerMessage.newBuilder()
                .setRoomSeq(9)
                .setChat(
                        ChatMessage.newBuilder().setPlayer("s1-0").setText("hm").setClientSeq(1)));

        assertThat(loop.counts().chats()).isEqualTo(1);
        assertThat(loop.indexOf(Unpooled.wrappedBuffer(new byte[] {'s', '1', '-', '4', '2'}), 0, 5))
                .isEqualTo(42);
    }

    private static ServerMessage.Builder snapshot(int id, int seqDelta) {
        return ServerMessage.newBuilder()
                .setSnapshot(Snapshot.newBuilder()
                        .setTick(1)
                        .addIds(id)
                        .addXs(1)
                        .addYs(1)
                        .addSeqs(seqDelta));
    }

    private void join() throws InvalidProtocolBufferException {
        channel.pipeline().addLast(player);
        channel.pipeline().fireChannelActive();
        sent();
        hear(ServerMessage.newBuilder().setWelcome(Welcome.getDefaultInstance()));
        sent();
        hear(joined());
        loop.take();
    }

    private static ServerMessage.Builder joined() {
        return ServerMessage.newBuilder()
                .setReplyTo(2)
                .setJoined(Joined.newBuilder()
                        .setSelf(SELF)
                        .setMapWidth(3_200)
                        .setMapHeight(3_200)
                        .setMaxSpeed(160)
                        .setState(FullState.newBuilder()
                                .addEntities(Entity.newBuilder()
                                        .setId(WATCHED)
                                        .setPlayer("s1-0")
                                        .setSeq(4))
                                .addEntities(Entity.newBuilder()
                                        .setId(SELF)
                                        .setPlayer("s1-1")
                                        .setX(100)
                                        .setY(200))));
    }

    private void hear(ServerMessage.Builder message) {
        channel.writeInbound(frame(message.build()));
    }

    private static ByteBuf frame(MessageLite message) {
        ByteBuf frame = Unpooled.buffer();
        Varints.write(frame, message.getSerializedSize());
        return frame.writeBytes(message.toByteArray());
    }

    private ClientMessage sent() throws InvalidProtocolBufferException {
        ByteBuf frame = channel.readOutbound();
        assertThat(frame).as("a frame").isNotNull();
        int length = frame.readByte();
        assertThat(frame.readableBytes()).isEqualTo(length);
        byte[] bytes = ByteBufUtil.getBytes(frame);
        frame.release();
        return ClientMessage.parseFrom(bytes);
    }
}
