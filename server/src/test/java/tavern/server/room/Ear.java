package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import tavern.server.guard.MuteError;

/** A connection that counts what is written to it. */
final class Ear implements Outlet {
    private final EventExecutor loop;
    private final boolean isBroken;
    private final Barrier barrier = new Barrier(this);
    private boolean hasFailed;
    private int heard;

    /** @param isBroken whether nothing can be written */
    Ear(EventExecutor loop, boolean isBroken) {
        this.loop = loop;
        this.isBroken = isBroken;
    }

    boolean hasFailed() {
        return hasFailed;
    }

    int heard() {
        return heard;
    }

    @Override
    public EventExecutor loop() {
        return loop;
    }

    @Override
    public Barrier barrier() {
        return barrier;
    }

    @Override
    public void write(ByteBuf frame) {
        frame.release();
        if (isBroken) {
            throw new MuteError();
        }
        heard++;
    }

    @Override
    public void writeSnapshot(ByteBuf frame, int tick, int previousTick) {
        frame.release();
    }

    @Override
    public void writeState(ByteBuf frame, int tick) {
        frame.release();
    }

    @Override
    public void writeVolatile(ByteBuf frame) {
        frame.release();
    }

    @Override
    public void inStep(int tick) {
        // It has no snapshots.
    }

    @Override
    public void flush() {
        // All is heard at once.
    }

    @Override
    public void failed() {
        hasFailed = true;
    }

    @Override
    public boolean isBehind() {
        return false;
    }

    @Override
    public boolean needsState() {
        return false;
    }
}
