package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.ServerMessage;
import tavern.server.it.Places;

/** A connection and the client behind it, written from the protocol's text: who is in view, and where. */
final class ViewClient implements Outlet {
    private final EventExecutor loop;
    private final Barrier barrier = new Barrier(this);
    private final Places places = new Places();
    private final List<ServerMessage> events = new ArrayList<>();
    private int lastTick;
    private boolean needsState;
    private boolean full;
    private final List<ByteBuf> buffers = new ArrayList<>();
    private final Set<Long> addresses = new HashSet<>();
    private int written;
    private int flushes;

    ViewClient(EventExecutor loop) {
        this.loop = loop;
    }

    /** As a client that does not read: nothing more can be written to it. */
    void full(boolean isFull) {
        full = isFull;
    }

    boolean isInStep() {
        return !full && !needsState;
    }

    Map<Integer, Places.Place> inView() {
        return places.inView();
    }

    Places places() {
        return places;
    }

    /** Of the last tick; forgotten by the call. */
    int takeFlushes() {
        int count = flushes;
        flushes = 0;
        return count;
    }

    /** Frames so far. */
    int written() {
        return written;
    }

    /** Of what was written from since the last call: the same for who shares it. */
    Set<Long> takeAddresses() {
        Set<Long> taken = Set.copyOf(addresses);
        addresses.clear();
        return taken;
    }

    /** What was written or skipped since the last call. */
    List<ByteBuf> takeBuffers() {
        List<ByteBuf> taken = List.copyOf(buffers);
        buffers.clear();
        return taken;
    }

    List<ServerMessage> events() {
        return events;
    }

    /** {@code Joined} or {@code FullState}. */
    void knows(Iterable<Entity> entities) {
        places.replace(entities);
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
        read(frame);
    }

    @Override
    public void writeSnapshot(ByteBuf frame, int tick, int previousTick) {
        if (!full && previousTick == lastTick) {
            lastTick = tick;
            read(frame);
        } else {
            addresses.add(frame.memoryAddress());
            buffers.add(frame);
            frame.release();
            needsState = true;
        }
    }

    @Override
    public void writeState(ByteBuf frame, int tick) {
        if (full) {
            buffers.add(frame);
            frame.release();
            needsState = true;
        } else {
            inStep(tick);
            read(frame);
        }
    }

    @Override
    public void writeVolatile(ByteBuf frame) {
        if (full || needsState) {
            frame.release();
        } else {
            read(frame);
        }
    }

    @Override
    public void inStep(int tick) {
        lastTick = tick;
        needsState = false;
    }

    @Override
    public void failed() {
        throw new AssertionError("something could not be written");
    }

    @Override
    public void flush() {
        flushes++;
    }

    @Override
    public boolean isBehind() {
        return needsState;
    }

    @Override
    public boolean needsState() {
        return needsState && !full;
    }

    private void read(ByteBuf frame) {
        written++;
        buffers.add(frame);
        if (frame.hasMemoryAddress()) {
            addresses.add(frame.memoryAddress());
        }
        try (ByteBufInputStream in = new ByteBufInputStream(frame, true)) {
            ServerMessage message = ServerMessage.parseDelimitedFrom(in);
            places.hear(message);
            if (!message.hasSnapshot()) {
                events.add(message);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
