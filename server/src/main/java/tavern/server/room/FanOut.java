package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * From one room to all its members: what was encoded once goes out with one task for each event loop and one flush
 * for each connection.
 */
@OnRoomThread
final class FanOut {
    /** The members of one event loop; the array is never changed, tasks on the loop read it. */
    private record Group(EventExecutor loop, Outlet[] outlets) {}

    /** A snapshot or full state, and where in the row of snapshots it stands. */
    record State(ByteBuf frame, int tick, int previousTick) {}

    private List<Group> groups = List.of();
    private List<ByteBuf> events = new ArrayList<>();

    void add(Outlet outlet) {
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

    /** Nobody is there any more. */
    void clear() {
        groups = List.of();
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }

    /** To all who are there at the next flush. The frame becomes ours. */
    void event(ByteBuf frame) {
        events.add(frame);
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

    /** Sends what there is. The frames of both states become ours. @param fullState for those who missed a snapshot */
    void flush(@Nullable State snapshot, @Nullable State fullState) {
        if (!events.isEmpty() || snapshot != null || fullState != null) {
            for (Group group : groups) {
                send(group, new Delivery(group.outlets(), events, snapshot, fullState, false));
            }
            release(events, snapshot, fullState);
            events = new ArrayList<>();
        }
    }

    /** As {@link #flush}, but to go out in a round with what other rooms send. */
    void flush(@Nullable State snapshot, @Nullable State fullState, Round round) {
        if (!events.isEmpty() || snapshot != null || fullState != null) {
            collect(events, snapshot, fullState, round);
            release(events, snapshot, fullState);
            events = new ArrayList<>();
        }
    }

    /** As {@link #flush}, but to go out in a round with what others are owed; all frames stay the caller's. */
    void collect(List<ByteBuf> others, @Nullable State snapshot, @Nullable State fullState, Round round) {
        for (Group group : groups) {
            round.add(group.loop(), new Delivery(group.outlets(), others, snapshot, fullState, false));
        }
    }

    private static void send(Group group, Delivery delivery) {
        delivery.retain();
        try {
            group.loop().execute(delivery);
        } catch (RejectedExecutionException e) {
            // The loop is shut down, and its connections with it.
            delivery.release();
        }
    }

    private static void release(List<ByteBuf> events, @Nullable State snapshot, @Nullable State fullState) {
        for (ByteBuf event : events) {
            event.release();
        }
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
     * @param anew the full state is for all of them, and not for those only who missed a snapshot
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Delivery(
            Outlet[] outlets,
            List<ByteBuf> events,
            @Nullable State snapshot,
            @Nullable State fullState,
            boolean anew) implements Runnable {
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
        }

        void release() {
            FanOut.release(events, snapshot, fullState);
        }

        @Override
        public void run() {
            try {
                for (Outlet outlet : outlets) {
                    for (ByteBuf event : events) {
                        outlet.write(event.retainedDuplicate());
                    }
                    if (fullState != null && (anew || outlet.needsState())) {
                        outlet.writeState(fullState.frame().retainedDuplicate(), fullState.tick());
                    } else if (snapshot != null) {
                        outlet.writeSnapshot(
                                snapshot.frame().retainedDuplicate(), snapshot.tick(), snapshot.previousTick());
                    }
                    outlet.flush();
                }
            } finally {
                release();
            }
        }
    }
}
