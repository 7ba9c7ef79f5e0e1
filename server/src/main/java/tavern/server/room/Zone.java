package tavern.server.room;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The members in one cell: they see the same, so what changes there is encoded once for all of them. */
@OnRoomThread
final class Zone {
    final int cell;
    final FanOut fanOut;

    /** The tick of the newest snapshot, while somebody watches. */
    int sentTick;

    // The changes of one tick, by ascending ids.
    final Ids moved = new Ids();
    final Ids entered = new Ids();
    final Ids left = new Ids();

    /** Those that were in view before and whose attributes have changed. */
    final Ids told = new Ids();

    /** Members who came from other zones in this tick. */
    final List<Outlet> arrivals = new ArrayList<>();

    FanOut.@Nullable State snapshot;
    FanOut.@Nullable State state;

    Zone(int cell, DirtyFlag missed) {
        this.cell = cell;
        this.fanOut = new FanOut(missed);
    }

    boolean isTouched() {
        return !moved.isEmpty() || !entered.isEmpty() || !left.isEmpty() || !told.isEmpty();
    }

    void snapshot(ByteBuf frame, int tick) {
        snapshot = new FanOut.State(frame, tick, sentTick);
        sentTick = tick;
    }

    void state(ByteBuf frame) {
        state = new FanOut.State(frame, sentTick, 0);
    }

    /** The tick is over: clears its changes. */
    void reset() {
        moved.clear();
        entered.clear();
        left.clear();
        told.clear();
        arrivals.clear();
        if (snapshot != null) {
            snapshot.frame().release();
            snapshot = null;
        }
        if (state != null) {
            state.frame().release();
            state = null;
        }
    }
}
