package tavern.server.room;

/**
 * Tells the room whether members' connections have done something without waking it since its last check: a move was
 * put into a slot, or a snapshot was skipped. While the flag is clear, the room has nothing to check. Connections'
 * threads set it; the room's thread takes it.
 */
final class DirtyFlag {
    private volatile boolean set;

    /** Must be called after the change itself is visible. */
    void set() {
        // Reads first, so that of all changes between two ticks only the first one writes.
        if (!set) {
            set = true;
        }
    }

    /** Clears the flag before the room checks: a change that comes meanwhile is seen now or at the next tick. */
    @OnRoomThread
    boolean take() {
        if (!set) {
            return false;
        }
        set = false;
        return true;
    }

    /** Returns whether the flag is set, without clearing it. */
    @OnRoomThread
    boolean isSet() {
        return set;
    }
}
