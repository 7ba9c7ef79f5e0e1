package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;

/**
 * A member's connection, as rooms see it. All methods but {@link #loop}, {@link #isBehind} and {@link #needsState} are
 * called on the loop; the frames are whole, with their length, and become the outlet's to release.
 */
public interface Outlet {
    EventExecutor loop();

    /** What must arrive. */
    void write(ByteBuf frame);

    /** A snapshot that goes on from {@code previousTick}: left out when the client is behind or missed one. */
    void writeSnapshot(ByteBuf frame, int tick, int previousTick);

    /** The full state as of a tick, from which snapshots go on: left out while the client is behind. */
    void writeState(ByteBuf frame, int tick);

    /** A message with the full state as of a tick was written: snapshots go on from there. */
    void inStep(int tick);

    void flush();

    /** Any thread: whether a snapshot was left out, so that only the full state helps. */
    boolean isBehind();

    /** Any thread: whether it {@link #isBehind} and the client would take the full state now. */
    boolean needsState();
}
