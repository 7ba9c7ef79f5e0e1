package tavern.bench.inner;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tavern.server.room.RoomOfTwenty;
import tavern.server.room.SceneOfHundred;

/** A room with a hundred NPCs: what moves and ticks cost, and that neither makes garbage. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ScenePath {
    private final SceneOfHundred scene = new SceneOfHundred();
    private int seq;

    /** What a scene adds to a player's move. */
    @Benchmark
    public void move() {
        seq++;
        scene.move(1 + seq % SceneOfHundred.PLAYERS, seq, RoomOfTwenty.x(seq), RoomOfTwenty.y(seq));
    }

    /** All NPCs move, with an attribute each, and one snapshot tells of it. */
    @Benchmark
    public int walkAndTell() {
        scene.walk();
        ByteBuf frame = scene.snapshot();
        int bytes = frame == null ? 0 : frame.readableBytes();
        if (frame != null) {
            frame.release();
        }
        return bytes;
    }

    /** Each NPC looks for others within ten units. */
    @Benchmark
    public int look() {
        return scene.look();
    }
}
