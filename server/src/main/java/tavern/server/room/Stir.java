package tavern.server.room;

/**
 * Whether a member has left a move since the room last asked: where nobody moves, no slot needs to be looked at. Set by
 * connections' threads, taken by the room's.
 */
final class Stir {
    private volatile boolean stirred;

    /** After the move is there to be taken. */
    void stir() {
        // Read first: of the moves between two ticks only the first one writes.
        if (!stirred) {
            stirred = true;
        }
    }

    /** Before moves are taken: one that comes meanwhile is taken now or at the next tick. */
    @OnRoomThread
    boolean take() {
        if (!stirred) {
            return false;
        }
        stirred = false;
        return true;
    }
}
