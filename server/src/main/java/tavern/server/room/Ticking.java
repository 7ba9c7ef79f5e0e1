package tavern.server.room;

/** Something that has a share of its thread's ticks: a room. */
abstract class Ticking {
    /**
     * One step of time. Never throws: others tick after this one.
     *
     * @param round what all that tick now have to send
     * @param dueMillis when they began to
     * @return whether it is awake: it had something to do that time alone did not bring about, or it does not rest
     */
    @OnRoomThread
    abstract boolean tick(SendBatch batch, long dueMillis);

    /** By how many phases later than after an interval its next tick is due. */
    @OnRoomThread
    int extraPhases() {
        return 0;
    }

    /** What it computes, on average, in a tick of its thread. */
    @OnRoomThread
    long workNanos() {
        return 0;
    }

    /** To how many it sends. */
    @OnRoomThread
    int audience() {
        return 0;
    }
}
