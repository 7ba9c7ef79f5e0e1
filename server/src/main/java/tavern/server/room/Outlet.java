package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;

/**
 * A member's connection, as rooms see it. All methods except {@link #loop}, {@link #isBehind} and {@link #needsState}
 * are called on the loop. Frames are complete, with their length, and the outlet takes over their release.
 */
public interface Outlet {
    EventExecutor loop();

    /** What rooms send straight to the loop passes through it. */
    Barrier barrier();

    /** Writes a frame that must arrive. */
    void write(ByteBuf frame);

    /** Writes a snapshot that continues from {@code previousTick}; skipped when the client is behind or missed one. */
    void writeSnapshot(ByteBuf frame, int tick, int previousTick);

    /** Writes the full state as of a tick, from which snapshots continue; skipped while the client is behind. */
    void writeState(ByteBuf frame, int tick);

    /** P-86: writes a frame that may be left out; skipped while the client is behind. */
    void writeVolatile(ByteBuf frame);

    /** A message with the full state as of a tick was written: snapshots continue from there. */
    void inStep(int tick);

    void flush();

    /** A frame could not be written: the client has missed something, so its connection ends. Never throws. */
    void failed();

    /** Returns whether a snapshot was skipped, so that only the full state helps. Safe on any thread. */
    boolean isBehind();

    /**
     * Returns whether the outlet {@link #isBehind} and the client would take the full state now. Safe on any thread.
     */
    boolean needsState();
}
