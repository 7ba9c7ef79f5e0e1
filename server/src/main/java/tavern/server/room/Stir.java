package tavern.server.room;

/**
 * Whether something that members' connections do without waking the room has happened since it last asked: a move was
 * left, a snapshot was left out. Where nothing did, nothing needs to be looked at. Set by connections' threads, taken by
 * the room's.
 */
final class Stir {
    private volatile boolean stirred;

    /** After what happened is there to be seen. */
    void stir() {
        // Read first: of all that happens between two ticks only the first writes.
        if (!stirred) {
            stirred = true;
        }
    }

    /** Before the room looks: what comes meanwhile is seen now or at the next tick. */
    @OnRoomThread
    boolean take() {
        if (!stirred) {
            return false;
        }
        stirred = false;
        return true;
    }

    /** Whether there is something to take. */
    @OnRoomThread
    boolean isStirred() {
        return stirred;
    }
}
