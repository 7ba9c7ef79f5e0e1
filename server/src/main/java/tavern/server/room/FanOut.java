package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An audience: what was encoded once goes to all of it with one flush for each connection. */
@OnRoomThread
final class FanOut {
    /** The members of one event loop; the array is never changed, tasks on the loop read it. */
    private record Group(EventExecutor loop, Outlet[] outlets) {}

    /** A snapshot or full state, and where in the row of snapshots it stands. */
    record State(ByteBuf frame, int tick, int previousTick) {}

    private final Stir missed;
    private List<Group> groups = List.of();

    /** @param missed stirred when one of the audience has left out a snapshot or state */
    FanOut(Stir missed) {
        this.missed = missed;
    }

    void add(Outlet outlet) {
        // It may have left something out with another audience.
        missed.stir();
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

    /** Adds to the round what the members are owed; all frames stay the caller's. @param state for who missed a snapshot */
    void collect(List<ByteBuf> others, @Nullable State snapshot, @Nullable State fullState, Round round) {
        for (Group group : groups) {
            round.add(group.loop(), new Delivery(group.outlets(), others, snapshot, fullState, false, missed));
        }
    }

    /** Adds to the round what one who comes into the audience is owed, the full state in any case. */
    void collect(Outlet newcomer, List<ByteBuf> others, @Nullable State fullState, Round round) {
        Outlet[] alone = {newcomer};
        round.add(newcomer.loop(), new Delivery(alone, others, null, fullState, true, missed));
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
     * @param events never changed from now on
     * @param anew the full state is for all of them, and not for those only who missed a snapshot
     * @param missed stirred when one of them is behind afterwards
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Delivery(
            Outlet[] outlets,
            List<ByteBuf> events,
            @Nullable State snapshot,
            @Nullable State fullState,
            boolean anew,
            Stir missed)
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
                    if (outlet.isBehind()) {
                        missed.stir();
                    }
                }
            } finally {
                release();
            }
        }
    }
}
