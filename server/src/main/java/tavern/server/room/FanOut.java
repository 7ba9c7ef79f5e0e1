package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tavern.server.guard.PacedLog;

/** An audience: a frame that was encoded once goes to all its members, with one flush for each connection. */
@OnRoomThread
final class FanOut {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(FanOut.class));

    /** The members on one event loop. The array is never changed, since tasks on the loop read it. */
    private record Group(EventExecutor loop, Outlet[] outlets) {}

    /** A snapshot or full state, and its place in the sequence of snapshots. */
    record State(ByteBuf frame, int tick, int previousTick) {}

    private final DirtyFlag missed;
    private List<Group> groups = List.of();

    /** @param missed set when a member of the audience has skipped a snapshot or state */
    FanOut(DirtyFlag missed) {
        this.missed = missed;
    }

    void add(Outlet outlet) {
        // The outlet may have skipped something with another audience.
        missed.set();
        List<Group> changed = new ArrayList<>(groups.size() + 1);
        boolean added = false;
        for (Group group : groups) {
            if (group.loop() == outlet.loop()) {
                Outlet[] outlets = new Outlet[group.outlets().length + 1];
                System.arraycopy(group.outlets(), 0, outlets, 0, outlets.length - 1);
                outlets[outlets.length - 1] = outlet;
                changed.add(new Group(group.loop(), outlets));
                added = true;
            } else {
                changed.add(group);
            }
        }
        if (!added) {
            changed.add(new Group(outlet.loop(), new Outlet[] {outlet}));
        }
        groups = changed;
    }

    void remove(Outlet outlet) {
        List<Group> changed = new ArrayList<>(groups.size());
        for (Group group : groups) {
            List<Outlet> kept = new ArrayList<>(List.of(group.outlets()));
            if (kept.remove(outlet) && kept.isEmpty()) {
                continue;
            }
            changed.add(
                    kept.size() == group.outlets().length
                            ? group
                            : new Group(group.loop(), kept.toArray(Outlet[]::new)));
        }
        groups = changed;
    }

    /** Removes everybody from the audience. */
    void clear() {
        groups = List.of();
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }

    boolean anyIsBehind() {
        for (Group group : groups) {
            for (Outlet outlet : group.outlets()) {
                if (outlet.isBehind()) {
                    return true;
                }
            }
        }
        return false;
    }

    boolean anyNeedsState() {
        for (Group group : groups) {
            for (Outlet outlet : group.outlets()) {
                if (outlet.needsState()) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Adds to the batch what is due to the members; all frames stay the caller's. @param state for members that missed
     * a snapshot
     */
    void collect(List<ByteBuf> others, @Nullable State snapshot, @Nullable State fullState, SendBatch batch) {
        for (Group group : groups) {
            batch.add(
                    group.loop(), new Delivery(group.outlets(), others, snapshot, fullState, List.of(), false, missed));
        }
    }

    /** Adds to the batch what goes to the members unless they are behind; the frames stay the caller's. */
    void collectVolatile(List<ByteBuf> volatiles, SendBatch batch) {
        for (Group group : groups) {
            batch.add(group.loop(), new Delivery(group.outlets(), List.of(), null, null, volatiles, false, missed));
        }
    }

    /** Adds to the batch what is due to a member that joins the audience, the full state in any case. */
    void collect(Outlet newcomer, List<ByteBuf> others, @Nullable State fullState, SendBatch batch) {
        Outlet[] alone = {newcomer};
        batch.add(newcomer.loop(), new Delivery(alone, others, null, fullState, List.of(), true, missed));
    }

    static void release(List<ByteBuf> events, @Nullable State snapshot, @Nullable State fullState) {
        events.forEach(ByteBuf::release);
        if (snapshot != null) {
            snapshot.frame().release();
        }
        if (fullState != null) {
            fullState.frame().release();
        }
    }

    /**
     * What one event loop has to write.
     *
     * @param events not changed from now on
     * @param volatiles not changed from now on; left out for members that are behind
     * @param anew whether the full state goes to all members, and not only to those that missed a snapshot
     * @param missed set when a member is behind afterwards
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Delivery(
            Outlet[] outlets,
            List<ByteBuf> events,
            @Nullable State snapshot,
            @Nullable State fullState,
            List<ByteBuf> volatiles,
            boolean anew,
            DirtyFlag missed)
            implements Runnable {
        void retain() {
            for (ByteBuf event : events) {
                event.retain();
            }
            if (snapshot != null) {
                snapshot.frame().retain();
            }
            if (fullState != null) {
                fullState.frame().retain();
            }
            volatiles.forEach(ByteBuf::retain);
        }

        void release() {
            FanOut.release(events, snapshot, fullState);
            volatiles.forEach(ByteBuf::release);
        }

        // A failure at one member must not keep the others from their frames.
        @SuppressWarnings("IllegalCatch")
        @Override
        public void run() {
            for (Outlet outlet : outlets) {
                try {
                    if (outlet.barrier().isClosed()) {
                        waitFor(outlet);
                    } else {
                        writeTo(outlet);
                    }
                } catch (Throwable e) {
                    log.error("frames due to a player were not written", e);
                    outlet.failed();
                }
            }
            release();
        }

        private void waitFor(Outlet outlet) {
            Delivery own = new Delivery(new Outlet[] {outlet}, events, snapshot, fullState, volatiles, anew, missed);
            own.retain();
            if (!outlet.barrier().pass(own)) {
                own.release();
            }
        }

        private void writeTo(Outlet outlet) {
            for (ByteBuf event : events) {
                outlet.write(event.retainedDuplicate());
            }
            if (fullState != null && (anew || outlet.needsState())) {
                outlet.writeState(fullState.frame().retainedDuplicate(), fullState.tick());
            } else if (snapshot != null) {
                outlet.writeSnapshot(snapshot.frame().retainedDuplicate(), snapshot.tick(), snapshot.previousTick());
            }
            for (ByteBuf event : volatiles) {
                outlet.writeVolatile(event.retainedDuplicate());
            }
            outlet.flush();
            if (outlet.isBehind()) {
                missed.set();
            }
        }
    }
}
