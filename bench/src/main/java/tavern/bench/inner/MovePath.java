package tavern.bench.inner;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import tavern.server.config.ConfigException;
import tavern.server.config.ConfigLoader;
import tavern.server.net.InboundBytes;
import tavern.server.room.RoomOfTwenty;

/** The path of a move from the socket's bytes to the bytes that the other players receive. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH fills the fields before it measures
public class MovePath {
    private RoomOfTwenty room;
    private InboundBytes decoding;
    private InboundBytes whole;
    private ByteBuf frame;
    private int seq;
    private int player;
    private int seen;

    @Setup
    public void begin() throws ConfigException {
        room = new RoomOfTwenty(
                ConfigLoader.load(null, Map.of(), Map.of()).config().game());
        decoding = new InboundBytes((seq, x, y) -> seen = seq + x + y);
        whole = new InboundBytes((seq, x, y) -> room.put(player, seq, x, y));
        frame = PooledByteBufAllocator.DEFAULT.directBuffer(2048);
    }

    /** Verifies that what was measured were moves, and that none was rejected. */
    @TearDown(Level.Trial)
    public void end() {
        if (room.rejected() > 0 || (room.moves() == 0 && seen == 0)) {
            throw new IllegalStateException(room.moves() + " moves, " + room.rejected() + " rejected");
        }
    }

    /** All handlers of the pipeline up to the stage; the session's counters and limits behind it are not included. */
    @Benchmark
    public int decodeMove() {
        decoding.read(nextFrame());
        return seen;
    }

    /** From the connection's slot through the rules into the next snapshot. */
    @Benchmark
    public void applyMove() {
        nextPlayer();
        room.move(player);
    }

    /** Decodes a move and applies it. */
    @Benchmark
    public void decodeAndApplyMove() {
        nextPlayer();
        whole.read(nextFrame());
        room.take(player);
    }

    /** One snapshot after all twenty players have moved. */
    @Benchmark
    public int snapshotOf20() {
        room.timePasses();
        for (int i = 0; i < RoomOfTwenty.PLAYERS; i++) {
            room.move(i);
        }
        ByteBuf frame = room.snapshot();
        int bytes = frame == null ? 0 : frame.readableBytes();
        if (frame != null) {
            frame.release();
        }
        return bytes;
    }

    /** A frame as the socket would deliver it. Writing it is part of the measurement and makes no garbage. */
    private ByteBuf nextFrame() {
        seq++;
        InboundBytes.writeMove(frame, seq, RoomOfTwenty.x(seq), RoomOfTwenty.y(seq));
        return frame.retain();
    }

    private void nextPlayer() {
        player = player + 1 == RoomOfTwenty.PLAYERS ? 0 : player + 1;
        if (player == 0) {
            room.timePasses();
        }
    }
}
