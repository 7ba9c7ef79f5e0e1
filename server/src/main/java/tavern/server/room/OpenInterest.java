package tavern.server.room;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ServerMessage;

/** Everybody sees everybody: one snapshot for all. */
@OnRoomThread
final class OpenInterest implements Interest {
    private final SnapshotEncoder snapshots;
    private final Supplier<ServerMessage> fullState;
    private final DirtyFlag missed = new DirtyFlag();
    private final FanOut fanOut = new FanOut(missed);
    private final Laggards laggards = new Laggards(missed, fanOut::anyIsBehind);
    private final SendBatch own = new SendBatch();
    private final VolatileEvents volatiles = new VolatileEvents();
    private List<ByteBuf> events = new ArrayList<>();

    OpenInterest(SnapshotEncoder snapshots, Supplier<ServerMessage> fullState) {
        this.snapshots = snapshots;
        this.fullState = fullState;
    }

    @Override
    public void place(int id, int x, int y, int seq) {
        snapshots.place(id, x, y, seq);
    }

    @Override
    public void moved(int id, int x, int y, int seq) {
        snapshots.moved(id, x, y, seq);
    }

    @Override
    public void remove(int id) {
        snapshots.remove(id);
    }

    @Override
    public void appear(int id, int kind, int x, int y) {
        snapshots.appear(id, kind, x, y);
    }

    @Override
    public void vanish(int id) {
        if (snapshots.remove(id)) {
            snapshots.vanished(id);
        }
    }

    @Override
    public void attribute(int id, int attribute, long value) {
        snapshots.attribute(id, attribute, value);
    }

    @Override
    public void watch(Seat seat, Outlet outlet) {
        fanOut.add(outlet);
    }

    @Override
    public void unwatch(Seat seat, Outlet outlet) {
        fanOut.remove(outlet);
    }

    @Override
    public void clear() {
        fanOut.clear();
    }

    @Override
    public boolean sees(Seat seat, int entity) {
        return true;
    }

    @Override
    public int asOf(Seat seat) {
        return snapshots.sentTick();
    }

    @Override
    public int cellSize() {
        return 0;
    }

    @Override
    public void event(ByteBuf frame) {
        events.add(frame);
    }

    @Override
    public void volatileEvent(ByteBuf frame, @Nullable Outlet to) {
        volatiles.add(frame, to);
    }

    @Override
    public boolean flush() {
        if (events.isEmpty()) {
            return false;
        }
        send(null, null, own);
        own.send();
        return true;
    }

    @Override
    public void tick(int tick, SendBatch batch) {
        int previousTick = snapshots.sentTick();
        ByteBuf frame = snapshots.encode(tick, Frames.ALLOCATOR);
        FanOut.State snapshot = frame == null ? null : new FanOut.State(frame, tick, previousTick);
        boolean someNeedState = laggards.areThere() && fanOut.anyNeedsState();
        if (snapshot != null || someNeedState || !events.isEmpty()) {
            send(snapshot, someNeedState ? new FanOut.State(encodeState(), snapshots.sentTick(), 0) : null, batch);
        }
        volatiles.collectToAll(fanOut, batch);
        volatiles.collectRest(batch);
    }

    @Override
    public boolean isAtRest() {
        return events.isEmpty() && !laggards.mayBeThere();
    }

    @Override
    public void refresh() {
        events.add(encodeState());
        flush();
    }

    private void send(FanOut.@Nullable State snapshot, FanOut.@Nullable State state, SendBatch batch) {
        List<ByteBuf> due = events;
        events = new ArrayList<>();
        try {
            fanOut.collect(due, snapshot, state, batch);
        } finally {
            FanOut.release(due, snapshot, state);
        }
    }

    private ByteBuf encodeState() {
        return Frames.encode(Frames.ALLOCATOR, fullState.get());
    }
}
