package tavern.server.room;

import tavern.server.cluster.Lease;

/**
 * Tells whether this server owns the room; checked before anything is done in it. A process can be paused at any moment
 * and continue much later, so the check is made each time; a write that slips through in between is refused by the
 * fence.
 */
@OnRoomThread
final class Tenure {
    /** Callbacks, each called once for each change. */
    interface Changes {
        void suspended();

        void resumed();

        void lost();
    }

    private final Lease lease;
    private final Changes changes;
    private boolean suspended;
    private boolean lost;

    Tenure(Lease lease, Changes changes) {
        this.lease = lease;
        this.changes = changes;
    }

    /** Reports a change to the callbacks. @return false when the room is suspended or lost */
    boolean isOurs() {
        Lease.State state = lease.state();
        if (state == Lease.State.LOST) {
            lose();
        } else {
            reportDoubt(state);
        }
        return mayWrite();
    }

    /**
     * Reports no more than that it is uncertain whose the room is, or certain again. For a room that is given to another
     * server: that the lease is lost is then what is to be expected, and whoever gives the room hears who has it.
     */
    void reportDoubt() {
        Lease.State state = lease.state();
        if (state != Lease.State.LOST) {
            reportDoubt(state);
        }
    }

    private void reportDoubt(Lease.State state) {
        if (suspended != (state == Lease.State.UNCERTAIN)) {
            suspended = !suspended;
            if (suspended) {
                changes.suspended();
            } else {
                changes.resumed();
            }
        }
    }

    /** Another server owns the room. */
    void lose() {
        if (!lost) {
            lost = true;
            changes.lost();
        }
    }

    boolean isLost() {
        return lost;
    }

    /** As {@link #isOurs}, without reporting a change. */
    boolean mayWrite() {
        return !lost && lease.state() == Lease.State.HELD;
    }
}
