package tavern.server.net;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;
import tavern.server.guard.PacedLog;

/**
 * The limit on the bytes that may wait for all clients together. Each event loop counts its own ({@link LoopMemory})
 * and checks the sum when its part has grown by a step; above the limit each loop closes its slowest consumers. Safe on
 * any thread.
 */
public final class OutboundBudget {
    private static final PacedLog log = PacedLog.perMinute(LoggerFactory.getLogger(OutboundBudget.class));
    private static final int STEPS = 64;
    private static final long STEP_BYTES_MIN = 4 * 1024;

    private final long bytesMax;
    private final List<LoopMemory> loops = new CopyOnWriteArrayList<>();

    public OutboundBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    public long bytesMax() {
        return bytesMax;
    }

    /** The bytes that wait now, approximately. */
    public long usedBytes() {
        long sum = 0;
        for (LoopMemory loop : loops) {
            sum += loop.bytes();
        }
        return sum;
    }

    boolean isExceeded() {
        return usedBytes() > bytesMax;
    }

    void add(LoopMemory loop) {
        loops.add(loop);
    }

    /** The number of bytes by which a loop's part may grow before it checks the sum. */
    long step() {
        return Math.max(STEP_BYTES_MIN, bytesMax / STEPS / Math.max(1, loops.size()));
    }

    /** Makes each loop close slow consumers, until no more than this many bytes are left in total. */
    void shrinkTo(long bytes) {
        long share = bytes / Math.max(1, loops.size());
        loops.forEach(loop -> loop.shrinkTo(share));
    }

    /** The sum has passed the limit: shrinks to somewhat less, so that the next write does not pass it again. */
    void relieve() {
        shrinkTo(bytesMax - bytesMax / 16);
    }

    /**
     * An allocation has failed although the sum is within the limit: other users hold memory, so clients must hold
     * less.
     */
    void allocationFailed(OutOfMemoryError failure) {
        log.warn("direct memory is used up: {}; the slowest clients are closed", PacedLog.describe(failure));
        long used = Math.min(usedBytes(), bytesMax);
        shrinkTo(used - used / 8);
    }
}
