package tavern.server.guard;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory of all logs kept for resumes, of sessions and rooms. Half of it is divided into a guaranteed floor for
 * each possible log; what a log needs beyond its floor it borrows from the other half. So the sum is bounded, a log
 * with few events never loses any for the sake of others, and most appends touch no shared state.
 */
public final class ReplayBudget {
    private static final long FLOOR_BYTES_MAX = 16 * 1024;

    private final long bytesMax;
    private final long floor;
    private final long pot;
    private final AtomicLong borrowed = new AtomicLong();

    /** @param logsMax how many logs there may be at once */
    public ReplayBudget(long bytesMax, long logsMax) {
        this.bytesMax = bytesMax;
        floor = Math.min(FLOOR_BYTES_MAX, bytesMax / 2 / Math.max(1, logsMax));
        pot = bytesMax - floor * logsMax;
    }

    /** The bytes all logs may hold together. */
    public long bytesMax() {
        return bytesMax;
    }

    /** The bytes that logs may borrow beyond their floors. */
    public long potBytes() {
        return pot;
    }

    /** The bytes that logs hold beyond their floors. */
    public long borrowedBytes() {
        return borrowed.get();
    }

    /** Creates the share of a new log. */
    public Share share() {
        return new Share();
    }

    private boolean borrow(long bytes) {
        if (borrowed.addAndGet(bytes) <= pot) {
            return true;
        }
        borrowed.addAndGet(-bytes);
        return false;
    }

    /** One log's share. Confined to the log's owner, as the log is. */
    public final class Share {
        private long held;
        private long beyondFloor;

        private Share() {}

        /** Returns whether the log may hold this many bytes more; if not, it must drop something first. */
        public boolean grow(long bytes) {
            long beyond = Math.max(0, held + bytes - floor);
            if (beyond > beyondFloor && !borrow(beyond - beyondFloor)) {
                return false;
            }
            beyondFloor = Math.max(beyond, beyondFloor);
            held += bytes;
            return true;
        }

        /** Returns the bytes of what the log has dropped. */
        public void shrink(long bytes) {
            held -= bytes;
            long beyond = Math.max(0, held - floor);
            borrowed.addAndGet(beyond - beyondFloor);
            beyondFloor = beyond;
        }

        public long heldBytes() {
            return held;
        }
    }
}
