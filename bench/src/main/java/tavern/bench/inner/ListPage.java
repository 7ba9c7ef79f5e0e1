package tavern.bench.inner;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import tavern.server.room.TenThousandRooms;

/** One page of the list of 10,000 rooms, from the query to the bytes of the response. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH fills the fields before it measures
public class ListPage {
    /** A prime, so that pages begin everywhere in the list. */
    private static final int STEP = 4_999;

    private TenThousandRooms rooms;
    private int after;

    @Setup
    public void begin() {
        rooms = new TenThousandRooms();
    }

    @Benchmark
    public int pageOf50() {
        return rooms.page(next(), Map.of());
    }

    @Benchmark
    public int pageOf50ThatFit() {
        return rooms.page(next(), Map.of("mode", "duel"));
    }

    /** Examines all rooms in the south; none of them matches. */
    @Benchmark
    public int pageOfNone() {
        return rooms.page(next(), Map.of("mode", "duel", "region", "south"));
    }

    private int next() {
        after = (after + STEP) % TenThousandRooms.ROOMS;
        return after;
    }
}
