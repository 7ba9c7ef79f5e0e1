package tavern.server.room;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** P-86: what a tick tells for the moment only. Their number is bounded by the engine's limits for one tick. */
@OnRoomThread
final class VolatileEvents {
    private static final DirtyFlag UNUSED = new DirtyFlag();

    private record ToOne(Outlet outlet, ByteBuf frame) {}

    private List<ByteBuf> toAll = List.of();
    private final List<ToOne> toOne = new ArrayList<>(0);

    boolean isEmpty() {
        return toAll.isEmpty() && toOne.isEmpty();
    }

    /** Takes ownership of the frame. @param to null for everybody */
    void add(ByteBuf frame, @Nullable Outlet to) {
        if (to != null) {
            toOne.add(new ToOne(to, frame));
            return;
        }
        if (toAll.isEmpty()) {
            toAll = new ArrayList<>();
        }
        toAll.add(frame);
    }

    /** Adds what goes to everybody, for one audience. */
    void collectToAll(FanOut audience, SendBatch batch) {
        if (!toAll.isEmpty()) {
            audience.collectVolatile(toAll, batch);
        }
    }

    /** Adds what goes to single members, and forgets everything. */
    void collectRest(SendBatch batch) {
        for (ToOne one : toOne) {
            Outlet[] alone = {one.outlet()};
            batch.add(
                    one.outlet().loop(),
                    new FanOut.Delivery(alone, List.of(), null, null, List.of(one.frame()), false, UNUSED));
            one.frame().release();
        }
        toOne.clear();
        toAll.forEach(ByteBuf::release);
        toAll = List.of();
    }
}
