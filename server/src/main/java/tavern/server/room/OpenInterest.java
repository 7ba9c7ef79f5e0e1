package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.function.Supplier;
import tavern.protocol.v1.ServerMessage;

/** Everybody sees everybody: one snapshot for all. */
@OnRoomThread
final class OpenInterest implements Interest {
    private final SnapshotEncoder snapshots;
    private final Supplier<ServerMessage> fullState;
    private final FanOut fanOut = new FanOut();

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
        fanOut.event(frame);
    }

    @Override
    public void flush() {
        fanOut.flush(null, null);
    }

    @Override
    public void tick(int tick, Round round) {
        int previousTick = snapshots.sentTick();
        ByteBuf frame = snapshots.encode(tick, PooledByteBufAllocator.DEFAULT);
        FanOut.State snapshot = frame == null ? null : new FanOut.State(frame, tick, previousTick);
        FanOut.State state = null;
        if (fanOut.anyNeedsState()) {
            state = new FanOut.State(encodeState(), snapshots.sentTick(), 0);
        }
        fanOut.flush(snapshot, state, round);
    }

    @Override
    public void refresh() {
        fanOut.event(encodeState());
        fanOut.flush(null, null);
    }

    private ByteBuf encodeState() {
        return Frames.encode(PooledByteBufAllocator.DEFAULT, fullState.get());
    }
}
