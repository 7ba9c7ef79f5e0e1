package tavern.server.room;

import tavern.server.cluster.Lease;

/**
 * Whose the room is, asked before anything is done in it. A process can be stopped at any moment and go on much later, so
 * it is looked at each time; what slips through between is refused by the fence.
 */
@OnRoomThread
final class Tenure {
    /** Each is called once a change. */
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

    /** Tells what has changed. @return false: suspended, or another's */
    boolean isOurs() {
        Lease.State state = lease.state();
        if (state == Lease.State.LOST) {
            lose();
        } else if (suspended != (state == Lease.State.UNCERTAIN)) {
            suspended = !suspended;
            if (suspended) {
                changes.suspended();
            } else {
                changes.resumed();
            }
        }
        return mayWrite();
    }

    /** Somebody else owns the room. */
    void lose() {
        if (!lost) {
            lost = true;
            changes.lost();
        }
    }

    boolean isLost() {
        return lost;
    }

    /** Without telling anybody. */
    boolean mayWrite() {
        return !lost && lease.state() == Lease.State.HELD;
    }
}
