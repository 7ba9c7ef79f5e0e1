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
}
